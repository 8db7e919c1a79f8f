/** Operations about the daemon itself. */
import * as z from 'zod';
import { MAX_WAKING_LISTED } from '../limits.ts';
import { operation } from './definition.ts';
import { agentRef, retentionState, timestampMs, turnState, wakeAttempt } from './shapes.ts';

const protocolVersion = z.object({ major: z.int(), minor: z.int() }).meta({
  id: 'ProtocolVersion',
  description: 'A peer with another major version cannot be served; a minor version only adds.',
});

export const hello = operation({
  name: 'hello',
  summary: 'The first request on a connection: versions both ways, and the daemon’s clock.',
  caller: 'anyone',
  blocking: false,
  params: z.object({ client: z.string().max(256), version: z.string().max(64), protocol: protocolVersion }),
  result: z.object({ version: z.string(), protocol: protocolVersion, pid: z.int(), now: timestampMs }),
  errors: ['unsupported_protocol'],
});

export const status = operation({
  name: 'status',
  summary: 'How the daemon is: versions, places, counts, and what is not yet in the transcript.',
  caller: 'anyone',
  blocking: false,
  params: z.strictObject({}),
  result: z.object({
    version: z.string(),
    protocol: protocolVersion,
    node: z.string(),
    pid: z.int(),
    started_ts: timestampMs,
    home: z.string(),
    socket: z.string(),
    spool: z.object({
      path: z.string(),
      error: z.string().nullable().describe('Why it cannot be used; null when it can.'),
    }),
    via: z.enum(['socket', 'spool']).describe('What carries this very connection.'),
    workspace: z.string(),
    connections: z.int(),
    blocked_readers: z.int(),
    agents: z.int(),
    rooms: z.int(),
    messages: z.int(),
    unread: z.int(),
    memory_bytes: z.int(),
    journal: z.object({
      backlog: z.int().describe('Changes that are accepted but not yet in git.'),
      last_commit_ts: timestampMs.nullable(),
      error: z.string().nullable().describe('Why the last attempt failed; null when it did not.'),
    }),
    wake_budget: z.object({
      per_thread_and_hour: z.int().nonnegative(),
      per_agent_and_day: z.int().nonnegative(),
      gap_ms: z.int().nonnegative(),
    }),
    waking: z
      .array(
        z.object({
          agent: agentRef,
          turn: turnState,
          routes: z.array(z.string()).describe('The ways to wake it now, the first one tried first.'),
          today: z.int().nonnegative().describe('How often it was woken in the last 24 hours.'),
          last: wakeAttempt.nullable(),
        }),
      )
      .max(MAX_WAKING_LISTED)
      .describe('The agents whose harness has hooks, the last heard of first.'),
    retention: retentionState,
  }),
  errors: [],
});

export const stop = operation({
  name: 'stop',
  summary:
    'Makes the daemon finish what it acknowledged, release blocked readers, and end; the connection closes when it has.',
  caller: 'anyone',
  blocking: false,
  params: z.strictObject({ reason: z.enum(['stop', 'restart', 'handover']) }),
  result: z.object({ pid: z.int(), backlog: z.int() }),
  errors: [],
});
