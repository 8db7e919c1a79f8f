/** Operations about who is who (spec 5). */
import * as z from 'zod';
import { operation } from './definition.ts';
import {
  agentInfo,
  agentRef,
  auth,
  location,
  name,
  project,
  role,
  roomRef,
  shortText,
  timestampMs,
  ulid,
} from './shapes.ts';

const processRef = z.strictObject({ pid: z.int().positive(), started: z.string().max(64) }).meta({
  id: 'ProcessRef',
  description: 'A process with its start time: a pid alone names another process after a while.',
});

const anchor = processRef
  .extend({
    kind: z
      .enum(['harness', 'terminal'])
      .describe('A harness process holds one identity; a plain terminal may hold several.'),
  })
  .meta({ id: 'Anchor', description: 'The process whose end means that the session is over.' });

export const register = operation({
  name: 'register',
  summary: 'Makes an identity, or takes it up again; a known name only with a signature by its key.',
  caller: 'anyone',
  blocking: false,
  params: z.strictObject({
    name,
    project: project.nullable(),
    role: role.optional(),
    harness: shortText.nullable(),
    model: shortText.nullable(),
    harness_session: shortText.nullable(),
    anchor: anchor.nullable(),
    location,
    public_key: z
      .string()
      .regex(/^[A-Za-z0-9_-]{43}$/)
      .optional()
      .describe('Base64url without padding of 32 bytes; for embedders that keep the private key themselves.'),
    takeover: z.boolean().optional().describe('Take the identity from a session that is still alive.'),
    auth: auth.optional(),
  }),
  result: z.object({ agent: agentInfo, created: z.boolean(), lease_until: timestampMs }),
  errors: [
    'session_conflict',
    'project_identity_mismatch',
    'pid_conflict',
    'name_reserved',
    'name_taken',
    'bad_signature',
    'stale_timestamp',
    'replayed',
  ],
});

export const unregister = operation({
  name: 'unregister',
  summary: 'Ends the caller’s identity for good: key deleted, rooms left, blocked reads released.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({ auth }),
  result: z.object({ agent: agentRef }),
  errors: ['supervisor_busy', 'name_reserved'],
});

export const rename = operation({
  name: 'rename',
  summary:
    'Gives the caller another name; id, key, rooms, mail, channels and tasks stay. Its own name again changes nothing.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({ name: name.describe('The new one, free in the caller’s project.'), auth }),
  result: z.object({
    agent: agentRef,
    former_names: z.array(name).describe('The names it had before, the oldest first.'),
  }),
  errors: ['name_reserved', 'name_taken'],
});

export const agentsGc = operation({
  name: 'agents_gc',
  summary:
    'Unregisters the agents that were unseen for long and hold no open task and no task list; never the caller.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({
    older_than_ms: z
      .int()
      .nonnegative()
      .optional()
      .describe('For how long they were unseen, in milliseconds; default 30 days.'),
    dry_run: z.literal(true).optional().describe('Change nothing, and say whom it would be.'),
    auth,
  }),
  result: z.object({
    agents: z.array(agentInfo).describe('Whom it was or would be, as they were before.'),
    dry_run: z.boolean(),
  }),
  errors: [],
});

export const renew = operation({
  name: 'renew',
  summary: 'Renews the caller’s lease, as every signed request does.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({ auth }),
  result: z.object({ agent: agentInfo, lease_until: timestampMs }),
  errors: [],
});

export const identify = operation({
  name: 'identify',
  summary:
    'Finds who is calling from a name, the harness session, the process ancestry or the worktree, in that order.',
  caller: 'anyone',
  blocking: false,
  params: z.strictObject({
    as: z.string().max(512).nullable().describe('What `--as` said: an address.'),
    env_name: z.string().max(512).nullable().describe('What `LALIA_NAME` says.'),
    harness_session: shortText.nullable(),
    ancestors: z.array(processRef).max(256).describe("The calling process's ancestors, nearest first."),
    worktree: shortText.nullable(),
    project: project.nullable(),
  }),
  result: z.object({
    agent: agentInfo,
    how: z.enum(['as', 'env_name', 'harness_session', 'anchor', 'worktree']),
    public_key: z.string().describe('The public key, for a check that the key file belongs to it.'),
  }),
  errors: ['not_registered', 'ambiguous_caller', 'agent_not_found', 'ambiguous_address', 'nickname_stale'],
});

export const resolve = operation({
  name: 'resolve',
  summary: 'Turns an address into the id that signed requests name.',
  caller: 'anyone',
  blocking: false,
  params: z.strictObject({
    address: z.string().max(512),
    kind: z.enum(['agent', 'room', 'any']),
    project: project.nullable().describe('Whose project a bare name is looked up in first.'),
  }),
  result: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('agent'), agent: agentRef }),
    z.object({ kind: z.literal('room'), room: roomRef }),
  ]),
  errors: ['agent_not_found', 'room_not_found', 'ambiguous_address', 'nickname_stale'],
});

export const agents = operation({
  name: 'agents',
  summary: 'The agents, with where they work, presence and unread counts.',
  caller: 'anyone',
  blocking: false,
  params: z.strictObject({
    all: z.boolean().optional().describe('Also those that were unregistered.'),
    agent_id: ulid.optional().describe('Only this one.'),
  }),
  result: z.object({ agents: z.array(agentInfo) }),
  errors: [],
});
