/** Branches: whether a name is free, who uses a branch, and making one that is known as Lalia's. */
import { join } from 'node:path';
import { fail, type Ulid } from '@lalia/protocol';
import type { Git } from './git.ts';
import { listWorktrees, readText, type WorktreeAdmin } from './worktree-admin.ts';

/** The repository that a question is about. */
export interface RepositoryPlace {
  readonly git: Git;
  /** Where git is run: any worktree of it, or the bare repository. */
  readonly root: string;
  /** The folder that all its worktrees share. */
  readonly commonDir: string;
}

/** What a branch is at, and which remotes have one of its name. */
export interface BranchState {
  /** The commit; null when there is no such branch. */
  readonly tip: string | null;
  readonly remotes: readonly string[];
}

/** Names of which nobody needs to ask git: they have nothing in them that git-check-ref-format(1) speaks of. */
const PLAIN_NAME = /^\w[\w-]*([./]\w[\w-]*)*$/;

/** @throws LaliaError `invalid_params` when git takes no branch of this name. */
export async function checkBranchName({ git, root }: RepositoryPlace, branch: string): Promise<void> {
  // As refs these are in order, but where git takes a branch they mean something else.
  const isTaken = branch.startsWith('-') || branch === 'HEAD' || branch === '@';
  const isPlain = PLAIN_NAME.test(branch) && !/\.lock(\/|$)/.test(branch);
  if (!isTaken && isPlain) return;
  const { code } = await git.attempt({ cwd: root }, 'check-ref-format', `refs/heads/${branch}`);
  if (code === 0 && !isTaken) return;
  throw fail('invalid_params', `"${branch}" is not a name that git takes for a branch.`, {
    context: { branch },
  });
}

/** The commits of all branches, also of remotes, by the full names of the refs. */
export async function listRefs({ git, root }: RepositoryPlace): Promise<Map<string, string>> {
  const format = '--format=%(refname) %(objectname)';
  const output = await git.run({ cwd: root }, 'for-each-ref', format, 'refs/heads/', 'refs/remotes/');
  const lines = output.split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => [line.replace(/ .*$/, ''), line.replace(/^.* /, '')]));
}

/** The commit of HEAD. @throws LaliaError `no_commits`. */
export async function headOf({ git, root }: RepositoryPlace): Promise<string> {
  const result = await git.attempt({ cwd: root }, 'rev-parse', '--verify', '-q', 'HEAD^{commit}');
  if (result.code === 0) return result.stdout.trim();
  throw fail('no_commits', `The repository ${root} has no commit to make a branch from.`, {
    context: { repository: root },
  });
}

/**
 * What a branch is at, as the refs of the repository say.
 * @throws LaliaError `branch_in_use` when another branch lies above or below this name.
 */
export function branchState(refs: ReadonlyMap<string, string>, branch: string): BranchState {
  const ref = `refs/heads/${branch}`;
  const parts = branch.split('/');
  const above = parts.slice(1).map((_, index) => `refs/heads/${parts.slice(0, index + 1).join('/')}`);
  const clash = [...refs.keys()].find((other) => above.includes(other) || other.startsWith(`${ref}/`));
  if (clash !== undefined) {
    const other = clash.replace('refs/heads/', '');
    throw fail('branch_in_use', `There cannot be a branch ${branch} beside the branch ${other}.`, {
      context: { branch, other },
      hint: 'Choose a branch that does not lie above or below another one.',
    });
  }
  const remotes = [...refs.keys()].filter((other) => isOfRemote(other, branch));
  return {
    tip: refs.get(ref) ?? null,
    remotes: remotes.map((remote) => remote.replace('refs/remotes/', '')),
  };
}

/** `refs/remotes/<remote>/<branch>`; a remote's name may have slashes too. */
function isOfRemote(ref: string, branch: string): boolean {
  return ref.startsWith('refs/remotes/') && ref.endsWith(`/${branch}`);
}

/** Where branches are checked out, rebased or bisected, by the full names of their refs; others nobody uses. */
export async function branchUsers(
  place: RepositoryPlace,
  { listed, admins }: Worktrees,
): Promise<Map<string, string>> {
  const users = new Map<string, string>();
  for (const { path, branch } of listed) {
    if (branch !== null) users.set(branch, `checked out in ${path}`);
  }
  const main = { folder: place.commonDir, path: listed[0]?.path ?? null };
  const held = await Promise.all(
    [main, ...admins].map(async (one) => ({ one, how: await heldBack(one.folder) })),
  );
  for (const { one, how } of held) {
    for (const [ref, what] of how) {
      if (!users.has(ref)) users.set(ref, `${what} in ${one.path ?? one.folder}`);
    }
  }
  return users;
}

/** The worktrees of a repository, as git lists them, and as their folders have them. */
interface Worktrees {
  readonly listed: readonly RegisteredWorktree[];
  readonly admins: readonly WorktreeAdmin[];
}

export interface RegisteredWorktree {
  readonly path: string;
  /** The full name of the branch that is checked out there. */
  readonly branch: string | null;
}

/** What git lists, the main worktree (or the bare repository) first; also what is not on disk any more. */
export async function registeredWorktrees({ git, root }: RepositoryPlace): Promise<RegisteredWorktree[]> {
  const output = await git.run({ cwd: root }, 'worktree', 'list', '--porcelain', '-z');
  return output
    .split('\0\0')
    .filter((record) => record !== '')
    .map((record) => {
      const lines = record.split('\0');
      const value = (key: string): string | undefined =>
        lines.find((line) => line.startsWith(`${key} `))?.slice(key.length + 1);
      return { path: value('worktree') ?? '', branch: value('branch') ?? null };
    });
}

/** Branches that are not checked out and still spoken for: git itself looks at these files (`branch_checked_out` in its branch.c). */
async function heldBack(gitDir: string): Promise<Map<string, string>> {
  const read = async (name: string): Promise<string[]> =>
    ((await readText(join(gitDir, name))) ?? '').trimEnd().split('\n');
  const rebased = ['rebase-merge/head-name', 'rebase-apply/head-name', 'rebase-merge/update-refs'];
  const refs = (await Promise.all(rebased.map(read))).flat().filter((line) => line.startsWith('refs/'));
  const [bisected = ''] = await read('BISECT_START');
  return new Map([
    ...(bisected === '' ? [] : [[`refs/heads/${bisected}`, 'being bisected'] as const]),
    ...refs.map((ref) => [ref, 'being rebased'] as const),
  ]);
}

/**
 * Makes a branch, with a reflog that says who made it.
 * @throws LaliaError `branch_in_use` when there is one by now that is not this task's.
 */
export async function makeBranch(
  place: RepositoryPlace,
  { branch, base, taskId }: { readonly branch: string; readonly base: string; readonly taskId: Ulid },
): Promise<void> {
  const { git, root } = place;
  const args = ['--create-reflog', '-m', madeBy(taskId), `refs/heads/${branch}`, base, ''];
  const result = await git.attempt({ cwd: root }, 'update-ref', ...args);
  if (result.code === 0) return;
  if ((await tipOf(place, branch)) === null) {
    // Not there and not to be made: git says why.
    await git.run({ cwd: root }, 'update-ref', ...args);
    return;
  }
  if (await isMadeBy(place, { branch, taskId })) return;
  throw fail('branch_in_use', `Somebody else has just made the branch ${branch}.`, { context: { branch } });
}

/** The commit of a branch; null when there is none. */
export async function tipOf({ git, root }: RepositoryPlace, branch: string): Promise<string | null> {
  const result = await git.attempt(
    { cwd: root },
    'rev-parse',
    '--verify',
    '-q',
    `refs/heads/${branch}^{commit}`,
  );
  return result.code === 0 ? result.stdout.trim() : null;
}

/** Whether a branch was made for this task: its reflog says so. */
export async function isMadeBy(
  { git, root }: RepositoryPlace,
  { branch, taskId }: { readonly branch: string; readonly taskId: Ulid },
): Promise<boolean> {
  const result = await git.attempt(
    { cwd: root },
    'reflog',
    'show',
    '--format=%gs',
    `refs/heads/${branch}`,
    '--',
  );
  return result.code === 0 && result.stdout.split('\n').includes(madeBy(taskId));
}

function madeBy(taskId: Ulid): string {
  return `lalia: task ${taskId}`;
}

/**
 * Removes a branch that is still at a commit, with its reflog and settings; what is used by a worktree stays.
 * @returns whether it is gone.
 */
export async function removeBranch(
  place: RepositoryPlace,
  { branch, tip }: { readonly branch: string; readonly tip: string },
): Promise<boolean> {
  const { git, root } = place;
  const ref = `refs/heads/${branch}`;
  const listed = await registeredWorktrees(place);
  const users = await branchUsers(place, { listed, admins: await listWorktrees(place.commonDir) });
  if (users.has(ref)) return false;
  const { code } = await git.attempt({ cwd: root }, 'update-ref', '-d', ref, tip);
  if (code !== 0) return (await tipOf(place, branch)) === null;
  await git.attempt({ cwd: root }, 'config', '--local', '--remove-section', `branch.${branch}`);
  return true;
}
