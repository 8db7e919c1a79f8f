/**
 * The worktrees of tasks: planned, made, taken back.
 *
 * A plan is plain data and is stored before anything is done. Every step may be cut off by a crash and is then done again from
 * the plan, so each first looks at what is there:
 *
 *   nothing → branch (its reflog names the task) → worktree, locked with the task's reason → marked → unlocked: complete
 *
 * What has the lock but not the mark is half-made: it is removed and made anew, or, where all its files were there already,
 * marked. What has neither is somebody else's.
 */
import { chmod, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail } from '@lalia/protocol';
import {
  headOf,
  isMadeBy,
  makeBranch,
  type RepositoryPlace,
  registeredWorktrees,
  removeBranch,
  tipOf,
} from './branches.ts';
import { withFiles } from './file-errors.ts';
import type { Git } from './git.ts';
import { isCheckedOut, takeBackHalf } from './half-made.ts';
import { Preflight, pathInUse, type WorktreePlan } from './preflight.ts';
import { planRemoval, type RemovalPlan, removeIfEmpty, removeTaskBranch, removeWorktree } from './removal.ts';
import { unsavedWork } from './unsaved-work.ts';
import {
  findWorktree,
  isThere,
  lockReason,
  realPath,
  type WorktreeAdmin,
  type WorktreeRequest,
  worktreeAt,
  writeMark,
} from './worktree-admin.ts';

export class Repository {
  readonly place: RepositoryPlace;

  constructor(place: RepositoryPlace) {
    this.place = place;
  }

  /** Whether a path is the root of one of the repository's worktrees, or the bare repository itself. */
  async hasWorktreeAt(path: string): Promise<boolean> {
    const wanted = await realPath(path);
    const listed = await registeredWorktrees(this.place);
    const real = await Promise.all(listed.map((one) => realPath(one.path)));
    return real.includes(wanted);
  }

  /** The commit of HEAD. @throws LaliaError `no_commits`. */
  async head(): Promise<string> {
    return headOf(this.place);
  }

  /** The paths of all files of HEAD, from the root of the repository. @throws LaliaError `git_failed`. */
  async trackedFiles(): Promise<string[]> {
    const { git, root } = this.place;
    const output = await git.run({ cwd: root }, 'ls-tree', '-r', '-z', '--name-only', '--full-tree', 'HEAD');
    return output.split('\0').filter((path) => path !== '');
  }

  /** What answers for any number of workstreams whether their worktrees can be made. */
  preflight(): Preflight {
    return new Preflight(this.place);
  }

  /**
   * Makes the worktree of a plan, or finishes one that a crash cut off; what it cannot finish it takes back.
   * @throws LaliaError `path_in_use`, `branch_in_use`, `git_missing`, `git_failed`.
   */
  async add(plan: WorktreePlan): Promise<void> {
    const found = await this.#find(plan);
    if (found !== undefined && isComplete(found)) return this.#unlock(found);
    await this.#orUndo(plan, async () => {
      if (found !== undefined) await takeBackHalf(this.place, plan, found);
      await this.#make(plan);
    });
  }

  /** As `add`, for a plan that nothing was done for yet: what there is of it is not looked for among all worktrees. */
  async addFirst(plan: WorktreePlan): Promise<void> {
    await this.#orUndo(plan, () => this.#make(plan));
  }

  async #orUndo(plan: WorktreePlan, work: () => Promise<void>): Promise<void> {
    try {
      await withFiles(work);
    } catch (error) {
      // What hinders the taking back is the same that hindered the making, and is said once.
      await this.undoAdd(plan).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Takes back what `add` made: the worktree if nobody has worked in it, and the branch if it is new and where it began.
   * @returns what had to stay, as sentences.
   */
  async undoAdd(plan: WorktreePlan): Promise<string[]> {
    const { taskId, branch, base } = plan;
    const found = await this.#find(plan);
    if (found !== undefined && !isComplete(found)) await takeBackHalf(this.place, plan, found);
    if (found !== undefined && isComplete(found)) {
      await this.#unlock(found);
      const work = await this.#workSince(plan, found);
      if (work !== undefined) return [work];
      await this.place.git.run({ cwd: this.place.root }, 'worktree', 'remove', found.path ?? plan.path);
    }
    if (plan.branchIsNew && (await isMadeBy(this.place, { branch, taskId }))) {
      const isGone = await removeBranch(this.place, { branch, tip: base });
      if (!isGone) return [`The branch ${branch} stays: somebody has used it.`];
    }
    if (plan.folderIsNew) await removeIfEmpty(dirname(plan.path));
    return [];
  }

  /**
   * What would be lost with the worktree of a task, and with its branch if Lalia made it: one sentence each.
   * @throws LaliaError `git_missing`, `git_failed`.
   */
  async unsavedWork(task: WorktreeRequest): Promise<string[]> {
    return unsavedWork(this.place, task);
  }

  /** Says what is to be removed, as it was when it was asked; plain JSON. */
  async planRemoval(task: WorktreeRequest): Promise<RemovalPlan> {
    return planRemoval(this.place, task);
  }

  /**
   * Removes the worktree, after one more look at what would be lost; again changes nothing.
   * @returns whether there was one that Lalia made.
   * @throws LaliaError `unsaved_work`, `git_missing`, `git_failed`.
   */
  async removeWorktree(plan: RemovalPlan): Promise<boolean> {
    return withFiles(() => removeWorktree(this.place, plan));
  }

  /** Removes the branch if Lalia made it and all of it is elsewhere. Comes after the worktree. @returns whether it is gone. */
  async removeBranch(plan: RemovalPlan): Promise<boolean> {
    return removeTaskBranch(this.place, plan);
  }

  async #make(plan: WorktreePlan): Promise<void> {
    const { git, root, commonDir } = this.place;
    const { taskId, path, branch, branchIsNew, base } = plan;
    if (await isThere(path)) throw pathInUse(path, 'there is something at this path');
    await makeFolder(dirname(path), git.umask);
    if (branchIsNew) await makeBranch(this.place, plan);
    else if ((await tipOf(this.place, branch)) !== base) {
      throw fail('branch_in_use', `The branch ${branch} has just been moved.`, { context: { branch } });
    }
    const reason = lockReason(taskId);
    await git.run({ cwd: root }, 'worktree', 'add', '-q', '--lock', '--reason', reason, '--', path, branch);
    const made = (await worktreeAt(path, taskId)) ?? (await findWorktree(commonDir, taskId));
    if (made === undefined) throw pathInUse(path, 'somebody has just removed the worktree there');
    await this.#unlock(await this.#mark(made, plan));
  }

  /** The worktree of a plan, as far as it was made; marked when nothing else was missing. */
  async #find(plan: WorktreePlan): Promise<WorktreeAdmin | undefined> {
    const found = await findWorktree(this.place.commonDir, plan.taskId);
    if (found === undefined || isComplete(found) || !(await isCheckedOut(found))) return found;
    return this.#mark(found, plan);
  }

  async #mark(admin: WorktreeAdmin, plan: WorktreePlan): Promise<WorktreeAdmin> {
    const { taskId, branch, branchIsNew, folderIsNew, base } = plan;
    const mark = { taskId, branch, isBranchOurs: branchIsNew, isFolderOurs: folderIsNew, base };
    await writeMark(admin.folder, mark);
    return { ...admin, mark };
  }

  async #unlock({ folder, lock, mark }: WorktreeAdmin): Promise<void> {
    if (mark === null || lock !== lockReason(mark.taskId)) return;
    await rm(`${folder}/locked`, { force: true });
  }

  /** What somebody has done in a worktree since it was made; undefined when nothing. */
  async #workSince(plan: WorktreePlan, { folder, path }: WorktreeAdmin): Promise<string | undefined> {
    const { git } = this.place;
    const where = path ?? plan.path;
    if (!(await isThere(where))) return undefined;
    const at = [`--git-dir=${folder}`, `--work-tree=${where}`];
    const head = await git.run({ cwd: where }, ...at, 'rev-parse', 'HEAD');
    const status = await git.run(
      { cwd: where },
      ...at,
      'status',
      '--porcelain',
      '-uall',
      '--ignore-submodules=none',
    );
    return head.trim() === plan.base && status === ''
      ? undefined
      : `The worktree ${where} stays: somebody has worked in it.`;
  }
}

/**
 * Opens the repository of a folder: a worktree, main or not, of any kind of repository, or a bare one.
 * @throws LaliaError `invalid_params` when there is none, `git_missing`, `git_failed`.
 */
export async function openRepository(git: Git, root: string): Promise<Repository> {
  if (!(await isThere(root))) throw notARepository(root);
  const args = ['rev-parse', '--path-format=absolute', '--git-common-dir'];
  const result = await git.attempt({ cwd: root }, ...args);
  if (result.code !== 0 && /not a git repository/.test(result.stderr)) throw notARepository(root);
  const output = result.code === 0 ? result.stdout : await git.run({ cwd: root }, ...args);
  return new Repository({ git, root, commonDir: output.replace(/\n$/, '') });
}

function isComplete({ mark }: WorktreeAdmin): boolean {
  return mark !== null;
}

async function makeFolder(folder: string, umask: number): Promise<void> {
  try {
    await mkdir(folder);
    await chmod(folder, 0o777 & ~umask);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function notARepository(root: string): Error {
  return fail('invalid_params', `${root} is not in a git repository.`, { context: { path: root } });
}
