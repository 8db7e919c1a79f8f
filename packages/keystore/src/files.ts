/**
 * Private keys as files: `<dir>/<agent_id>.key` holds the base64url of the 32 raw bytes and a newline, mode 0600, in a
 * folder of mode 0700.
 *
 * A key is written to a sibling, synced, and renamed over its name, so a reader sees a whole key or none, also after a
 * crash. The functions are synchronous: a key has 44 bytes, and the daemon writes one within a transaction.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail, isUlid, type Ulid } from '@lalia/protocol';
import { makePrivateFolder } from './private-folder.ts';

const KEY_BYTES = 32;
const KEY_TEXT = /^[A-Za-z0-9_-]{43}\n?$/;

/** One of an agent's keys: the folder of all keys, and whose it is. */
export interface KeyPlace {
  readonly dir: string;
  readonly agentId: Ulid;
}

/**
 * Reads a private key.
 * @returns its 32 raw bytes, or undefined when there is no such file.
 * @throws LaliaError `key_missing` when the file is there and is not a key; an error of `node:fs` when it cannot be read.
 */
export function readKeyFile(place: KeyPlace): Uint8Array | undefined {
  const file = fileOf(place);
  let text: string;
  try {
    text = readFileSync(file, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const key = Buffer.from(text.trimEnd(), 'base64url');
  if (!KEY_TEXT.test(text) || key.length !== KEY_BYTES) {
    throw fail(
      'key_missing',
      `${file} is not a private key: it must hold ${String(KEY_BYTES)} bytes as base64url.`,
      {
        context: { file },
      },
    );
  }
  return key;
}

/**
 * Writes a private key, durably, over any older one of the same agent.
 * @param key 32 raw bytes.
 * @throws RangeError for another length; an error of `node:fs` when it cannot be written, with nothing left behind.
 */
export function writeKeyFile(place: KeyPlace, key: Uint8Array): void {
  if (key.length !== KEY_BYTES)
    throw new RangeError(`A private key has ${String(KEY_BYTES)} bytes, not ${String(key.length)}.`);
  const file = fileOf(place);
  const sibling = `${file}.${String(process.pid)}.new`;
  makePrivateFolder(place.dir);
  try {
    writeSynced(sibling, `${Buffer.from(key).toString('base64url')}\n`);
    renameSync(sibling, file);
  } catch (error) {
    rmSync(sibling, { force: true });
    throw error;
  }
  syncFolder(dirname(file));
}

/** Deletes a private key, durably; one that is not there is no error. */
export function deleteKeyFile(place: KeyPlace): void {
  rmSync(fileOf(place), { force: true });
  try {
    syncFolder(place.dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** An id becomes part of a path, so nothing but a ULID may pass. */
function fileOf({ dir, agentId }: KeyPlace): string {
  if (!isUlid(agentId)) throw new RangeError('The owner of a key is named by a ULID.');
  return join(dir, `${agentId}.key`);
}

function writeSynced(file: string, text: string): void {
  // A leftover of a crash would keep its old mode, so it goes first and the file is made anew.
  rmSync(file, { force: true });
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A rename or a removal is durable only when the folder that holds the name is synced as well. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
