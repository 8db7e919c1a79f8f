/**
 * The check of owned paths before each commit, in the worktrees that Lalia made.
 *
 * Hooks are the repository's, shared by all worktrees and often versioned, and none of them is touched: the worktree alone gets a
 * `core.hooksPath`, behind any that it has, and the folder it names hands on to the hooks that would have been called without it.
 */
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ulid } from '@lalia/protocol';
import type { RepositoryPlace } from './branches.ts';
import { withFiles } from './file-errors.ts';
import { CHECK, checkScript, HOOK, HOOK_NAMES } from './guard-hooks.ts';
import { findWorktree, isAtItsPath, isThere, listWorktrees, readText } from './worktree-admin.ts';
import { disableWorktreeConfig, enableWorktreeConfig } from './worktree-config.ts';
import type { Repository } from './worktrees.ts';

export interface GuardRequest {
  readonly taskId: Ulid;
  /** How the hook calls `lalia` where it is not on the PATH. */
  readonly command: readonly string[];
}

export interface GuardOutcome {
  readonly done: boolean;
  /** What was done, or why not. */
  readonly note: string;
}

const FOLDER = 'lalia-hooks';
const RECORD = 'lalia-guard-config';
const HOOKS_PATH = 'core.hooksPath';

/** The text of a worktree's own settings before and after; null where there was no file. */
interface Change {
  readonly before: string | null;
  readonly after: string;
}

/**
 * Installs the check in the worktree of a task; again changes nothing but the command.
 * @throws LaliaError `git_missing`, `git_failed`.
 */
export async function installGuard({ place }: Repository, request: GuardRequest): Promise<GuardOutcome> {
  return withFiles(() => install(place, request));
}

async function install(place: RepositoryPlace, request: GuardRequest): Promise<GuardOutcome> {
  const admin = await findWorktree(place.commonDir, request.taskId);
  if (admin === undefined) return { done: false, note: 'The worktree is not there any more.' };
  if (!(await isAtItsPath(admin))) return { done: false, note: `The folder ${admin.path ?? ''} is gone.` };
  const hooks = join(place.commonDir, FOLDER);
  await mkdir(hooks, { recursive: true });
  for (const name of HOOK_NAMES) await writeWhole(join(hooks, name), HOOK, 0o755);
  await writeWhole(join(admin.folder, CHECK), checkScript(request.command), 0o644);
  await enableWorktreeConfig(place);
  const isNew = await addHooksPath(place, admin.folder, hooks);
  return { done: true, note: isNew ? 'Commits are checked from now on.' : 'Commits are checked as before.' };
}

/**
 * Takes the check away, and leaves everything as it was before; again changes nothing.
 * @throws LaliaError `git_missing`, `git_failed`.
 */
export async function uninstallGuard({ place }: Repository, taskId: Ulid): Promise<GuardOutcome> {
  return withFiles(() => uninstall(place, taskId));
}

async function uninstall(place: RepositoryPlace, taskId: Ulid): Promise<GuardOutcome> {
  const admin = await findWorktree(place.commonDir, taskId);
  const isGuarded = admin !== undefined && (await isThere(join(admin.folder, CHECK)));
  if (admin !== undefined) {
    await removeHooksPath(place, admin.folder);
    await rm(join(admin.folder, CHECK), { force: true });
  }
  await forgetUnusedGuard(place);
  return { done: true, note: isGuarded ? 'Commits are not checked any more.' : 'Commits were not checked.' };
}

/** Removes what the guards of a repository share, once no worktree has one. */
export async function forgetUnusedGuard(place: RepositoryPlace): Promise<void> {
  const hooks = join(place.commonDir, FOLDER);
  const folders = (await listWorktrees(place.commonDir)).map(({ folder }) => folder);
  const guarded = await Promise.all(folders.map((folder) => isThere(join(folder, CHECK))));
  if (guarded.includes(true)) return;
  if (await isThere(hooks)) {
    // `git worktree add` copies the settings of the worktree that it is called in.
    for (const folder of [place.commonDir, ...folders]) await removeHooksPath(place, folder);
    await rm(hooks, { recursive: true, force: true });
  }
  await disableWorktreeConfig(place);
}

/** @returns whether it was not there before. */
async function addHooksPath(place: RepositoryPlace, adminFolder: string, hooks: string): Promise<boolean> {
  const file = join(adminFolder, 'config.worktree');
  const { git } = place;
  const found = await git.attempt({ cwd: adminFolder }, 'config', '--file', file, '--get-all', HOOKS_PATH);
  const values = found.code === 0 ? found.stdout.split('\n').filter((line) => line !== '') : [];
  // The last one counts.
  if (values.at(-1) === hooks) return false;
  if (values.includes(hooks)) await removeHooksPath(place, adminFolder);
  const before = (await readText(file)) ?? null;
  await git.run({ cwd: adminFolder }, 'config', '--file', file, '--add', HOOKS_PATH, hooks);
  const change: Change = { before, after: (await readText(file)) ?? '' };
  await writeWhole(join(adminFolder, RECORD), JSON.stringify(change), 0o644);
  return true;
}

async function removeHooksPath({ git, commonDir }: RepositoryPlace, folder: string): Promise<void> {
  const file = join(folder, 'config.worktree');
  const now = await readText(file);
  const record = await readText(join(folder, RECORD));
  const change = record === undefined ? undefined : (JSON.parse(record) as Change);
  if (now !== undefined && now === change?.after) {
    if (change.before === null) await rm(file);
    else await writeFile(file, change.before);
  } else if (now !== undefined) {
    const hooks = join(commonDir, FOLDER);
    const args = ['--file', file, '--fixed-value', '--unset-all', HOOKS_PATH, hooks];
    // Ends with 5 when there is nothing to take away.
    await git.attempt({ cwd: folder }, 'config', ...args);
    if ((await readText(file)) === '') await rm(file);
  }
  await rm(join(folder, RECORD), { force: true });
}

/** Writes a file that git may be reading at this moment. */
async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const temporary = `${path}.new`;
  await writeFile(temporary, text);
  await chmod(temporary, mode);
  await rename(temporary, path);
}
