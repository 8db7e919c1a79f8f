/** Where an export goes: every file whole or not at all, and nothing of somebody else's is overwritten. */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { fail } from '@lalia/client';

export interface NewFile {
  readonly path: string;
  readonly content: string;
}

export interface WriteOptions {
  /** How a file begins that an export has written before. */
  readonly mark: string;
  /** Overwrites also what is not ours. */
  readonly force: boolean;
}

/**
 * Writes files, after all of them were looked at.
 * @throws LaliaError `needs_force` for a file that is there and not ours; `invalid_params` where no file can be.
 */
export function writeFiles(files: readonly NewFile[], options: WriteOptions): void {
  for (const { path } of files) checkPlace(path, options);
  for (const { path, content } of files) translated(path, () => replace(path, content));
}

function checkPlace(path: string, { mark, force }: WriteOptions): void {
  const stat = translated(path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (stat === undefined) return;
  if (!stat.isFile() && !stat.isSymbolicLink()) {
    throw fail('invalid_params', `${path} is there and is not a file.`, {
      hint: 'Say another place with --out.',
    });
  }
  if (force || (stat.isFile() && (stat.size === 0 || begins(path, mark)))) return;
  throw fail('needs_force', `${path} is there, and no export has written it.`, { context: { path } });
}

function begins(path: string, mark: string): boolean {
  const wanted = Buffer.from(mark);
  const start = Buffer.alloc(wanted.length);
  const file = translated(path, () => openSync(path, 'r'));
  try {
    return readSync(file, start) === wanted.length && start.equals(wanted);
  } finally {
    closeSync(file);
  }
}

function replace(path: string, content: string): void {
  const draft = `${path}.${randomUUID()}.new`;
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(draft, content, { flag: 'wx', flush: true });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

function translated<Result>(path: string, step: () => Result): Result {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT')
      throw fail('storage_full', `The disk is full: ${path} was not written.`);
    throw fail('invalid_params', `${path} cannot be written (${code}).`, {
      hint: 'Say another place with --out.',
    });
  }
}
