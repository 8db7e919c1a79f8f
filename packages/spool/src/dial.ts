/** A client's way in: it makes a conversation, and waits until the daemon has taken it. */
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, isTrustedSpool, NAMES, SERVING } from './folder.ts';
import { isFull, noRoom } from './frames.ts';
import { type PeerStream, type SpoolClock, SpoolStream } from './stream.ts';

export type SpoolOutcome =
  | { readonly kind: 'connected'; readonly stream: PeerStream }
  /** There is no spool, nobody serves it, or nobody took the conversation in some seconds. */
  | { readonly kind: 'no_daemon' }
  /** It cannot be written from here; `code` is the system's. */
  | { readonly kind: 'refused'; readonly code: string };

const REFUSED = new Set(['EROFS', 'EACCES', 'EPERM']);

/**
 * Begins a conversation with the daemon that serves a spool.
 * @throws LaliaError `home_unavailable` when the spool is not this user's alone, `storage_full`.
 */
export async function dialSpool(folder: string, clock: SpoolClock): Promise<SpoolOutcome> {
  try {
    if (!isTrustedSpool(folder) || !existsSync(join(folder, SERVING))) return { kind: 'no_daemon' };
    const stream = new SpoolStream({ folder: makeConversation(folder), side: 'client', clock });
    // Until a connection listens, an end says all there is to know.
    stream.on('error', () => undefined);
    if (await stream.accepted) return { kind: 'connected', stream };
    rmSync(stream.folder, { recursive: true, force: true });
    return { kind: 'no_daemon' };
  } catch (error) {
    const code = errorCode(error);
    if (REFUSED.has(code)) return { kind: 'refused', code };
    // The daemon went away, and the folder with it.
    if (code === 'ENOENT') return { kind: 'no_daemon' };
    throw isFull(error) ? noRoom(folder, error) : error;
  }
}

/** It appears whole: the daemon never finds one without its client's file. */
function makeConversation(spool: string): string {
  const folder = join(spool, randomBytes(16).toString('hex'));
  const sibling = `${folder}.new`;
  mkdirSync(sibling, { mode: 0o700 });
  try {
    closeSync(openSync(join(sibling, NAMES.client.alive), 'wx', 0o600));
    renameSync(sibling, folder);
  } catch (error) {
    rmSync(sibling, { recursive: true, force: true });
    throw error;
  }
  return folder;
}
