/** The files of a launch: Lalia's own are written, a person's only between Lalia's marks. */
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { fail } from '@lalia/client';
import type { LaunchFile } from './adapter.ts';
import { BEGIN, END, mergeSection } from './marked-section.ts';

/** A file that has to change, and how. */
interface Write {
  readonly path: string;
  readonly bytes: Buffer;
  readonly mode: number;
  /** Whether the person's file is kept beside it. */
  readonly backup: boolean;
}

/** What a launch will write; nothing is changed yet. */
export type Writes = readonly Write[];

/**
 * Looks what has to be written.
 * @param force adds a section to a file that has no place for one.
 * @throws LaliaError `needs_force` for a file that is not Lalia's and has no marks; `unavailable` for one that cannot be read or
 *   whose marks are not one pair.
 */
export function planWrites(files: readonly LaunchFile[], force: boolean): Writes {
  return files.flatMap((file) => (file.kind === 'private' ? privateWrite(file) : sectionWrite(file, force)));
}

/**
 * Writes each file whole or not at all.
 * @returns the backups that were made.
 * @throws LaliaError `unavailable` where the system refuses it.
 */
export function carryOut(writes: Writes): readonly string[] {
  return writes.flatMap((write) => {
    try {
      return writeOne(write);
    } catch (cause) {
      throw fail('unavailable', `${write.path} could not be written: ${messageOf(cause)}`, {
        cause,
        context: { path: write.path },
        hint: 'Make the file and its folder writable, then start again.',
      });
    }
  });
}

function privateWrite({ path, text }: LaunchFile): Writes {
  const bytes = Buffer.from(text, 'utf8');
  if (existsSync(path) && readFileSync(path).equals(bytes)) return [];
  return [{ path, bytes, mode: 0o600, backup: false }];
}

function sectionWrite(file: LaunchFile, force: boolean): Writes {
  const path = realPath(file.path);
  const before = readText(path);
  const merge = mergeSection(before, file.text);
  if (merge.kind === 'broken') {
    throw fail('unavailable', `${file.path} has Lalia's marks, but not one pair of them in order.`, {
      context: { path },
      hint: `Leave one line "${BEGIN}" and one "${END}" below it, or neither.`,
    });
  }
  if (merge.text === before) return [];
  if (merge.kind === 'foreign' && !force) {
    throw fail('needs_force', `${file.path} is not Lalia's, and has no place for the role.`, {
      context: { path, begin: BEGIN, end: END },
      hint: `Put the lines "${BEGIN}" and "${END}" where it should be; or add --force: it goes to the end, and a copy of the file is kept.`,
    });
  }
  const mode = before === undefined ? 0o644 : statSync(path).mode & 0o7777;
  return [{ path, bytes: Buffer.from(merge.text, 'latin1'), mode, backup: merge.kind === 'foreign' }];
}

/** A link stays a link; one that leads nowhere is not followed. */
function realPath(path: string): string {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return path;
  try {
    return realpathSync(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
}

function writeOne({ path, bytes, mode, backup }: Write): readonly string[] {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const backups = backup ? [keepCopy(path)] : [];
  const temporary = `${path}.${String(process.pid)}.tmp`;
  try {
    writeFileSync(temporary, bytes, { mode, flag: 'wx' });
    chmodSync(temporary, mode);
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
  return backups;
}

/** An older copy is never overwritten. */
function keepCopy(path: string): string {
  for (let number = 1; ; number += 1) {
    const copy = `${path}.before-lalia${number === 1 ? '' : `-${String(number)}`}`;
    try {
      copyFileSync(path, copy, constants.COPYFILE_EXCL);
      return copy;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function unreadable(path: string, cause: unknown): Error {
  return fail('unavailable', `${path} cannot be read: ${messageOf(cause)}`, {
    cause,
    context: { path },
    hint: 'Lalia writes the role between its own marks there: make it a readable file, or remove it.',
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
