/**
 * An agent as a hook of its harness has it: quick, and ready to be nobody. One connection to a daemon that runs already, no start,
 * no repetition, and nothing of the SDK that it does not need: a hook runs beside every step of a model.
 */
import { homedir } from 'node:os';
import { keystoreKind, openKeystore } from '@lalia/keystore';
import {
  type AgentInfo,
  fail,
  isLaliaError,
  limits,
  type Paths,
  PROTOCOL_VERSION,
  pathsOf,
  privateKeyObject,
  type Result,
  VERSION,
  type WakeNotice,
} from '@lalia/protocol';
import { type CallerFacts, processEnvironment } from './caller.ts';
import { systemClock } from './clock.ts';
import { Connection } from './connection.ts';
import { dial } from './dial.ts';
import type { Environment } from './environment.ts';
import { locate } from './git-location.ts';
import { HARNESSES } from './harness.ts';
import type { LinkRequest } from './link.ts';
import { ancestorsOf, anchorOf, systemProcesses } from './process-tree.ts';
import { SignedCaller } from './signed-caller.ts';
import { reportTurn, type TurnMail, type TurnReport, type WakeOptions } from './turn.ts';

export interface HookSessionOptions {
  /** The id of the harness whose hook this is. */
  readonly harness: string;
  /** The harness's own id of the conversation. */
  readonly session: string | null;
  /** Where the conversation works. */
  readonly cwd: string;
  /** Whether it is an error that no daemon runs; else nobody is found then. */
  readonly needsDaemon?: boolean;
  /** Default: the process's environment. */
  readonly env?: Environment | undefined;
}

/** The agent of a conversation, for one run of a hook. */
export interface HookSession {
  readonly agent: AgentInfo;
  /** Lalia's home. */
  readonly home: string;
  /** Says where the turn is, and takes the mail that fits there. @throws LaliaError `key_missing`, or what the daemon refused. */
  turn(report: Omit<TurnReport, 'sessionId'>): Promise<TurnMail>;
  /**
   * Waits until the agent is to be woken, on this one connection.
   * @throws LaliaError `timeout`, `cancelled`, `lease_expired`, `unregistered`; `connection_lost` and `daemon_stopping` with the daemon.
   */
  awaitWake(options: Omit<WakeOptions, 'sessionId' | 'signal'>): Promise<WakeNotice>;
  /** Ends the connection; what was not acknowledged is unread again. */
  close(): Promise<void>;
}

/**
 * The agent that a hook speaks for: the one of this conversation, else the one whose anchor the harness process is, else the one
 * that `LALIA_NAME` names, which has to be of this harness, and not where another harness above has set it for itself.
 * @returns undefined where no daemon runs, or the conversation is nobody's.
 */
export async function openHookSession(options: HookSessionOptions): Promise<HookSession | undefined> {
  const { env = processEnvironment(), session } = options;
  const paths = pathsOf({ env, homedir: homedir(), uid: process.getuid?.() ?? 0 });
  const outcome = await dial({ paths, env });
  if (outcome.kind !== 'connected') {
    if (!options.needsDaemon) return undefined;
    throw fail('daemon_unavailable', 'No daemon runs.');
  }
  const connection = new Connection(outcome.stream, {
    hello: { client: 'lalia-hook', version: VERSION, protocol: PROTOCOL_VERSION },
  });
  const agent = await agentOf(connection, { ...options, env });
  if (agent === undefined) {
    await connection.close();
    return undefined;
  }
  const caller = () => signedCaller({ connection, env, paths }, agent);
  return {
    agent,
    home: paths.home,
    turn: async (report) => reportTurn(await caller(), { ...report, sessionId: session }),
    awaitWake: async ({ timeoutMs = limits.DEFAULT_WAIT_MS, asLast = false }) => {
      const params = { session_id: session, timeout_ms: timeoutMs, as_last: asLast };
      return (await (await caller()).call('wake_wait', params, { waits: true })).notice;
    },
    close: () => connection.close(),
  };
}

const NOBODY: CallerFacts = {
  as: null,
  env_name: null,
  harness_session: null,
  ancestors: [],
  worktree: null,
  project: null,
};

async function agentOf(
  connection: Connection,
  { harness, session, cwd, env }: HookSessionOptions & { readonly env: Environment },
): Promise<AgentInfo | undefined> {
  const bySession =
    session === null ? undefined : await identify(connection, { ...NOBODY, harness_session: session });
  if (bySession !== undefined) return bySession;
  const { anchor, isNested } = harnessProcess(harness);
  const byAnchor =
    anchor === null ? undefined : await identify(connection, { ...NOBODY, ancestors: [anchor] });
  const name = env['LALIA_NAME'];
  if (byAnchor !== undefined || !name || isNested) return byAnchor;
  const named = await identify(connection, { ...NOBODY, env_name: name, project: locate(cwd).project });
  return named?.harness === null || named?.harness === harness ? named : undefined;
}

/** The process that stands for the conversation, and whether another harness is above it. */
function harnessProcess(id: string): Pick<Found, 'anchor' | 'isNested'> {
  const table = systemProcesses();
  const self = table(process.pid);
  const harness = HARNESSES.find((known) => known.id === id);
  const ancestors = ancestorsOf(process.pid, table);
  const found = self === undefined ? null : anchorOf({ self, ancestors, harness }, table);
  const anchor = found?.kind === 'harness' ? { pid: found.pid, started: found.started } : null;
  const above = ancestors.slice(ancestors.findIndex(({ pid }) => pid === anchor?.pid) + 1);
  const isNested = anchor !== null && above.some(({ program }) => isHarness(program));
  return { anchor, isNested };
}

interface Found {
  readonly anchor: CallerFacts['ancestors'][number] | null;
  readonly isNested: boolean;
}

function isHarness(program: string): boolean {
  return HARNESSES.some((harness) => harness.program?.test(program));
}

/** Whoever is not found, or may be several, is nobody. */
async function identify(connection: Connection, facts: CallerFacts): Promise<AgentInfo | undefined> {
  try {
    return ((await connection.request('identify', facts)) as Result<'identify'>).agent;
  } catch (error) {
    if (isLaliaError(error) && NOT_FOUND.has(error.reason)) return undefined;
    throw error;
  }
}

const NOT_FOUND = new Set([
  'not_registered',
  'ambiguous_caller',
  'agent_not_found',
  'ambiguous_address',
  'nickname_stale',
]);

interface Signing {
  readonly connection: Connection;
  readonly env: Environment;
  readonly paths: Paths;
}

async function signedCaller({ connection, env, paths }: Signing, agent: AgentInfo): Promise<SignedCaller> {
  const { agent_id: agentId } = agent;
  const key = await openKeystore({ kind: keystoreKind(env['LALIA_KEYSTORE']), dir: paths.keys }).read(
    agentId,
  );
  if (key === undefined)
    throw fail('key_missing', `There is no private key for ${agent.name} in ${paths.keys}.`);
  const link = {
    request: ({ method, params, signal, onLate }: LinkRequest) =>
      connection.request(method, params(), { signal, onLate }),
  };
  return new SignedCaller({ link, clock: systemClock }, { agentId, key: privateKeyObject(key) });
}
