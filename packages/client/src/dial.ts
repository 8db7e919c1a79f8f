/** Reaching the socket of a daemon, and telling "there is none" from "it may not be reached". */
import { lstatSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { fail, isLaliaError, type LaliaError, type Paths } from '@lalia/protocol';

/** No socket, or nobody behind it: a daemon can be started. */
const NO_DAEMON = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK']);
/** A sandbox or the system's permissions: there may well be a daemon, and another one would be of no use. */
const REFUSED = new Set(['EPERM', 'EACCES']);
/** The daemon's backlog is full, or it is just going away: the next attempt tells. */
const TRANSIENT = new Set(['EAGAIN', 'ECONNRESET', 'EPIPE', 'EINTR']);

export type DialOutcome =
  | { readonly kind: 'connected'; readonly socket: Socket }
  | { readonly kind: 'no_daemon' }
  | { readonly kind: 'busy' };

export interface DialOptions {
  /** Added to the error where the socket is refused: how to open that sandbox. */
  readonly refusedHint: string | undefined;
}

/**
 * Connects to the daemon's socket, once.
 * @throws LaliaError `daemon_unavailable` when a sandbox or a permission refuses it, `home_unavailable` when the path
 *   to it leads through something that is not a folder.
 */
export async function dial(paths: Paths, options: DialOptions): Promise<DialOutcome> {
  try {
    checkFallbackFolder(paths);
    return { kind: 'connected', socket: await connectSocket(paths.socket) };
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (NO_DAEMON.has(code)) return { kind: 'no_daemon' };
    if (TRANSIENT.has(code)) return { kind: 'busy' };
    if (REFUSED.has(code)) throw refused(paths, options, error);
    if (code === 'ENOTDIR') throw homeUnavailable(paths, error);
    if (isLaliaError(error)) throw error;
    throw fail('daemon_unavailable', `The socket ${paths.socket} cannot be reached (${code}).`, {
      context: { socket: paths.socket, code },
      cause: error,
    });
  }
}

/**
 * The error for a home that cannot be made or written.
 * @param cause an error of `node:fs`.
 */
export function homeUnavailable(paths: Paths, cause: unknown): LaliaError {
  const { code = 'unknown', path = paths.home } = cause as NodeJS.ErrnoException;
  const isReadOnly = code === 'EROFS' || code === 'EPERM' || code === 'EACCES';
  const what = isReadOnly ? `cannot be written (${code})` : `cannot be used (${code})`;
  const where = path === paths.home ? '' : ` because of ${path}`;
  return fail('home_unavailable', `Lalia's home ${paths.home} ${what}${where}.`, {
    context: { home: paths.home, path, code },
    cause,
    ...(isReadOnly
      ? {
          hint:
            'If this runs in the sandbox of a harness, start the daemon outside of it with `lalia start`; ' +
            'else make the folder writable, or point LALIA_HOME at one that is.',
        }
      : {}),
  });
}

function connectSocket(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.removeListener('error', reject);
      resolve(socket);
    });
  });
}

/**
 * Where the home's path is too long, the socket lies in a folder under `/tmp`, where anybody can make one of that name.
 * @throws LaliaError `daemon_unavailable` when it is not ours alone.
 */
function checkFallbackFolder({ home, socket }: Paths): void {
  const folder = dirname(socket);
  if (folder === home) return;
  const found = lstatSync(folder);
  const uid = process.getuid?.() ?? found.uid;
  if (found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0) return;
  throw fail(
    'daemon_unavailable',
    `${folder} is not a private folder of this user; the socket in it is not trusted.`,
    {
      context: { folder, uid: found.uid, mode: (found.mode & 0o777).toString(8) },
      hint: 'Remove it, or set LALIA_HOME to a shorter path.',
    },
  );
}

function refused({ socket }: Paths, { refusedHint }: DialOptions, cause: unknown): LaliaError {
  const { code = '' } = cause as NodeJS.ErrnoException;
  return fail('daemon_unavailable', `A sandbox or a permission refused the socket ${socket} (${code}).`, {
    context: { socket, code },
    cause,
    hint: refusedHint ?? 'Let this command run outside the sandbox, or give it the right to use the socket.',
  });
}
