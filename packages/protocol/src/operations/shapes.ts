/** Shapes that several operations share. */
import { z } from 'zod';
import { isName, isUlid } from '../ids.ts';
import { DELIVERY_LEASE_MS, MAX_DELIVERY_LEASE_MS, MAX_WAIT_MS } from '../limits.ts';

/** Optional text that is recorded as it is: paths, URLs, models. */
export const shortText = z.string().max(4096);

export const ulid = z
  .string()
  .refine(isUlid, 'is not a ULID')
  .meta({ pattern: '^[0-7][0-9A-HJKMNP-TV-Z]{25}$' });

export const name = z
  .string()
  .refine(
    isName,
    'is not a name: 1 to 64 letters, digits, ".", "_", "-", beginning with a letter or digit, without "--"',
  )
  .meta({ pattern: '^(?!.*--)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' });

/** No `:`, which ends the project in an address, and nothing that would break a line. */
export const project = z
  .string()
  .max(255)
  .refine(
    (text) => /^[^:\p{Cc}]+$/u.test(text),
    'is not a project: it must have at least one character, no ":" and no line break',
  )
  .meta({ pattern: '^[^:\\u0000-\\u001f\\u007f-\\u009f]+$' });
export const timestampMs = z.int().nonnegative();
export const role = z.enum(['peer', 'worker', 'supervisor']);
export const presence = z.enum(['live', 'listening', 'away']);
export const worktreeKind = z.enum(['main', 'secondary', 'detached', 'outside']);

export const auth = z.strictObject({
  agent_id: ulid,
  ts: timestampMs,
  nonce: z.string().regex(/^[A-Za-z0-9._-]{16,64}$/),
  sig: z.string().regex(/^[A-Za-z0-9_-]{86}$/),
});

/** An agent in one line, wherever one is mentioned. */
export const agentRef = z.object({
  agent_id: ulid,
  name,
  project: z.string().nullable(),
  role,
  human: z.boolean(),
});

/** Where an agent works, captured when it registers (spec 5). */
export const location = z.strictObject({
  repo_url: shortText.nullable(),
  repo_root: shortText.nullable(),
  main_repo_root: shortText.nullable(),
  worktree: shortText.nullable(),
  worktree_kind: worktreeKind,
  branch: shortText.nullable(),
  cwd: shortText,
});

export const agentInfo = agentRef.extend({
  harness: z.string().nullable(),
  model: z.string().nullable(),
  ...location.shape,
  registered_ts: timestampMs,
  last_seen_ts: timestampMs,
  presence,
  /** Since when it is away; null while it is not. */
  away_since: timestampMs.nullable(),
  /** Set when the identity was unregistered. */
  unregistered_ts: timestampMs.nullable(),
  unread: z.int().nonnegative(),
});

export const roomRef = z.object({
  room_id: ulid,
  name,
  project: z.string().nullable(),
  archived: z.boolean(),
});

/** One of the caller's conversations. */
export const conversationTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('channel'), agent_id: ulid }),
  z.strictObject({ kind: z.literal('room'), room_id: ulid }),
]);

/** What a read takes from. `answer`: the answer to one of the caller's own messages. */
export const readSource = z.discriminatedUnion('kind', [
  ...conversationTarget.options,
  z.strictObject({ kind: z.literal('any') }),
  z.strictObject({ kind: z.literal('answer'), question: ulid }),
]);

/** A conversation as its reader sees it: the other agent, or the room. */
export const conversationRef = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('channel'), with: agentRef }),
  z.object({ kind: z.literal('room'), room: roomRef }),
]);

export const messageView = z.object({
  id: ulid,
  seq: z.int().positive(),
  conversation: conversationRef,
  from: agentRef,
  ts: timestampMs,
  reply_to: ulid.nullable(),
  needs_answer: z.boolean(),
  status: z.boolean(),
  body: z.string(),
  /** It was handed to a reader before, which did not acknowledge it. */
  redelivered: z.boolean(),
});

/** Messages of a room that overflowed this member's mailbox; `history` still has them. */
export const droppedNotice = z.object({
  room: roomRef,
  count: z.int().positive(),
  first_seq: z.int().positive(),
  last_seq: z.int().positive(),
});

/** Where a recipient stood when the message was accepted, so that "sent" is not mistaken for "seen". */
export const recipientState = z.object({
  agent: agentRef,
  presence,
  away_since: timestampMs.nullable(),
  /** Unread messages in the same conversation before this one. */
  unread_before: z.int().nonnegative(),
});

export const waitMs = z.int().nonnegative().max(MAX_WAIT_MS);
export const leaseMs = z.int().positive().max(MAX_DELIVERY_LEASE_MS).default(DELIVERY_LEASE_MS);
