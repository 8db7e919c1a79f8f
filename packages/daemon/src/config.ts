/** The daemon's configuration, and the only place that reads its environment. */
import { homedir } from 'node:os';
import { limits, type Paths, pathsOf, VERSION } from '@lalia/protocol';

export interface WakeBudget {
  /** Wakes of one agent for one conversation in an hour; 0: none at all. */
  readonly perThreadAndHour: number;
  /** Wakes of one agent in 24 hours; 0: none at all. */
  readonly perAgentAndDay: number;
  readonly gapMs: number;
}

export interface Config {
  readonly paths: Paths;
  /** Whether `LALIA_WORKSPACE` is set; else `paths.workspace` is the usual place. */
  readonly isWorkspaceGiven: boolean;
  readonly version: string;
  readonly keystore: 'files' | 'keychain';
  /** Where to kill the process, for tests: `name[:n]`, comma-separated; empty for nowhere. */
  readonly failpoints: string;
  /** How long a stop waits for the journal, in milliseconds; what is left then stays in the outbox. */
  readonly flushMs: number;
  /** How often idle agents are woken. */
  readonly wakes: WakeBudget;
  /** What git is given, which alone works on the person's own files. */
  readonly git: {
    readonly env: Readonly<Record<string, string | undefined>>;
    /** The file mode creation mask of whoever started the daemon. */
    readonly umask: number;
    /** How long one command of git may take, in milliseconds; undefined: what is usual. */
    readonly timeoutMs: number | undefined;
  };
}

/**
 * Reads the configuration from the process's environment.
 * @param umask the one that the process was started with.
 */
export function configFromEnvironment(env: NodeJS.ProcessEnv = process.env, umask = 0o022): Config {
  const { LALIA_HOME, LALIA_WORKSPACE, LALIA_SPOOL, LALIA_KEYSTORE, LALIA_FAILPOINTS } = env;
  const { LALIA_WAKES_PER_HOUR, LALIA_WAKES_PER_DAY, LALIA_WAKE_GAP_MS } = env;
  return {
    paths: pathsOf({
      env: { LALIA_HOME, LALIA_WORKSPACE, LALIA_SPOOL },
      homedir: homedir(),
      uid: process.getuid?.() ?? 0,
    }),
    isWorkspaceGiven: Boolean(LALIA_WORKSPACE),
    version: VERSION,
    keystore: LALIA_KEYSTORE === 'keychain' ? 'keychain' : 'files',
    failpoints: LALIA_FAILPOINTS ?? '',
    flushMs: 10_000,
    wakes: {
      perThreadAndHour: wholeNumber(LALIA_WAKES_PER_HOUR) ?? limits.WAKES_PER_THREAD_AND_HOUR,
      perAgentAndDay: wholeNumber(LALIA_WAKES_PER_DAY) ?? limits.WAKES_PER_AGENT_AND_DAY,
      gapMs: wholeNumber(LALIA_WAKE_GAP_MS) ?? limits.WAKE_GAP_MS,
    },
    git: { env, umask, timeoutMs: wholeNumber(env['LALIA_GIT_TIMEOUT_MS']) },
  };
}

/** Anything else is as if it were not set; `lalia status` shows what holds. */
function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}
