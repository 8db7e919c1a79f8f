/** Repositories inside a folder: submodules, clones, bare ones; also in folders that git ignores, or does not look into. */
import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ignoreMissing, isThere, readText } from './worktree-admin.ts';

/** A repository with files checked out, or a bare one. */
export interface NestedRepository {
  readonly gitDir: string;
  /** null for a bare repository. */
  readonly workTree: string | null;
}

/** How many folders are read at once. */
const AT_ONCE = 32;

/** Finds what lies below a folder; what the folder itself is does not count. */
export async function nestedRepositories(root: string): Promise<NestedRepository[]> {
  const found: NestedRepository[] = [];
  let folders = [root];
  while (folders.length > 0) {
    const batch = folders.splice(0, AT_ONCE);
    const read = await Promise.all(batch.map((folder) => look(folder, { isRoot: folder === root })));
    found.push(...read.flatMap(({ repository }) => (repository === undefined ? [] : [repository])));
    folders = [...read.flatMap(({ below }) => below), ...folders];
  }
  return found;
}

interface Look {
  readonly repository: NestedRepository | undefined;
  /** The folders to look into next. */
  readonly below: readonly string[];
}

async function look(folder: string, { isRoot }: { readonly isRoot: boolean }): Promise<Look> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(ignoreMissing([]));
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const isBare =
    folders.includes('objects') && folders.includes('refs') && entries.some(({ name }) => name === 'HEAD');
  if (isBare) {
    // Of a repository only its submodules' repositories may hold more; its own are kept in there.
    const below = folders.includes('modules') ? [join(folder, 'modules')] : [];
    return { repository: isRoot ? undefined : { gitDir: folder, workTree: null }, below };
  }
  const below = folders.filter((name) => name !== '.git').map((name) => join(folder, name));
  const hasGit = !isRoot && entries.some(({ name }) => name === '.git');
  const gitDir = hasGit ? await gitDirOf(folder) : undefined;
  return { repository: gitDir === undefined ? undefined : { gitDir, workTree: folder }, below };
}

/** What the `.git` of a folder is or names; undefined when there is no repository. */
async function gitDirOf(folder: string): Promise<string | undefined> {
  const git = join(folder, '.git');
  const text = await readText(git).catch(() => undefined);
  const named = text === undefined ? undefined : /^gitdir: (.+?)\r?\n?$/s.exec(text)?.[1];
  const gitDir = named === undefined ? git : resolve(dirname(git), named);
  return (await isThere(join(gitDir, 'HEAD'))) ? gitDir : undefined;
}
