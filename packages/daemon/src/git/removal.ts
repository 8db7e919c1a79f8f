/**
 * Removing the worktree of a task and its branch.
 *
 * Git deletes the files of a worktree one by one. If it is killed at that, the rest looks like somebody's deletions; so a note in
 * the folder that git keeps for the worktree says first that the removal has begun. Whoever finds it goes on where it was cut off.
 */
import { rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fail } from '@lalia/protocol';
import { type RepositoryPlace, removeBranch, tipOf } from './branches.ts';
import { forgetUnusedGuard } from './guard.ts';
import { REMOVING, sentences, unpushedOfBranch, unsavedWork } from './unsaved-work.ts';
import { findWorktree, isThere, type WorktreeRequest } from './worktree-admin.ts';

/** What is to be removed. Plain JSON: it is stored before anything is done. */
export interface RemovalPlan extends WorktreeRequest {
  /** Whether Lalia made the branch. */
  readonly isBranchOurs: boolean;
  /** Whether Lalia made the folder that holds the worktrees. */
  readonly isFolderOurs: boolean;
}

/** Finds where the worktree is by now, and what of it is Lalia's. */
export async function planRemoval(place: RepositoryPlace, task: WorktreeRequest): Promise<RemovalPlan> {
  const admin = await findWorktree(place.commonDir, task.taskId);
  return {
    taskId: task.taskId,
    branch: admin?.mark?.branch ?? task.branch,
    path: admin?.path ?? task.path,
    isBranchOurs: admin?.mark?.isBranchOurs ?? false,
    isFolderOurs: admin?.mark?.isFolderOurs ?? false,
  };
}

/** @throws LaliaError `unsaved_work`, naming all of it in `context.work`. */
export async function removeWorktree(place: RepositoryPlace, plan: RemovalPlan): Promise<boolean> {
  const work = await unsavedWork(place, plan);
  if (work.length > 0) {
    throw fail('unsaved_work', `There is work in ${plan.path} that is nowhere else. ${sentences(work)}`, {
      context: { worktree: plan.path, work },
    });
  }
  const admin = await findWorktree(place.commonDir, plan.taskId);
  if (admin !== undefined) {
    const path = admin.path ?? plan.path;
    const note = join(admin.folder, REMOVING);
    const hasBegun = await isThere(note);
    await writeFile(note, '');
    if (hasBegun) await rm(path, { recursive: true, force: true });
    // Git removes no worktree with submodules unless it is forced, and then does not look at its files.
    const force = hasBegun || (await isThere(join(admin.folder, 'modules'))) ? ['--force'] : [];
    const result = await place.git.attempt({ cwd: place.root }, 'worktree', 'remove', ...force, '--', path);
    if (result.code !== 0) {
      // What git refused to begin is not begun; its next answer is what the caller gets.
      if (await isThere(join(path, '.git'))) await rm(note, { force: true });
      await place.git.run({ cwd: place.root }, 'worktree', 'remove', ...force, '--', path);
    }
  }
  await forgetUnusedGuard(place);
  if (plan.isFolderOurs) await removeIfEmpty(dirname(plan.path));
  return admin !== undefined;
}

export async function removeTaskBranch(place: RepositoryPlace, plan: RemovalPlan): Promise<boolean> {
  const { branch, isBranchOurs } = plan;
  if (!isBranchOurs) return false;
  const tip = await tipOf(place, branch);
  if (tip === null) return true;
  if ((await unpushedOfBranch(place.git, place.commonDir, branch)).length > 0) return false;
  return removeBranch(place, { branch, tip });
}

/** Removes a folder unless something is in it. */
export async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: unknown) => {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  });
}
