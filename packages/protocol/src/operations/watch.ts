/** Seeing what happens as it happens, without taking anything (docs/guide/messages.md, "Watching"). */
import * as z from 'zod';
import { DEFAULT_WAIT_MS, MAX_HISTORY_MESSAGES } from '../limits.ts';
import { operation } from './definition.ts';
import { agentRef, auth, conversationTarget, pastMessage, timestampMs, ulid, waitMs } from './shapes.ts';

const watchEvent = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('message'), message: pastMessage }),
    z.object({
      kind: z.literal('read'),
      id: ulid.describe('One of the caller’s own messages.'),
      seq: z.int().positive(),
      conversation: pastMessage.shape.conversation,
      by: agentRef,
      ts: timestampMs,
    }),
  ])
  .meta({
    id: 'WatchEvent',
    description:
      'A message of the caller’s conversations, its own ones as well; or that one of its own was read. Of the latter only what happens while the same daemon runs, and the last 1024.',
  });

export const watch = operation({
  name: 'watch',
  summary:
    'What happens in the caller’s conversations after a cursor; takes nothing, and waits for something to happen.',
  caller: 'agent',
  blocking: true,
  params: z.strictObject({
    cursor: z
      .string()
      .max(64)
      .optional()
      .describe(
        'Where the last answer ended. Without it: the answer comes at once, and begins at `since_ts` or now.',
      ),
    since_ts: timestampMs
      .optional()
      .describe('Begins with what was accepted then or later; only without `cursor`.'),
    target: conversationTarget.optional().describe('Only this conversation.'),
    timeout_ms: waitMs
      .default(DEFAULT_WAIT_MS)
      .describe('How long to wait for a first event; then the answer has none.'),
    max: z.int().positive().max(MAX_HISTORY_MESSAGES).default(100).describe('At most so many messages.'),
    auth,
  }),
  result: z.object({
    events: z.array(watchEvent).describe('In their order; none where there was nothing, or nothing yet.'),
    cursor: z
      .string()
      .describe('For the next call; nothing is missed or seen twice, also at another daemon.'),
  }),
  errors: [
    'invalid_params',
    'cancelled',
    'agent_not_found',
    'room_not_found',
    'daemon_stopping',
    'unregistered',
  ],
});
