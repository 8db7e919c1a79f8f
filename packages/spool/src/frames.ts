/** Frames: pieces of a byte stream as files. A frame is written beside its place and renamed, so it is there whole or not. */
import { closeSync, constants, fstatSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fail, limits } from '@lalia/protocol';
import { errorCode, isOwn } from './folder.ts';

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants;

/**
 * Writes a frame.
 * @throws LaliaError `storage_full` when there is no room; an error of `node:fs` when the folder is gone or not writable.
 */
export function writeFrame(folder: string, name: string, bytes: Uint8Array): void {
  const place = join(folder, name);
  const sibling = `${place}.new`;
  try {
    const file = openSync(sibling, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    } finally {
      closeSync(file);
    }
    renameSync(sibling, place);
  } catch (error) {
    rmSync(sibling, { force: true });
    throw isFull(error) ? noRoom(folder, error) : error;
  }
}

/**
 * Takes a frame: reads it and removes it.
 * @returns undefined when it is not there yet.
 * @throws LaliaError `bad_frame` when what is there is no frame; an error of `node:fs` when it cannot be read.
 */
export function takeFrame(folder: string, name: string): Uint8Array | undefined {
  const place = join(folder, name);
  let file: number;
  try {
    // Neither a link to somewhere else is followed, nor a pipe waited for.
    file = openSync(place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return undefined;
    throw code === 'ELOOP' || code === 'EMLINK' || code === 'ENXIO' ? noFrame(name, 'is no file') : error;
  }
  try {
    const found = fstatSync(file);
    if (!found.isFile() || !isOwn(found)) throw noFrame(name, 'is no file of this user');
    if (found.size > limits.MAX_SPOOL_FRAME_BYTES) {
      throw noFrame(name, `is longer than ${String(limits.MAX_SPOOL_FRAME_BYTES)} bytes`);
    }
    const bytes = readWhole(file, found.size);
    rmSync(place);
    return bytes;
  } finally {
    closeSync(file);
  }
}

function readWhole(file: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    const count = readSync(file, bytes, length, size - length, length);
    if (count === 0) break;
    length += count;
  }
  return bytes.subarray(0, length);
}

function noFrame(name: string, what: string) {
  return fail('bad_frame', `The frame ${name} of the spool ${what}.`, {
    context: { frame: name, max_bytes: limits.MAX_SPOOL_FRAME_BYTES },
  });
}

export function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(errorCode(error));
}

export function noRoom(folder: string, cause: unknown) {
  return fail('storage_full', `There is no room left for the spool in ${folder}.`, {
    context: { folder },
    cause,
  });
}
