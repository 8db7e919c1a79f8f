/**
 * The folder in which a repository keeps what it knows of one worktree (gitrepository-layout(5)): `<common>/worktrees/<id>`.
 * It moves with `git worktree move`, and goes with `git worktree remove`. Lalia's mark lies there, so that it knows its own
 * again wherever they are, and can never take somebody else's for one.
 */
import { lstat, readdir, readFile, realpath, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Ulid } from '@lalia/protocol';

/** Which worktree is meant. */
export interface WorktreeRequest {
  readonly taskId: Ulid;
  readonly branch: string;
  /** Absolute: `<parent of root>/wt/<slug>`. */
  readonly path: string;
}

/** Names a worktree as Lalia's, and says how it was made. */
export interface Mark {
  readonly taskId: Ulid;
  readonly branch: string;
  /** Whether Lalia made the branch, and so may remove it. */
  readonly isBranchOurs: boolean;
  /** Whether Lalia made the folder that holds the worktrees. */
  readonly isFolderOurs: boolean;
  /** The commit that the worktree was made at. */
  readonly base: string;
}

export interface WorktreeAdmin {
  /** The folder itself. */
  readonly folder: string;
  /** Where the worktree is, or was; null while git has not yet got so far. */
  readonly path: string | null;
  /** Why it is locked (may be empty); null when it is not. */
  readonly lock: string | null;
  readonly mark: Mark | null;
}

const MARK = 'lalia-task';

/** With this `git worktree add` locks what it makes, from its first file on: a half-made worktree is known by it. */
export function lockReason(taskId: Ulid): string {
  return `lalia is making the worktree of task ${taskId}`;
}

/** All worktrees of a repository but its main one. */
export async function listWorktrees(commonDir: string): Promise<WorktreeAdmin[]> {
  const folders = await adminFolders(commonDir);
  return Promise.all(folders.map(readAdmin));
}

/** The worktree of a task, made or half-made, wherever it is by now. */
export async function findWorktree(commonDir: string, taskId: Ulid): Promise<WorktreeAdmin | undefined> {
  const folders = await adminFolders(commonDir);
  const isIts = await Promise.all(folders.map((folder) => isOfTask(folder, taskId)));
  const found = folders.find((_, index) => isIts[index]);
  return found === undefined ? undefined : readAdmin(found);
}

/** The worktree of a task if it is the one at a path: its `.git` names the folder, so no other has to be looked at. */
export async function worktreeAt(path: string, taskId: Ulid): Promise<WorktreeAdmin | undefined> {
  const folder = await namedByGitFile(path);
  return folder !== undefined && (await isOfTask(folder, taskId)) ? readAdmin(folder) : undefined;
}

async function adminFolders(commonDir: string): Promise<string[]> {
  const folder = join(commonDir, 'worktrees');
  const names = await readdir(folder).catch(ignoreMissing([]));
  return names.sort().map((name) => join(folder, name));
}

async function isOfTask(folder: string, taskId: Ulid): Promise<boolean> {
  const [lock, mark] = await Promise.all([readLock(folder), readMark(folder)]);
  return mark?.taskId === taskId || lock === lockReason(taskId);
}

async function readAdmin(folder: string): Promise<WorktreeAdmin> {
  const gitdir = await readText(join(folder, 'gitdir'));
  return {
    folder,
    path: gitdir === undefined || gitdir.trim() === '' ? null : dirname(resolve(folder, gitdir.trimEnd())),
    lock: await readLock(folder),
    mark: await readMark(folder),
  };
}

async function readLock(folder: string): Promise<string | null> {
  return (await readText(join(folder, 'locked')))?.trim() ?? null;
}

async function readMark(folder: string): Promise<Mark | null> {
  const text = await readText(join(folder, MARK));
  return text === undefined ? null : parseMark(text);
}

/** Says, all at once, that this worktree is complete and Lalia's. */
export async function writeMark(adminFolder: string, mark: Mark): Promise<void> {
  const temporary = join(adminFolder, `${MARK}.new`);
  await writeFile(temporary, `${JSON.stringify(mark)}\n`);
  await rename(temporary, join(adminFolder, MARK));
}

function parseMark(text: string): Mark | null {
  try {
    return JSON.parse(text) as Mark;
  } catch {
    return null;
  }
}

/** Whether a folder is still the worktree of this admin folder: its `.git` names it. */
export async function isAtItsPath({ folder, path }: WorktreeAdmin): Promise<boolean> {
  if (path === null) return false;
  const named = await namedByGitFile(path);
  return named !== undefined && (await realPath(named)) === (await realPath(folder));
}

async function namedByGitFile(path: string): Promise<string | undefined> {
  const named = /^gitdir: (.+?)\r?\n?$/s.exec((await readText(join(path, '.git'))) ?? '')?.[1];
  return named === undefined ? undefined : resolve(path, named);
}

/** A path as the file system has it, as far as it is there. */
export async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realPath(parent), basename(path));
  }
}

/** Whether there is anything at a path, also a symbolic link to nowhere. */
export async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(ignoreMissing(undefined))) !== undefined;
}

/** The text of a file; undefined when there is none. */
export async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(ignoreMissing(undefined));
}

/** For what may be missing: a path that is not there, leads through a file, or is a folder where a file is read. */
export function ignoreMissing<T>(otherwise: T): (error: unknown) => T {
  return (error) => {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(code)) return otherwise;
    throw error;
  };
}
