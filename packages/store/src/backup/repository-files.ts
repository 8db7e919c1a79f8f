/**
 * Which files of the transcript's repository a backup holds: all that git cannot make again. The work tree and the index are made from
 * the commits when it is restored.
 */
import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isMissing } from '../journal/system-errors.ts';

/** Made again, our own private places, or of work trees elsewhere. */
const LEFT_OUT = /^(index|sharedindex\..*|lalia|worktrees|gitk\.cache|.*\.lock)$/;

/** A small file, read at once: what names objects must not be read later than the objects are there. */
export interface SmallFile {
  readonly name: string;
  readonly mode: number;
  readonly content: Buffer;
}

/** The folder of the objects, which are only ever added and removed, never changed. */
const OBJECTS = 'objects';

/** Everything but the objects: HEAD, config, branches and what belongs to them, with names below `.git`. */
export function readSmallFiles(gitDir: string): SmallFile[] {
  // A branch moves from its own file into the file of all; read in this order, it is in one of them.
  const names = [...filesBelow(gitDir, '', (name) => name !== OBJECTS)].sort((a, b) => order(a) - order(b));
  return names.flatMap((name) => {
    const path = join(gitDir, name);
    const content = unlessMissing(() => readFileSync(path));
    return content === undefined ? [] : [{ name, mode: modeOf(path), content }];
  });
}

/** The objects, loose and packed, with names below `.git`. */
export function listObjects(gitDir: string): string[] {
  return [...filesBelow(gitDir, OBJECTS, (name) => !name.startsWith('tmp_'))];
}

function order(name: string): number {
  return name === 'packed-refs' ? 1 : 0;
}

function* filesBelow(root: string, folder: string, wanted: (name: string) => boolean): Generator<string> {
  const items = unlessMissing(() => readdirSync(join(root, folder), { withFileTypes: true })) ?? [];
  for (const item of items.filter(({ name }) => wanted(name) && !LEFT_OUT.test(name))) {
    const path = folder === '' ? item.name : `${folder}/${item.name}`;
    if (item.isDirectory()) yield* filesBelow(root, path, wanted);
    else if (isKept(item, path)) yield path;
  }
}

function isKept(item: Dirent, path: string): boolean {
  return item.isFile() && !(path.startsWith('hooks/') && item.name.endsWith('.sample'));
}

/** Whether a file can be run is all that counts of its mode. */
function modeOf(path: string): number {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  return (mode & 0o100) === 0 ? 0o600 : 0o700;
}

/** Somebody's own git commands may take a file away. */
function unlessMissing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
