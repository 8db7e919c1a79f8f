/** Operations on messages: send, read, look back (spec 6). */
import * as z from 'zod';
import { MAX_HISTORY_MESSAGES, MAX_ROOM_UNREAD } from '../limits.ts';
import { operation } from './definition.ts';
import {
  agentRef,
  auth,
  conversationRef,
  conversationTarget,
  droppedNotice,
  exactMessage,
  excerpt,
  leaseMs,
  messageView,
  pastMessage,
  reachedState,
  readSource,
  recipientState,
  roomRef,
  timestampMs,
  ulid,
  waitMs,
  wakeAttempt,
} from './shapes.ts';

/** What every message carries, whoever it goes to. */
const outgoing = {
  id: ulid.describe('Made by the sender; sending the same message again with it changes nothing.'),
  body: z.string(),
  reply_to: ulid.optional(),
  needs_answer: z.literal(true).optional(),
  status: z.literal(true).optional(),
  auth,
};

const accepted = {
  id: ulid,
  seq: z.int().positive(),
  ts: timestampMs,
  duplicate: z.boolean().describe('This id was accepted before; nothing was sent again.'),
};

export const tell = operation({
  name: 'tell',
  summary: 'Sends to one agent; durable when answered, never waits for the recipient.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({ to: ulid, ...outgoing }),
  result: z.object({ ...accepted, recipient: recipientState }),
  errors: [
    'agent_not_found',
    'self_message',
    'no_mailbox',
    'empty_body',
    'message_too_large',
    'invalid_utf8',
    'body_has_nul',
    'id_conflict',
    'mailbox_full',
    'message_not_found',
    'storage_full',
  ],
});

export const post = operation({
  name: 'post',
  summary: 'Sends to all other members of a room; durable when answered.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({ room: ulid, ...outgoing }),
  result: z.object({ ...accepted, room: roomRef, recipients: z.array(recipientState) }),
  errors: [
    'room_not_found',
    'room_archived',
    'empty_body',
    'message_too_large',
    'invalid_utf8',
    'body_has_nul',
    'id_conflict',
    'message_not_found',
    'storage_full',
  ],
});

export const read = operation({
  name: 'read',
  summary: 'Hands out unread messages; they count as read when the delivery is acknowledged.',
  caller: 'agent',
  blocking: true,
  params: z.strictObject({
    source: readSource,
    timeout_ms: waitMs.describe('How long to wait for a first message; 0: not at all.'),
    max: z
      .int()
      .positive()
      .max(MAX_HISTORY_MESSAGES)
      .default(1)
      .describe('At most so many messages, all from one conversation.'),
    lease_ms: leaseMs.describe(
      'How long the reader may take to acknowledge before the messages are unread again.',
    ),
    auth,
  }),
  result: z.object({
    delivery_id: ulid,
    messages: z.array(messageView),
    dropped: droppedNotice.nullable(),
    remaining: z.int().nonnegative().describe('Unread messages left in the same source.'),
  }),
  errors: [
    'timeout',
    'cancelled',
    'agent_not_found',
    'self_message',
    'room_not_found',
    'message_not_found',
    'daemon_stopping',
    'lease_expired',
    'unregistered',
  ],
});

export const ack = operation({
  name: 'ack',
  summary: 'Says that the reader has a delivery: its messages are read. May be repeated.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({ delivery_id: ulid, auth }),
  result: z.object({ acknowledged: z.int().nonnegative() }),
  errors: ['delivery_not_found'],
});

export const release = operation({
  name: 'release',
  summary: 'Gives a delivery back: its messages are unread again, in their old place.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({ delivery_id: ulid, auth }),
  result: z.object({ released: z.int().nonnegative() }),
  errors: [],
});

export const peek = operation({
  name: 'peek',
  summary: 'Shows unread messages without taking them.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({
    source: z.discriminatedUnion('kind', [
      ...conversationTarget.options,
      z.strictObject({ kind: z.literal('any') }),
    ]),
    max: z.int().positive().max(MAX_HISTORY_MESSAGES).default(MAX_ROOM_UNREAD),
    auth,
  }),
  result: z.object({ messages: z.array(messageView), unread: z.int().nonnegative() }),
  errors: ['agent_not_found', 'room_not_found'],
});

export const replyTarget = operation({
  name: 'reply_target',
  summary: 'Where a reply goes: the conversation of the message last read, or of the one named.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({ message: ulid.optional(), auth }),
  result: z.object({ reply_to: ulid, conversation: conversationRef }),
  errors: ['nothing_to_reply', 'message_not_found', 'no_mailbox'],
});

export const channels = operation({
  name: 'channels',
  summary: 'The caller’s channels, with unread counts.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({ auth }),
  result: z.object({
    channels: z.array(
      z.object({
        with: agentRef,
        unread: z.int().nonnegative(),
        last_seq: z.int().nonnegative(),
        last_ts: timestampMs.nullable(),
      }),
    ),
  }),
  errors: [],
});

export const history = operation({
  name: 'history',
  summary: 'The messages of a conversation, for its participants.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({
    target: conversationTarget,
    since_seq: z
      .int()
      .nonnegative()
      .optional()
      .describe(
        'Only messages after this one. With it or since_ts a page is the oldest of what is asked for.',
      ),
    since_ts: timestampMs
      .optional()
      .describe('Only messages from the first that was accepted then or later.'),
    before_seq: z
      .int()
      .positive()
      .optional()
      .describe(
        'Only messages before this one. Without a since_ field a page is the newest of what is asked for.',
      ),
    limit: z.int().positive().max(MAX_HISTORY_MESSAGES).default(50),
    auth,
  }),
  result: z.object({
    messages: z
      .array(pastMessage)
      .describe('In their order; a page may end before the limit, as a line is bounded.'),
    more: z
      .boolean()
      .describe('Whether there are later ones of what was asked for: since_seq is the last one’s seq.'),
    earlier: z
      .boolean()
      .describe('Whether there are earlier ones of what was asked for: before_seq is the first one’s seq.'),
  }),
  errors: ['agent_not_found', 'room_not_found'],
});

export const receipts = operation({
  name: 'receipts',
  summary: 'How far each of the caller’s own messages got, per recipient.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({
    target: conversationTarget,
    limit: z.int().positive().max(MAX_HISTORY_MESSAGES).default(20),
    auth,
  }),
  result: z.object({
    receipts: z.array(
      z.object({
        id: ulid,
        seq: z.int().positive(),
        accepted_ts: timestampMs,
        excerpt: excerpt.nullable(),
        body_path: z
          .string()
          .nullable()
          .describe('The file in the transcript that has the body where the excerpt is null.'),
        recipients: z.array(
          z.object({
            ...reachedState,
            state: z.enum(['accepted', 'delivered', 'read', 'answered', 'dropped']),
            answered_ts: timestampMs.nullable(),
            wakes: z
              .array(wakeAttempt)
              .describe('The attempts to wake this recipient while it had not read the message.'),
          }),
        ),
      }),
    ),
  }),
  errors: ['agent_not_found', 'room_not_found'],
});

export const transcript = operation({
  name: 'transcript',
  summary:
    'The messages of a conversation with their signatures, as the transcript has them, for its participants.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({
    target: conversationTarget,
    since_seq: z.int().nonnegative().describe('Only messages after this one.'),
    limit: z.int().positive().max(MAX_HISTORY_MESSAGES),
    auth,
  }),
  result: z.object({
    messages: z.array(exactMessage).describe('A body that is null is in the transcript alone.'),
    more: z.boolean().describe('Whether there are later messages than these.'),
  }),
  errors: ['agent_not_found', 'room_not_found'],
});
