/**
 * Shapes that several operations share. One with an `id` is a definition of its own in the JSON Schemas and in the
 * reference; its description is what a client's author reads there.
 */
import * as z from 'zod';
import { isName, isUlid } from '../ids.ts';
import { DELIVERY_LEASE_MS, MAX_DELIVERY_LEASE_MS, MAX_WAIT_MS } from '../limits.ts';

/** Optional text that is recorded as it is: paths, URLs, models. */
export const shortText = z.string().max(4096);

export const ulid = z.string().refine(isUlid, 'is not a ULID').meta({
  id: 'Ulid',
  description: 'A ULID in upper case (github.com/ulid/spec).',
  pattern: '^[0-7][0-9A-HJKMNP-TV-Z]{25}$',
});

export const name = z
  .string()
  .refine(
    isName,
    'is not a name: 1 to 64 letters, digits, ".", "_", "-", beginning with a letter or digit, without "--"',
  )
  .meta({
    id: 'Name',
    description: 'The name of an agent or a room.',
    pattern: '^(?!.*--)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
  });

export const project = z
  .string()
  .max(255)
  .refine(
    (text) => /^[^:\p{Cc}]+$/u.test(text),
    'has to have at least one character, no ":" and no line break',
  )
  .meta({
    id: 'Project',
    // A colon ends the project in an address.
    description: 'The name of a project: no `:` and no control characters.',
    pattern: '^[^:\\u0000-\\u001f\\u007f-\\u009f]+$',
  });

export const timestampMs = z
  .int()
  .nonnegative()
  .meta({ id: 'TimestampMs', description: 'Milliseconds since 1970-01-01T00:00:00Z.' });

export const role = z
  .enum(['peer', 'worker', 'supervisor'])
  .meta({ id: 'Role', description: 'Default: peer.' });

const agentKind = z.enum(['agent', 'human', 'daemon']).meta({
  id: 'AgentKind',
  description:
    '`human`: the person. `daemon`: the daemon itself, which says what has happened and cannot be written to.',
});

export const presence = z.enum(['live', 'listening', 'away']).meta({
  id: 'Presence',
  description:
    '`listening`: blocked in a read now. `away`: lease over, or its process is gone; it still gets mail.',
});

const worktreeKind = z
  .enum(['main', 'secondary', 'detached', 'outside'])
  .meta({ id: 'WorktreeKind', description: '`outside`: not in a git repository.' });

export const auth = z
  .strictObject({
    agent_id: ulid.describe('Who is calling.'),
    ts: timestampMs.describe('When the request was signed.'),
    nonce: z
      .string()
      .regex(/^[A-Za-z0-9._-]{16,64}$/)
      .describe('Never used before by this agent.'),
    sig: z
      .string()
      .regex(/^[A-Za-z0-9_-]{86}$/)
      .describe('Base64url without padding of the 64 bytes of the signature.'),
  })
  .meta({ id: 'Auth', description: 'The signature of a request.' });

export const agentRef = z
  .object({
    agent_id: ulid,
    name,
    project: z.string().nullable(),
    role,
    kind: agentKind,
  })
  .meta({ id: 'AgentRef', description: 'An agent in one line, wherever one is mentioned.' });

/** Where an agent works, captured when it registers (spec 5). */
export const location = z
  .strictObject({
    repo_url: shortText.nullable(),
    repo_root: shortText.nullable(),
    main_repo_root: shortText.nullable(),
    worktree: shortText.nullable(),
    worktree_kind: worktreeKind,
    branch: shortText.nullable(),
    cwd: shortText,
  })
  .meta({ id: 'Location', description: 'Where an agent works, captured when it registers.' });

export const turnState = z
  .object({
    state: z
      .enum(['working', 'idle', 'asking', 'ended'])
      .describe('`asking`: a person is being asked. `ended`: its session is over.'),
    since_ts: timestampMs,
    can_wake: z
      .boolean()
      .describe(
        'Whether the daemon would wake it for a message now: it is idle, has a way, and budget is left.',
      ),
  })
  .meta({ id: 'TurnState', description: 'What an agent is doing, as the hooks of its harness say.' });

export const agentInfo = agentRef
  .extend({
    harness: z.string().nullable(),
    model: z.string().nullable(),
    ...location.shape,
    registered_ts: timestampMs,
    last_seen_ts: timestampMs,
    presence,
    away_since: timestampMs.nullable().describe('Since when it is away; null while it is not.'),
    unregistered_ts: timestampMs.nullable().describe('Set when the identity was unregistered.'),
    unread: z.int().nonnegative(),
    turn: turnState.nullable().describe('Null for an agent without hooks.'),
  })
  .meta({ id: 'AgentInfo', description: 'All that is known of an agent.' });

export const roomRef = z
  .object({ room_id: ulid, name, project: z.string().nullable(), archived: z.boolean() })
  .meta({ id: 'RoomRef', description: 'A room in one line, wherever one is mentioned.' });

export const conversationTarget = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('channel'), agent_id: ulid }),
    z.strictObject({ kind: z.literal('room'), room_id: ulid }),
  ])
  .meta({ id: 'ConversationTarget', description: 'One of the caller’s conversations.' });

export const readSource = z
  .discriminatedUnion('kind', [
    ...conversationTarget.options,
    z.strictObject({ kind: z.literal('any') }),
    z.strictObject({ kind: z.literal('answer'), question: ulid }),
  ])
  .meta({
    id: 'ReadSource',
    description: 'What a read takes from. `answer`: the answer to one of the caller’s own messages.',
  });

export const conversationRef = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('channel'), with: agentRef }),
    z.object({ kind: z.literal('room'), room: roomRef }),
  ])
  .meta({
    id: 'ConversationRef',
    description: 'A conversation as its reader sees it: the other agent, or the room.',
  });

export const messageView = z
  .object({
    id: ulid,
    seq: z.int().positive(),
    conversation: conversationRef,
    from: agentRef,
    ts: timestampMs,
    reply_to: ulid.nullable(),
    needs_answer: z.boolean(),
    status: z.boolean(),
    body: z.string(),
    redelivered: z.boolean().describe('It was handed to a reader before, which did not acknowledge it.'),
  })
  .meta({ id: 'MessageView', description: 'A message as a reader gets it.' });

const exactFields = {
  conversation: z.string().describe('The folder of the conversation in the transcript.'),
  id: ulid,
  seq: z.int().positive(),
  prev: ulid.nullable().describe('The message before it in the conversation.'),
  from: name.describe("The sender's name when it was sent."),
  from_id: ulid,
  ts: timestampMs.describe('The signed time.'),
  reply_to: ulid.nullable(),
  needs_answer: z.boolean(),
  status: z.boolean(),
  nonce: z.string(),
  sig: z.string().describe("The sender's signature of the request that sent it."),
  body: z.string().nullable(),
};

export const exactMessage = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('tell'), ...exactFields, to: name, to_id: ulid }),
    z.object({ kind: z.literal('post'), ...exactFields, room: name, room_id: ulid }),
  ])
  .meta({ id: 'ExactMessage', description: 'A message with all that its file in the transcript has.' });

export const pastMessage = messageView
  .extend({
    body: z.string().nullable().describe('Null where the database has given it up: see `body_path`.'),
    body_path: z
      .string()
      .nullable()
      .describe('The file in the transcript that has the body; null while the body is here.'),
  })
  .meta({
    id: 'PastMessage',
    description: 'A message that was perhaps read long ago: its body may be in the transcript alone.',
  });

export const retentionState = z
  .object({
    keep_ms: z
      .int()
      .nonnegative()
      .nullable()
      .describe('How long bodies are kept, in milliseconds; null: for ever.'),
    pruned: z.int().nonnegative().describe('Messages whose bodies are in the transcript alone.'),
    pruned_before: timestampMs
      .nullable()
      .describe('Messages accepted before this may be without a body here; null where none is.'),
    database_bytes: z.int().nonnegative(),
  })
  .meta({ id: 'Retention', description: 'How long the database keeps the bodies of messages.' });

export const droppedNotice = z
  .object({
    room: roomRef,
    count: z.int().positive(),
    first_seq: z.int().positive(),
    last_seq: z.int().positive(),
  })
  .meta({
    id: 'DroppedNotice',
    description: 'Messages of a room that overflowed this member’s mailbox; `history` still has them.',
  });

export const recipientState = z
  .object({
    agent: agentRef,
    presence,
    away_since: timestampMs.nullable(),
    unread_before: z
      .int()
      .nonnegative()
      .describe('Unread messages in the same conversation before this one.'),
    turn: turnState.nullable().describe('Null for an agent without hooks.'),
  })
  .meta({
    id: 'RecipientState',
    description:
      'Where a recipient stood when the message was accepted, so that "sent" is not mistaken for "seen".',
  });

export const excerpt = z.string().describe('The beginning of the body, on one line.');

/** How far a message got with one recipient, and when. */
export const reachedState = {
  agent: agentRef,
  state: z.enum(['accepted', 'delivered', 'read', 'dropped']),
  delivered_ts: timestampMs.nullable(),
  read_ts: timestampMs.nullable(),
  dropped_ts: timestampMs.nullable(),
};

export const waitMs = z.int().nonnegative().max(MAX_WAIT_MS);
export const leaseMs = z.int().positive().max(MAX_DELIVERY_LEASE_MS).default(DELIVERY_LEASE_MS);

/** What is said of a question wherever one is listed. */
export const questionShape = {
  id: ulid,
  seq: z.int().positive(),
  conversation: conversationRef,
  ts: timestampMs,
  excerpt,
};

export const owedQuestion = z
  .object({
    ...questionShape,
    from: agentRef,
    state: reachedState.state.describe('How far it got with the caller.'),
  })
  .meta({ id: 'OwedQuestion', description: 'A question that the caller owes an answer.' });

export const wakeAttempt = z
  .object({
    ts: timestampMs,
    route: z.string().nullable().describe('The name of the way that was tried; null when none was.'),
    outcome: z
      .enum(['attempting', 'started', 'woken', 'held', 'failed', 'suppressed', 'unknown'])
      .describe(
        '`attempting`: under way. `started`: the way says that it is done; no turn has followed yet. `woken`: a turn followed. `held`: it waits for a person. `suppressed`: the budget was spent; it is tried again when there is some. `unknown`: the daemon ended meanwhile.',
      ),
    outcome_ts: timestampMs.nullable().describe('Of one that is suppressed: when it is tried again.'),
    detail: z.string().nullable(),
  })
  .meta({ id: 'WakeAttempt', description: 'One attempt to wake an idle agent.' });
