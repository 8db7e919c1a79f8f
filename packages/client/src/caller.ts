/**
 * Who is calling: the environment, the working directory and the processes above, and nothing else reads them.
 * What is found here is handed to everything else, so that one process can act for several agents.
 */
import {
  type Anchor,
  checkName,
  isName,
  type Location,
  limits,
  type Params,
  type ProcessRef,
  type Role,
} from '@lalia/protocol';
import type { Environment } from './environment.ts';
import { type GitLocation, locate } from './git-location.ts';
import { detectHarness, firstSet, type Harness } from './harness.ts';
import { ancestorsOf, anchorOf, isHidden, type ProcessInfo, systemProcesses } from './process-tree.ts';

/** What `identify` wants to know, in the order in which it is looked at (spec 5). */
export type CallerFacts = Params<'identify'>;

/** What `register` records about a session. */
export interface SessionFacts {
  /** What `LALIA_NAME` says. */
  readonly envName: string | null;
  readonly harness: string | null;
  readonly model: string | null;
  /** The harness's own id of the conversation. */
  readonly harnessSession: string | null;
  /** The process that stands for the session; null where none can be named for sure. */
  readonly anchor: Anchor | null;
  readonly location: Location;
  /** What all worktrees of the repository share; null outside of any. */
  readonly project: string | null;
}

export interface CallerOptions {
  /** An address that the person gave with `--as`. */
  readonly as?: string | undefined;
  /** Default: the process's working directory. */
  readonly cwd?: string | undefined;
  /** Default: the process's environment. */
  readonly env?: Environment | undefined;
}

/** The environment of this process. */
export function processEnvironment(): Environment {
  return process.env;
}

/** Collects what `Client.identify` sends: who the caller says it is, and what tells it otherwise. */
export function callerFacts(options: CallerOptions = {}): CallerFacts {
  const { as = null, env = processEnvironment() } = options;
  const envName = env['LALIA_NAME'] || null;
  const isNamed = as !== null || envName !== null;
  const { location, project } = locate(workingDirectory(options, env));
  return {
    as,
    env_name: envName,
    ...(isNamed ? { harness_session: null, ancestors: [] } : surroundingFacts(env)),
    worktree: location.repo_root,
    project,
  };
}

/** Looked at only where no name was said: it means to read about each process above, on macOS by running `ps`. */
function surroundingFacts(env: Environment): Pick<CallerFacts, 'harness_session' | 'ancestors'> {
  const { harness, ancestors } = surroundings(env);
  return {
    harness_session: sessionOf(env, harness),
    ancestors: ancestors.map(({ pid, started }): ProcessRef => ({ pid, started })),
  };
}

/** Collects what `Client.register` records about this session. */
export function captureSession(options: CallerOptions = {}): SessionFacts {
  const { env = processEnvironment() } = options;
  const { harness, anchor } = surroundings(env);
  return {
    envName: env['LALIA_NAME'] || null,
    harness: harness?.id ?? null,
    model: env['LALIA_MODEL'] || firstSet(env, harness?.model ?? []),
    harnessSession: sessionOf(env, harness),
    anchor,
    ...locate(workingDirectory(options, env)),
  };
}

/**
 * The anchor of a session whose harness is, or will be, a certain process.
 * @returns null where pids seen here mean nothing outside.
 */
export function harnessAnchor(pid: number): Anchor | null {
  const table = systemProcesses();
  const harness = table(pid);
  if (harness === undefined || isHidden(harness, ancestorsOf(pid, table))) return null;
  return { pid, started: harness.started, kind: 'harness' };
}

/** Where the caller works: repository, worktree, branch and project, without a look at who it is. */
export function workingPlace({ env = processEnvironment(), ...options }: CallerOptions = {}): GitLocation {
  return locate(workingDirectory(options, env));
}

/**
 * The name for an agent that was given none: harness, role where it is not `peer`, and the worktree's folder where it is
 * not the main one, such as `codex-worker-feat-auth`.
 */
export function suggestName({ harness, location }: SessionFacts, role: Role): string {
  const isLinked = location.repo_root !== location.main_repo_root && location.worktree !== null;
  const parts = [
    harness ?? 'terminal',
    role === 'peer' ? '' : role,
    isLinked ? (location.worktree ?? '') : '',
  ];
  const name = parts
    .map(namePart)
    .filter(Boolean)
    .join('-')
    .slice(0, 64)
    .replace(/[._-]+$/, '');
  return checkName(isName(name) ? name : 'agent');
}

/**
 * How long a blocking command waits when it is not told: 300 seconds, or less where the harness would end it before.
 * @returns milliseconds.
 */
export function defaultWaitMs(env: Environment = processEnvironment()): number {
  const harness = detectHarness(env, () => ancestorsOf(process.pid));
  return Math.min(limits.DEFAULT_WAIT_MS, harness?.waitMs ?? limits.DEFAULT_WAIT_MS);
}

/**
 * How often a command that waits has to say so, in milliseconds, where its harness ends one that says nothing.
 * @returns undefined where silence is fine.
 */
export function heartbeatMs(env: Environment = processEnvironment()): number | undefined {
  // By the variables alone: this is asked before each wait, and looking at processes takes longer than most waits.
  return detectHarness(env, () => [])?.heartbeatMs;
}

interface Surroundings {
  readonly harness: Harness | undefined;
  /** Empty where pids seen here mean nothing outside. */
  readonly ancestors: readonly ProcessInfo[];
  readonly anchor: Anchor | null;
}

function surroundings(env: Environment): Surroundings {
  const table = systemProcesses();
  const self = table(process.pid);
  const ancestors = ancestorsOf(process.pid, table);
  const harness = detectHarness(env, () => ancestors);
  const declared = declaredAnchor(env);
  if (self === undefined || isHidden(self, ancestors)) return { harness, ancestors: [], anchor: declared };
  return { harness, ancestors, anchor: anchorOf({ self, ancestors, harness }, table) ?? declared };
}

/** The anchor as `LALIA_ANCHOR` has it. */
export function anchorText({ pid, started }: ProcessRef): string {
  return `${String(pid)}:${started}`;
}

/** What `lalia run` says of the harness that it started: the only way to know where a sandbox hides the processes above. */
function declaredAnchor(env: Environment): Anchor | null {
  const [, pid, started] = /^([1-9]\d{0,9}):(.+)$/.exec(env['LALIA_ANCHOR'] ?? '') ?? [];
  return pid === undefined || started === undefined ? null : { pid: Number(pid), started, kind: 'harness' };
}

function sessionOf(env: Environment, harness: Harness | undefined): string | null {
  return firstSet(env, ['LALIA_SESSION', ...(harness?.session ?? [])]);
}

/** A directory that was removed beneath the process is still where it is, by its old name. */
function workingDirectory({ cwd }: CallerOptions, env: Environment): string {
  if (cwd !== undefined) return cwd;
  try {
    return process.cwd();
  } catch {
    return env['PWD'] || '/';
  }
}

/** What a name may hold of a text: the rest becomes `-`, and no two of these follow each other. */
function namePart(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
}
