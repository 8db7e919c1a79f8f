/** Where a repository keeps its parts, and what its HEAD means. Reading only. */
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isMissing } from '../system-errors.ts';
import { isOid, type Oid } from './object-id.ts';

/** The only branch of a transcript. */
export const MAIN = 'refs/heads/main';

export interface GitFolder {
  /** Holds HEAD and the index. */
  readonly gitDir: string;
  /** Holds objects and refs; another folder only for a linked worktree. */
  readonly commonDir: string;
  /** The files that HEAD was checked out to; none for a bare repository. */
  readonly workTree: string | undefined;
}

export interface Head {
  /** The branch, such as `refs/heads/main`; undefined when HEAD names a commit. */
  readonly ref: string | undefined;
  /** Undefined before the first commit. */
  readonly commit: Oid | undefined;
}

/** Finds the repository at a folder: an ordinary one, a bare one, or a linked worktree. @returns undefined when there is none. */
export function findGitFolder(folder: string): GitFolder | undefined {
  const dotGit = join(folder, '.git');
  const pointer = /^gitdir: (.+)$/m.exec(readText(dotGit) ?? '')?.[1];
  const gitDir = pointer === undefined ? dotGit : resolve(folder, pointer);
  if (isRepository(gitDir)) return { gitDir, commonDir: commonDirOf(gitDir), workTree: folder };
  if (!isRepository(folder)) return undefined;
  return {
    gitDir: folder,
    commonDir: folder,
    workTree: basename(folder) === '.git' ? dirname(folder) : undefined,
  };
}

/** What HEAD names now. @throws RangeError when it is damaged. */
export function readHead({ gitDir, commonDir }: Pick<GitFolder, 'gitDir' | 'commonDir'>): Head {
  const text = readText(join(gitDir, 'HEAD'))?.trim() ?? '';
  if (isOid(text)) return { ref: undefined, commit: text };
  const ref = /^ref: (refs\/.+)$/.exec(text)?.[1];
  if (ref === undefined) throw new RangeError('The repository has no readable HEAD.');
  return { ref, commit: readRef(commonDir, ref) };
}

/** The commit that a branch names. @returns undefined when there is no such branch. @throws RangeError when it is damaged. */
export function readRef(commonDir: string, ref: string): Oid | undefined {
  const loose = readText(join(commonDir, ref))?.trim();
  if (loose !== undefined) {
    if (!isOid(loose)) throw new RangeError(`The branch ${ref} is damaged.`);
    return loose;
  }
  const packed = readText(join(commonDir, 'packed-refs')) ?? '';
  for (const line of packed.split('\n')) {
    if (line.slice(41) === ref) return line.slice(0, 40);
  }
  return undefined;
}

/** The text of a file. @returns undefined when there is none. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error) || (error instanceof Error && 'code' in error && error.code === 'EISDIR'))
      return undefined;
    throw error;
  }
}

function commonDirOf(gitDir: string): string {
  const pointer = readText(join(gitDir, 'commondir'))?.trim();
  return pointer === undefined ? gitDir : resolve(gitDir, pointer);
}

function isRepository(folder: string): boolean {
  if (readText(join(folder, 'HEAD')) === undefined) return false;
  return isFolder(join(commonDirOf(folder), 'objects'));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
