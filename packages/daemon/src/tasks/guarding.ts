/** The check before each commit in the worktrees of a list: set up for all of them, and for those that come later. */
import { isLaliaError, type Result } from '@lalia/protocol';
import type { TaskRecord } from '@lalia/store';
import type { Context } from '../context.ts';
import { installGuard, uninstallGuard } from '../git/guard.ts';
import { openRepository, type Repository } from '../git/worktrees.ts';

export interface GuardWork {
  readonly project: string;
  readonly root: string;
  /** How the check calls `lalia`; null takes it away. */
  readonly command: readonly string[] | null;
}

type GuardOutcome = Result<'task_guard'>['worktrees'][number];

/**
 * Sets the check up, or takes it away, in every worktree of a project's tasks, in the repository's turn.
 * @throws LaliaError `git_missing`, `git_failed`. What concerns one worktree only is in its outcome.
 */
export async function guardWorktrees(
  context: Context,
  { project, root, command }: GuardWork,
): Promise<Result<'task_guard'>> {
  const repository = await openRepository(context.git, root);
  const worktrees: GuardOutcome[] = [];
  for (const task of context.store.tasks.list(project)) {
    context.repositoryTurns.goOn();
    worktrees.push({
      slug: task.slug,
      worktree: task.worktree,
      ...(await guardOne(repository, task, command)),
    });
  }
  return { worktrees };
}

/** Sets the check up in a worktree that was just made, where its list has one. It is no reason not to publish when that fails. */
export async function guardNew(
  { store, log }: Context,
  { task, repository }: { readonly task: TaskRecord; readonly repository: Repository },
): Promise<void> {
  const command = store.tasks.getList(task.project)?.guardCommand ?? null;
  if (command === null) return;
  const { done, note } = await guardOne(repository, task, command);
  if (!done) log('task_not_guarded', { task_id: task.taskId, slug: task.slug, note });
}

async function guardOne(
  repository: Repository,
  { taskId }: TaskRecord,
  command: readonly string[] | null,
): Promise<Pick<GuardOutcome, 'done' | 'note'>> {
  try {
    return command === null
      ? await uninstallGuard(repository, taskId)
      : await installGuard(repository, { taskId, command });
  } catch (error) {
    if (!isLaliaError(error) || error.reason === 'git_missing' || error.reason === 'daemon_stopping')
      throw error;
    return { done: false, note: error.message };
  }
}
