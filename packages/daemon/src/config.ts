/** The daemon's configuration, and the only place that reads its environment. */
import { homedir } from 'node:os';
import { type Paths, pathsOf, VERSION } from '@lalia/protocol';

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
  /** What git is given, which alone works on the person's own files. */
  readonly git: {
    readonly env: Readonly<Record<string, string | undefined>>;
    /** The file mode creation mask of whoever started the daemon. */
    readonly umask: number;
  };
}

/**
 * Reads the configuration from the process's environment.
 * @param umask the one that the process was started with.
 */
export function configFromEnvironment(env: NodeJS.ProcessEnv = process.env, umask = 0o022): Config {
  const { LALIA_HOME, LALIA_WORKSPACE, LALIA_SPOOL, LALIA_KEYSTORE, LALIA_FAILPOINTS } = env;
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
    git: { env, umask },
  };
}
