/** Removing the worktree of a task and its branch. */
import type { RepositoryPlace } from './branches.ts';
import type { WorktreeRequest } from './worktree-admin.ts';

/** What is to be removed. Plain JSON: it is stored before anything is done. */
export interface RemovalPlan extends WorktreeRequest {
  /** Whether Lalia made the branch. */
  readonly isBranchOurs: boolean;
  /** Whether Lalia made the folder that holds the worktrees. */
  readonly isFolderOurs: boolean;
}

export async function planRemoval(_place: RepositoryPlace, _task: WorktreeRequest): Promise<RemovalPlan> {
  return Promise.reject(new Error('not built yet'));
}

export async function removeWorktree(_place: RepositoryPlace, _plan: RemovalPlan): Promise<boolean> {
  return Promise.reject(new Error('not built yet'));
}

export async function removeTaskBranch(_place: RepositoryPlace, _plan: RemovalPlan): Promise<boolean> {
  return Promise.reject(new Error('not built yet'));
}
