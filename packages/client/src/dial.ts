/**
 * Reaching a daemon: by its socket, or, where a sandbox or a permission refuses that, by the spool. A refused socket is never
 * "no daemon": there may well be one, and another one would be of no use.
 */
import { lstatSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { fail, isLaliaError, type LaliaError, type Paths } from '@lalia/protocol';
import type { PeerStream } from '@lalia/spool';
import { timers } from './clock.ts';
import type { Environment } from './environment.ts';

/** No socket, or nobody behind it: a daemon can be started. */
const NO_DAEMON = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK']);
/** A sandbox or the system's permissions. */
const REFUSED = new Set(['EPERM', 'EACCES', 'EROFS']);
/** The daemon's backlog is full, or it is just going away: the next attempt tells. */
const TRANSIENT = new Set(['EAGAIN', 'ECONNRESET', 'EPIPE', 'EINTR']);

export type DialOutcome =
  | { readonly kind: 'connected'; readonly stream: PeerStream; readonly via: 'socket' | 'spool' }
  | { readonly kind: 'no_daemon' }
  | { readonly kind: 'busy' };

/** Connects to a socket. */
export type Connector = (path: string) => Promise<PeerStream>;

export interface DialOptions {
  readonly paths: Paths;
  readonly env: Environment;
  /** Default: the system's. */
  readonly connectSocket?: Connector | undefined;
}

/**
 * Connects to the daemon, once.
 * @throws LaliaError `daemon_unavailable` when the socket is refused and the spool does not help, `home_unavailable` when the
 *   path to the socket leads through something that is not a folder, or the spool is not this user's alone; `storage_full`.
 */
export async function dial(options: DialOptions): Promise<DialOutcome> {
  const { paths, connectSocket = connectByNet } = options;
  try {
    checkFallbackFolder(paths);
    return { kind: 'connected', stream: await connectSocket(paths.socket), via: 'socket' };
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (NO_DAEMON.has(code)) return { kind: 'no_daemon' };
    if (TRANSIENT.has(code)) return { kind: 'busy' };
    if (REFUSED.has(code)) return dialBySpool(options, error);
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

function connectByNet(path: string): Promise<Socket> {
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

/** Loaded only where it is needed: few commands run in a sandbox. */
async function dialBySpool({ paths, env }: DialOptions, cause: unknown): Promise<DialOutcome> {
  const [{ dialSpool }, { refusedError }] = await Promise.all([
    import('@lalia/spool'),
    import('./sandbox.ts'),
  ]);
  let refusal: string | undefined;
  for (const spool of paths.spools) {
    const outcome = await dialSpool(spool, timers);
    if (outcome.kind === 'connected') return { ...outcome, via: 'spool' };
    if (outcome.kind === 'refused') refusal ??= outcome.code;
  }
  throw refusedError({ paths, env }, { cause, spool: refusal });
}
