/** Operations for the turns of a model: mail between its steps, what it is doing, and how it is woken (spec 9). */
import * as z from 'zod';
import {
  DEFAULT_WAIT_MS,
  MAX_BATCH_BYTES,
  MAX_TURN_MESSAGES,
  MAX_WAKE_ARGUMENTS,
  MAX_WAKE_ROUTES,
  MAX_WAKE_SOURCES,
  MAX_WAKE_TEXT_BYTES,
} from '../limits.ts';
import { operation } from './definition.ts';
import {
  agentRef,
  auth,
  conversationRef,
  droppedNotice,
  messageView,
  owedQuestion,
  shortText,
  ulid,
  waitMs,
} from './shapes.ts';

const wakeText = z.string().max(MAX_WAKE_TEXT_BYTES);

const wakeRoute = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(64)
      .refine((name) => name !== 'listener', 'is taken by the way through `wake_wait`')
      .describe('What people are told of it, for example `codex queue`; each of a session has its own.'),
    program: wakeText
      .refine((path) => path.startsWith('/') && !path.includes('\0'), 'is not an absolute path')
      .describe('An absolute path: an executable, or a JavaScript file, which the daemon’s own Node runs.'),
    args: z.array(wakeText).max(MAX_WAKE_ARGUMENTS).default([]),
    env: z
      .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/), wakeText)
      .default({})
      .describe(
        'The variables that it is given; beside them only `HOME`, `PATH`, `TMPDIR`, `USER` and `LANG`.',
      ),
  })
  .meta({
    id: 'WakeRoute',
    description:
      'A program that the daemon runs to wake an idle agent, with a `WakeNotice` as JSON on standard input. Exit code 0: done; its last line of output may be `{"outcome": "started" | "held" | "failed", "detail": …}`.',
  });

export const turn = operation({
  name: 'turn',
  summary: 'Says where a model’s turn is, and hands out the mail that fits there; never waits.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({
    at: z
      .enum(['start', 'prompt', 'tool', 'stop', 'idle', 'asking', 'end'])
      .describe(
        '`start`: the session began. `prompt`: a turn begins. `tool`: between two steps. `stop`: the model is about to stop, and goes on when it is handed something. `idle`: it has stopped. `asking`: a person is being asked. `end`: the session ended.',
      ),
    session_id: shortText.nullable().describe('The harness’s own id of the session.'),
    max_bytes: z
      .int()
      .nonnegative()
      .max(MAX_BATCH_BYTES)
      .describe('What the caller can take in UTF-8 bytes, frames included; 0: only report.'),
    frame: z
      .strictObject({
        message_bytes: z.int().nonnegative().max(4096).default(256),
        line_bytes: z.int().nonnegative().max(64).default(2),
      })
      .default({ message_bytes: 256, line_bytes: 2 })
      .describe('What each message, and each line of a body, takes beside the body.'),
    wake: z
      .array(wakeRoute)
      .max(MAX_WAKE_ROUTES)
      .refine(
        (routes) => new Set(routes.map(({ name }) => name)).size === routes.length,
        'has two of one name',
      )
      .optional()
      .describe('The ways to wake this session, the best first; without it they stay as they are.'),
    auth,
  }),
  result: z.object({
    delivery_id: ulid
      .nullable()
      .describe('To be acknowledged when the output is written; null when nothing was handed out.'),
    messages: z
      .array(messageView)
      .max(MAX_TURN_MESSAGES)
      .describe('The oldest first, of all conversations; one delivery with one `ack`.'),
    dropped: z.array(droppedNotice),
    owed: z
      .array(owedQuestion)
      .describe('At `stop`: questions that the caller has read and owes an answer, each recalled once.'),
    more: z
      .object({ messages: z.int().nonnegative(), conversations: z.int().nonnegative() })
      .describe(
        'What is unread beside that; at `stop`, nothing where all of it is status mail, which waits for the next prompt.',
      ),
  }),
  errors: [],
});

const wakeNotice = z
  .object({
    wake_id: ulid,
    agent: agentRef.describe('Who is woken.'),
    session_id: shortText.nullable(),
    unread: z.int().positive(),
    from: z
      .array(z.object({ conversation: conversationRef, messages: z.int().positive() }))
      .max(MAX_WAKE_SOURCES)
      .describe('Where the oldest unread messages are.'),
    text: z.string().describe('The same in a sentence or two, for a model.'),
  })
  .meta({
    id: 'WakeNotice',
    description: 'That there is mail, and how to read it: a pointer. It never has the text of a message.',
  });

export const wakeWait = operation({
  name: 'wake_wait',
  summary:
    'Waits until the caller is to be woken: for a process inside its harness. A newer one takes its place.',
  caller: 'agent',
  blocking: true,
  params: z.strictObject({
    session_id: shortText.nullable().describe('As in `turn`; it ends with that session.'),
    timeout_ms: waitMs.default(DEFAULT_WAIT_MS),
    as_last: z
      .boolean()
      .default(false)
      .describe('Whether the session’s own ways are tried before this one, instead of after it.'),
    auth,
  }),
  result: z.object({ notice: wakeNotice }),
  errors: ['timeout', 'cancelled', 'daemon_stopping', 'lease_expired', 'unregistered'],
});
