/** A worktree whose making was cut off: removed, as far as all of it comes from the commit that it was made at. */
import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '@lalia/protocol';
import type { RepositoryPlace } from './branches.ts';
import { ignoreMissing, isAtItsPath, isThere, type WorktreeAdmin } from './worktree-admin.ts';

/** Whether git has written all files of a worktree that it was making: the index comes last. */
export async function isCheckedOut(admin: WorktreeAdmin): Promise<boolean> {
  return (await isThere(join(admin.folder, 'index'))) && (await isAtItsPath(admin));
}

/**
 * Removes a half-made worktree of ours; the folder first, because by the rest it is known.
 * @throws LaliaError `path_in_use` when there are files of somebody else in it.
 */
export async function takeBackHalf(
  place: RepositoryPlace,
  plan: { readonly path: string; readonly base: string },
  admin: WorktreeAdmin,
): Promise<void> {
  const path = admin.path ?? plan.path;
  const isOurs = !(await isThere(join(path, '.git'))) || (await isAtItsPath(admin));
  if (admin.path === null || !isOurs) {
    // Git had made the folder and nothing in it, or it is not ours at all.
    await rmdir(path).catch(() => undefined);
  } else {
    await removeCheckout(place, path, plan.base);
  }
  await rm(admin.folder, { recursive: true, force: true });
}

async function removeCheckout({ git, root }: RepositoryPlace, path: string, base: string): Promise<void> {
  const output = await git.run({ cwd: root }, 'ls-tree', '-r', '-z', '--name-only', '--full-tree', base);
  const known = new Set(output.split('\0'));
  const foreign = await firstForeign(path, '', known);
  if (foreign !== undefined) {
    throw fail('path_in_use', `${path} is half-made and holds a file of somebody else: ${foreign}.`, {
      context: { path, file: foreign },
    });
  }
  await rm(path, { recursive: true, force: true });
}

async function firstForeign(
  root: string,
  folder: string,
  known: ReadonlySet<string>,
): Promise<string | undefined> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(ignoreMissing([]));
  for (const entry of entries) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (path === '.git') continue;
    if (!entry.isDirectory() && !known.has(path)) return path;
    const foreign = entry.isDirectory() ? await firstForeign(root, path, known) : undefined;
    if (foreign !== undefined) return foreign;
  }
  return undefined;
}
