/** Whether a home is its owner's alone: everything that opens it can read the keys. */
import { accessSync, chmodSync, constants, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Check, fails, type Paths, passes } from '@lalia/protocol';

const NAME = 'permissions';
/** Of these, only some may be there. */
const PRIVATE_FILES = ['lalia.db', 'lalia.db-wal', 'pid', 'daemon.log', 'workspace.path', 'transcript.safe'];

interface Finding {
  readonly path: string;
  readonly isForeign: boolean;
  readonly mode: number;
  /** What it should be. */
  readonly wanted: number;
}

/** @param fix closes to others what is open to them. */
export function checkPermissions(paths: Paths, fix: boolean): Check {
  const home = lstatSync(paths.home, { throwIfNoEntry: false });
  if (home === undefined) return passes(NAME, `${paths.home} is not there yet; the first command makes it.`);
  try {
    return checkHome(paths, fix);
  } catch (error) {
    return fails(
      NAME,
      `${paths.home} cannot be looked at: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

function checkHome(paths: Paths, fix: boolean): Check {
  const findings = findingsOf(paths);
  const [foreign] = findings.filter(({ isForeign }) => isForeign);
  if (foreign !== undefined) {
    return fails(NAME, `${foreign.path} belongs to another user.`, `sudo chown -R "$(id -un)" ${paths.home}`);
  }
  const open = findings.filter(({ mode }) => (mode & 0o077) !== 0);
  if (fix) for (const { path, wanted } of open) chmodSync(path, wanted);
  const [first] = open;
  if (first !== undefined && !fix) {
    const more = open.length === 1 ? '' : ` and ${String(open.length - 1)} more`;
    return fails(NAME, `${first.path}${more} can be opened by other users.`, 'lalia doctor --fix');
  }
  const closed = open.length === 0 ? null : `closed to others: ${open.map(({ path }) => path).join(', ')}`;
  return writable(paths.home) ?? passes(NAME, 'Home and keys are private to you.', closed);
}

function findingsOf(paths: Paths): Finding[] {
  const folders = [paths.home, paths.keys].map((path) => finding(path, 0o700));
  const keys = namesIn(paths.keys).map((name) => finding(join(paths.keys, name), 0o600));
  const files = PRIVATE_FILES.map((name) => finding(join(paths.home, name), 0o600));
  return [...folders, ...keys, ...files, socketOf(paths)].filter((found) => found !== undefined);
}

function finding(path: string, wanted: number): Finding | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  // A link's own mode means nothing.
  if (stat === undefined || stat.isSymbolicLink()) return undefined;
  return { path, wanted, mode: stat.mode & 0o777, isForeign: stat.uid !== process.getuid?.() };
}

/** Only a socket: what else is in its place is told with what crashes leave. */
function socketOf({ socket }: Paths): Finding | undefined {
  return lstatSync(socket, { throwIfNoEntry: false })?.isSocket() ? finding(socket, 0o600) : undefined;
}

function writable(home: string): Check | undefined {
  try {
    accessSync(home, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return fails(
      NAME,
      `${home} cannot be written from here (${code}); a sandbox does that too.`,
      'lalia start  # in a terminal outside the sandbox',
    );
  }
}

function namesIn(folder: string): string[] {
  return lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(folder) : [];
}
