/**
 * What a crash can leave behind, and how it is put right before anything is written.
 *
 * | crash after               | left behind                            | put right by                              |
 * | ------------------------- | -------------------------------------- | ----------------------------------------- |
 * | some objects              | drafts, objects that nothing names     | drafts removed; git prunes the rest       |
 * | objects, before the ref   | a commit that nothing names            | the rows are still there: committed again |
 * | the ref                   | HEAD ahead of files and index          | the rows again: in HEAD already, so only  |
 * |                           |                                        | files and index are written               |
 * | the files                 | HEAD ahead of the index                | the same                                  |
 * | the index                 | rows of what is safe                   | the same; nothing changes                 |
 * | a lock taken              | `index.lock`, `main.lock`, a draft     | a lock that is also a draft is ours       |
 * | a pack, not its index,    | a pack that git does not see, a draft  | a pack without an index that is also a    |
 * | placed or removed         |                                        | draft is ours, and in nobody's way        |
 * | some of the merged packs  | objects in two packs                   | git takes either; the next merge          |
 * | removed                   |                                        |                                           |
 */
import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lockOf } from './atomic-fs.ts';
import { MAIN } from './git/git-folder.ts';

/** Removes drafts of a process that is gone, and the locks that were its own. A running git command's lock stays. */
export function removeLeftovers(gitDir: string): void {
  const tmp = join(gitDir, 'lalia', 'tmp');
  const drafts = readdirSync(tmp).map((name) => join(tmp, name));
  const ours = new Set(drafts.map(inodeOf));
  for (const lock of [join(gitDir, 'index'), join(gitDir, MAIN)].map(lockOf)) {
    const inode = inodeOf(lock);
    if (inode !== undefined && ours.has(inode)) rmSync(lock, { force: true });
  }
  for (const pack of packsWithoutIndex(join(gitDir, 'objects', 'pack'))) {
    const inode = inodeOf(pack);
    if (inode !== undefined && ours.has(inode)) rmSync(pack, { force: true });
  }
  for (const draft of drafts) rmSync(draft, { recursive: true, force: true });
}

function packsWithoutIndex(folder: string): string[] {
  const names = new Set(existsSync(folder) ? readdirSync(folder) : []);
  return [...names]
    .filter((name) => name.endsWith('.pack') && !names.has(name.replace(/pack$/, 'idx')))
    .map((name) => join(folder, name));
}

function inodeOf(path: string): bigint | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}
