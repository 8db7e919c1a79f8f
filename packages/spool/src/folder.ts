/**
 * The spool's folder: whose it is, and how things in it are called.
 *
 *     <spool>/serving            while a daemon serves it
 *     <spool>/<id>.new/          a conversation that a client is making
 *     <spool>/<id>/client        a file that its client touches every second
 *     <spool>/<id>/daemon        the same of the daemon; it is made when the conversation is taken
 *     <spool>/<id>/up-<n>        a frame from the client; down-<n>: one from the daemon
 */
import { type BigIntStats, lstatSync, mkdirSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { fail, type LaliaError } from '@lalia/protocol';

/** Its presence says that a daemon serves the spool. */
export const SERVING = 'serving';

const CONVERSATION = /^[0-9a-f]{32}$/;
const HALF_MADE = /^[0-9a-f]{32}\.new$/;

export type Side = 'client' | 'daemon';

/** The names that one side of a conversation uses. */
export const NAMES: Readonly<Record<Side, { readonly alive: string; readonly frames: string }>> = {
  client: { alive: 'client', frames: 'up' },
  daemon: { alive: 'daemon', frames: 'down' },
};

export function isConversation(name: string): boolean {
  return CONVERSATION.test(name);
}

export function isHalfMade(name: string): boolean {
  return HALF_MADE.test(name);
}

export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/**
 * Makes the spool's folder, and the one it lies in, mode 0700. One that is there is checked and never changed: it may have
 * been made by somebody else.
 * @throws LaliaError `home_unavailable` when it is not this user's alone; an error of `node:fs` when it cannot be made.
 */
export function makeSpoolFolder(folder: string): void {
  makeIfMissing(dirname(folder));
  makeIfMissing(folder);
  const problem = problemOf(folder);
  if (problem !== undefined) throw problem;
}

/**
 * Whether there is a spool that can be trusted.
 * @returns false when there is none.
 * @throws LaliaError `home_unavailable` when somebody else could read or change what is in it.
 */
export function isTrustedSpool(folder: string): boolean {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return false;
  const problem = problemOf(folder);
  if (problem !== undefined) throw problem;
  return true;
}

/** Whether a folder is this user's own, and a folder. */
export function isOwnFolder(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && isOwn(found);
}

/** Whether a file, link or folder belongs to this user; true where the system has no owners. */
export function isOwn({ uid }: Stats | BigIntStats): boolean {
  return process.getuid === undefined || process.getuid() === Number(uid);
}

function makeIfMissing(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700, recursive: false });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

/** Anybody can make a folder or a link of any name in `/tmp`, so both the spool and what it lies in are looked at. */
function problemOf(folder: string): LaliaError | undefined {
  const own = lstatSync(folder);
  if (!own.isDirectory() || !isOwn(own) || (own.mode & 0o077) !== 0) return untrusted(folder, own);
  const above = lstatSync(dirname(folder));
  const isSafeOwner = isOwn(above) || above.uid === 0;
  // Who may write to the folder above could put another one in the place of ours, unless it is sticky, as /tmp is.
  const isOpen = (above.mode & 0o022) !== 0 && (above.mode & 0o1000) === 0;
  if (above.isDirectory() && isSafeOwner && !isOpen) return undefined;
  return untrusted(dirname(folder), above);
}

function untrusted(path: string, found: Stats): LaliaError {
  const mode = (found.mode & 0o7777).toString(8);
  return fail('home_unavailable', `${path} is not a private folder of this user; the spool is not used.`, {
    context: { path, uid: found.uid, mode },
    hint: 'Find out who made it, remove it, then `lalia restart`; or set LALIA_SPOOL to a folder of your own, for the daemon and for every command.',
  });
}
