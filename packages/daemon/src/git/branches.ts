/** Branches: whether a name is free, who uses a branch, and making one that is known as Lalia's. */
import { join } from 'node:path';
import { fail, type Ulid } from '@lalia/protocol';
import type { Git } from './git.ts';
import { listWorktrees, readText } from './worktree-admin.ts';

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

/** @throws LaliaError `invalid_params` when git takes no branch of this name. */
export async function checkBranchName({ git, root }: RepositoryPlace, branch: string): Promise<void> {
  const { code } = await git.attempt({ cwd: root }, 'check-ref-format', `refs/heads/${branch}`);
  // As refs they are in order, but where git takes a branch they mean something else.
  const isTaken = branch.startsWith('-') || branch === 'HEAD' || branch === '@';
  if (code === 0 && !isTaken) return;
  throw fail('invalid_params', `"${branch}" is not a name that git takes for a branch.`, {
    context: { branch },
  });
}

/** @throws LaliaError `branch_in_use` when another branch lies above or below this name. */
export async function branchState({ git, root }: RepositoryPlace, branch: string): Promise<BranchState> {
  const ref = `refs/heads/${branch}`;
  const parts = branch.split('/');
  const above = parts.slice(1).map((_, index) => `refs/heads/${parts.slice(0, index + 1).join('/')}`);
  const output = await git.run(
    { cwd: root },
    'for-each-ref',
    '--format=%(refname) %(objectname)',
    ref,
    ...above,
    'refs/remotes/',
  );
  const refs = new Map(
    output.split('\n').map((line) => [line.replace(/ .*$/, ''), line.replace(/^.* /, '')]),
  );
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

/** Where a branch is checked out, rebased or bisected; undefined when nobody uses it. */
export async function userOfBranch(place: RepositoryPlace, branch: string): Promise<string | undefined> {
  const ref = `refs/heads/${branch}`;
  const listed = await registeredWorktrees(place);
  const holder = listed.find((worktree) => worktree.branch === ref);
  if (holder !== undefined) return `checked out in ${holder.path}`;
  const admins = await listWorktrees(place.commonDir);
  const main = { folder: place.commonDir, path: listed[0]?.path ?? null };
  for (const { folder, path } of [main, ...admins]) {
    const how = await heldBack(folder, branch);
    if (how !== undefined) return `${how} in ${path ?? folder}`;
  }
  return undefined;
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

/** A branch that is not checked out and still spoken for: git itself looks at these files (`branch_checked_out` in its branch.c). */
async function heldBack(gitDir: string, branch: string): Promise<string | undefined> {
  const ref = `refs/heads/${branch}`;
  const read = async (name: string): Promise<string> =>
    ((await readText(join(gitDir, name))) ?? '').trimEnd();
  const rebased = [await read('rebase-merge/head-name'), await read('rebase-apply/head-name')];
  if (rebased.includes(ref)) return 'being rebased';
  if ((await read('rebase-merge/update-refs')).split('\n').includes(ref)) return 'being rebased';
  if ((await read('BISECT_START')) === branch) return 'being bisected';
  return undefined;
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
  if ((await userOfBranch(place, branch)) !== undefined) return false;
  const ref = `refs/heads/${branch}`;
  const { code } = await git.attempt({ cwd: root }, 'update-ref', '-d', ref, tip);
  if (code !== 0) return (await tipOf(place, branch)) === null;
  await git.attempt({ cwd: root }, 'config', '--local', '--remove-section', `branch.${branch}`);
  return true;
}
