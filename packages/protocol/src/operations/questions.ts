/** Operations on questions: which are open, closing one, finding one again (spec 6, `waiting`). */
import * as z from 'zod';
import { MAX_OPEN_QUESTIONS } from '../limits.ts';
import { operation } from './definition.ts';
import {
  auth,
  conversationRef,
  excerpt,
  owedQuestion,
  pastMessage,
  presence,
  questionShape,
  reachedState,
  timestampMs,
  turnState,
  ulid,
} from './shapes.ts';

/** Who was asked, how far the question got with them, and whether an answer can still be hoped for. */
const askedAgent = z.object({
  ...reachedState,
  presence,
  away_since: timestampMs.nullable(),
  turn: turnState.nullable().describe('Null for an agent without hooks.'),
  unregistered_ts: timestampMs
    .nullable()
    .describe('Set when this agent was unregistered: it will not answer.'),
});

export const waiting = operation({
  name: 'waiting',
  summary: 'The open questions: those the caller asked, and those it owes an answer; the oldest first.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({
    limit: z
      .int()
      .positive()
      .max(MAX_OPEN_QUESTIONS)
      .default(MAX_OPEN_QUESTIONS)
      .describe('At most so many of each.'),
    auth,
  }),
  result: z.object({
    asked: z.array(z.object({ ...questionShape, recipients: z.array(askedAgent) })),
    asked_count: z.int().nonnegative().describe('All there are, also those over the limit.'),
    owed: z.array(owedQuestion),
    owed_count: z.int().nonnegative().describe('All there are, also those over the limit.'),
  }),
  errors: [],
});

export const questionResolve = operation({
  name: 'question_resolve',
  summary: 'Closes a question of the caller, as a reply to it would. May be repeated.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({ question: ulid, auth }),
  result: z.object({
    id: ulid,
    seq: z.int().positive(),
    conversation: conversationRef,
    closed: z.boolean().describe('False when it was closed already.'),
  }),
  errors: ['message_not_found', 'not_a_question'],
});

export const question = operation({
  name: 'question',
  summary: 'A question of the caller and the reply to it, if there is one: to wait on, or to read it again.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({
    question: ulid.optional().describe('Without it the last one that the caller asked in a channel.'),
    auth,
  }),
  result: z.object({
    ...questionShape,
    excerpt: excerpt.nullable().describe('Null where the body is in the transcript alone.'),
    open: z.boolean(),
    recipients: z.array(
      askedAgent.extend({
        unread_before: z.int().nonnegative().describe('As in `RecipientState`, but now.'),
      }),
    ),
    reply: pastMessage
      .nullable()
      .describe('The first reply of somebody else that the caller has read; an unread one is to be read.'),
  }),
  errors: ['message_not_found', 'not_a_question'],
});
