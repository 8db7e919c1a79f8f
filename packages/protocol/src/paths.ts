/**
 * Where things live (spec 3). Pure: handed the environment, does no I/O. Daemon and clients both compute the socket's
 * place here, so they find each other also when the home's path is too long for a socket.
 */
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { MAX_SOCKET_PATH_BYTES } from './limits.ts';

/** The variables that decide where things are. */
export interface PathEnvironment {
  readonly LALIA_HOME?: string | undefined;
  readonly LALIA_WORKSPACE?: string | undefined;
  readonly LALIA_SPOOL?: string | undefined;
}

export interface Paths {
  /** Mode 0700; everything private is below it. */
  readonly home: string;
  /** The git repository of the transcript. */
  readonly workspace: string;
  readonly socket: string;
  /** The folders that carry the protocol where a sandbox refuses the socket: the daemon's own, then those in the folders of harnesses. */
  readonly spools: readonly [string, ...string[]];
  readonly database: string;
  readonly keys: string;
  readonly pid: string;
  readonly log: string;
}

export interface PathInputs {
  readonly env: PathEnvironment;
  /** The person's home directory, as `os.homedir()` gives it. */
  readonly homedir: string;
  readonly uid: number;
}

/** Computes every place that Lalia uses. An empty variable counts as unset; a relative one is taken from the working directory. */
export function pathsOf({ env, homedir, uid }: PathInputs): Paths {
  const home = resolve(env.LALIA_HOME || join(homedir, '.lalia'));
  return {
    home,
    workspace: resolve(env.LALIA_WORKSPACE || join(homedir, '.local', 'state', 'lalia', 'workspace')),
    socket: socketOf(home, uid),
    // A digest loads a module that most commands, and every hook without mail, can do without.
    get spools(): [string, ...string[]] {
      const inFolder = (folder: string) => join(folder, `${homeHash(home)}.spool`);
      if (env.LALIA_SPOOL) return [inFolder(resolve(env.LALIA_SPOOL))];
      return [inFolder(sharedFolder(uid)), ...harnessFolders(uid).map(inFolder)];
    },
    database: join(home, 'lalia.db'),
    keys: join(home, 'keys'),
    pid: join(home, 'pid'),
    log: join(home, 'daemon.log'),
  };
}

/**
 * `<home>/sock`, or, where that is too long for the system, a name made from the home's path in a private folder under
 * `/tmp` (mode 0700; its owner is checked before it is used). It does not depend on `TMPDIR` or `XDG_RUNTIME_DIR`:
 * harnesses give their commands other values than the terminal has, and the two would miss each other.
 */
function socketOf(home: string, uid: number): string {
  const direct = join(home, 'sock');
  if (Buffer.byteLength(direct) <= MAX_SOCKET_PATH_BYTES) return direct;
  return join(sharedFolder(uid), `${homeHash(home)}.sock`);
}

/** Where what does not fit into the home lies. Sandboxes that leave the home alone let their commands write to `/tmp`. */
function sharedFolder(uid: number): string {
  return join('/tmp', `lalia-${String(uid)}`);
}

/**
 * Folders under `/tmp` that harnesses make for the commands of their model, where the sandbox lets nothing else there be written: that of Claude
 * Code. Lalia never makes one of these.
 */
function harnessFolders(uid: number): readonly string[] {
  return [join('/tmp', `claude-${String(uid)}`)];
}

function homeHash(home: string): string {
  return createHash('sha256').update(home).digest('hex').slice(0, 16);
}
