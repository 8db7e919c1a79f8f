/**
 * Files that belong to somebody else, or to nobody yet: looked at and replaced as a whole, through links, with their mode,
 * and never half written.
 */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fail, isLaliaError, type LaliaError } from '@lalia/client';

/** More than any settings file has. */
const MAX_BYTES = 4 * 1024 * 1024;
const BOM = '\u{FEFF}';

/** A file as it was found. */
export interface FoundFile {
  /** Where one names it. */
  readonly path: string;
  /** Where it really is: a link stays, what it points to is replaced. */
  readonly target: string;
  /** What is in it; undefined where there is none. */
  readonly text: string | undefined;
  readonly mode: number;
}

/**
 * Looks at a file.
 * @param within the folder that it must really be in; a link that leads out of it is refused.
 * @throws LaliaError `file_refused` for what is no text file of this user's.
 */
export function findFile(path: string, within?: string): FoundFile {
  const link = statOf(path, lstatSync);
  if (link === undefined) return { path, target: placeOf(path, within), text: undefined, mode: 0o600 };
  const stats = statOf(path, statSync);
  if (stats === undefined)
    throw refused(path, 'is a link to a file that is not there', { hint: 'Remove the link.' });
  const target = checkedPlace(path, realpathSync(path), within);
  if (!stats.isFile()) throw refused(path, 'is not a file', { hint: 'Move it away.' });
  if (stats.size > MAX_BYTES)
    throw refused(path, 'is larger than any settings are', { hint: 'Look what it is.' });
  return { path, target, text: decode(path, readFileSync(target)), mode: stats.mode & 0o777 };
}

/**
 * Writes a file as a whole, or takes it away: whoever reads it meanwhile sees the old text or the new one.
 * @param text undefined to remove it.
 * @returns the folders that were made for it, outermost first.
 * @throws LaliaError `file_refused` when it is not what was found any more, or may not be written.
 */
export function replaceFile(found: FoundFile, text: string | undefined): readonly string[] {
  const now = findFile(found.path);
  if (now.text !== found.text || now.target !== found.target) {
    throw refused(found.path, 'was changed by another program meanwhile', { hint: 'Run it again.' });
  }
  if (found.text !== undefined && (found.mode & 0o200) === 0) {
    throw refused(found.path, 'is read-only', { hint: `Make it writable first: chmod u+w ${found.path}` });
  }
  try {
    if (text === undefined) {
      rmSync(found.target, { force: true });
      return [];
    }
    const made = makeFolders(dirname(found.target));
    const sibling = `${found.target}.lalia-${randomBytes(6).toString('hex')}`;
    try {
      writeWhole(sibling, { text, mode: found.mode });
      renameSync(sibling, found.target);
    } catch (error) {
      rmSync(sibling, { force: true });
      throw error;
    }
    return made;
  } catch (error) {
    throw fromSystem(found.path, error);
  }
}

/** Removes folders that are empty, innermost first; those in use stay. */
export function removeEmptyFolders(folders: readonly string[]): void {
  for (const folder of folders.toReversed()) {
    try {
      rmdirSync(folder);
    } catch {
      // Somebody put something there, or removed it: it is theirs.
    }
  }
}

/** Why a file stays as it is. */
export function refused(
  path: string,
  what: string,
  why: { readonly hint: string; readonly cause?: unknown },
): LaliaError {
  return fail('file_refused', `${path} ${what}.`, { context: { path }, ...why });
}

function statOf(path: string, look: (path: string, options: { throwIfNoEntry: false }) => Stats | undefined) {
  try {
    return look(path, { throwIfNoEntry: false });
  } catch (error) {
    throw fromSystem(path, error);
  }
}

/** Where a file that is not there would be made: below the nearest folder that is, wherever links lead. */
function placeOf(path: string, within: string | undefined): string {
  let folder = dirname(path);
  while (statOf(folder, statSync) === undefined) {
    if (statOf(folder, lstatSync) !== undefined) {
      throw refused(folder, 'is a link to something that is not there', { hint: 'Remove the link.' });
    }
    folder = dirname(folder);
  }
  if (!statSync(folder).isDirectory()) throw refused(folder, 'is not a folder', { hint: 'Move it away.' });
  return checkedPlace(path, join(realpathSync(folder), relative(folder, path)), within);
}

function checkedPlace(path: string, target: string, within: string | undefined): string {
  if (within === undefined) return target;
  const root = realpathSync(within);
  if (target.startsWith(root + sep)) return target;
  throw refused(path, `leads out of ${within} (to ${target})`, {
    hint: 'Install for all projects instead, or remove the link.',
  });
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw refused(path, 'is not UTF-8 text', { hint: 'Save it as UTF-8, and run it again.', cause: error });
  }
}

/** The mark that some editors put before a text, and the text. */
export function withoutBom(text: string): { readonly bom: string; readonly text: string } {
  return text.startsWith(BOM) ? { bom: BOM, text: text.slice(1) } : { bom: '', text };
}

function makeFolders(folder: string): string[] {
  const first = mkdirSync(folder, { recursive: true });
  if (first === undefined) return [];
  const made = [];
  for (let at = folder; at.length >= first.length; at = dirname(at)) made.unshift(at);
  return made;
}

function writeWhole(file: string, { text, mode }: { readonly text: string; readonly mode: number }): void {
  const descriptor = openSync(file, 'wx', mode);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  // What `umask` took away belongs to the file that was there.
  chmodSync(file, mode);
}

function fromSystem(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (isLaliaError(error) || code === undefined) return error;
  return fail('file_refused', `${path} cannot be used (${code}).`, {
    context: { path, code },
    cause: error,
    hint: 'See who owns it and its folder, and whether a sandbox keeps this command from it.',
  });
}
