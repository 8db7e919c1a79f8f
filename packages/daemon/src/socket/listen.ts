/**
 * The socket: private, and there only while a daemon serves it.
 *
 * Whoever calls `listen` holds the database's lock, so it is the only daemon of this home and whatever file is at the
 * socket's place is a leftover. The new socket is bound beside it and renamed over it: at no moment does the path lead to a
 * daemon that is gone while another could be reached.
 */
import { chmodSync, lstatSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { makePrivateFolder } from '@lalia/keystore';
import { fail } from '@lalia/protocol';

export interface Listener {
  /** Whether clients still find it. They do not after somebody removed the home, in whose place there may be another one. */
  isInPlace(): boolean;
  /** Takes the socket away: no further connections. Those that are open stay. */
  close(): void;
}

/**
 * Listens on a Unix socket of mode 0600.
 * @throws LaliaError `home_unavailable` when the socket's folder is not this user's own, or cannot be written.
 */
export async function listen(path: string, onConnection: (socket: Socket) => void): Promise<Listener> {
  preparePrivateFolder(dirname(path));
  const temporary = `${path.slice(0, -'sock'.length)}temp`;
  rmSync(temporary, { force: true });
  const server = createServer({ allowHalfOpen: false }, onConnection);
  await bound(server, temporary);
  chmodSync(temporary, 0o600);
  renameSync(temporary, path);
  const { ino } = lstatSync(path);
  const isInPlace = (): boolean => lstatSync(path, { throwIfNoEntry: false })?.ino === ino;
  return {
    isInPlace,
    close: () => {
      if (isInPlace()) rmSync(path);
      server.close();
    },
  };
}

/** Makes a folder with mode 0700, or checks that the one there is this user's; everybody may write to /tmp. */
export function preparePrivateFolder(path: string): void {
  try {
    makePrivateFolder(path);
    const stat = lstatSync(path);
    if (!stat.isDirectory() || stat.uid !== process.getuid?.()) {
      throw fail('home_unavailable', `${path} belongs to another user.`, { context: { path } });
    }
    if ((stat.mode & 0o077) !== 0) chmodSync(path, 0o700);
  } catch (error) {
    throw unavailable(path, error);
  }
}

function unavailable(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!/^E(ACCES|PERM|ROFS|NOTDIR|EXIST|NOSPC|LOOP|NAMETOOLONG)$/.test(code)) return error;
  const hint =
    code === 'EROFS' || code === 'EPERM' || code === 'EACCES'
      ? 'Inside a harness sandbox the home is read-only: run `lalia start` in a terminal outside it.'
      : undefined;
  return fail('home_unavailable', `The folder ${path} cannot be used (${code}).`, {
    cause: error,
    context: { path, code },
    ...(hint === undefined ? {} : { hint }),
  });
}

async function bound(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (error) => {
    reject(unavailable(path, error));
  });
  server.listen(path, () => {
    server.removeAllListeners('error');
    resolve();
  });
  return promise;
}
