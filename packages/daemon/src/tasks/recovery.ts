/**
 * Finishing what was left underway: by a daemon that ended in the middle, or by a transaction that failed. A daemon that
 * starts does it in each repository's first turn, so what is asked for meanwhile comes after it; and each later turn begins
 * with looking again.
 */
import { dirname } from 'node:path';
import { fail, isLaliaError } from '@lalia/protocol';
import type { TaskRecord } from '@lalia/store';
import type { Context } from '../context.ts';
import { openRepository, type Repository } from '../git/worktrees.ts';
import { dependenciesFirst } from './plan-check.ts';
import { finishPublishing } from './publishing.ts';
import { unpublishingOf } from './undertaking.ts';
import { finishUnpublishing, keepTask } from './unpublishing.ts';

/** Begins to finish what the daemon before this one left; whoever wants a turn waits for it. */
export function recoverTasks(context: Context): void {
  const { store, repositoryTurns, log } = context;
  const roots = new Set(store.tasks.underway().map((task) => rootOf(context, task)));
  for (const root of roots) {
    repositoryTurns
      .take(root, () => settle(context, root))
      .catch((error: unknown) => {
        log('tasks_not_recovered', { root, error });
      });
  }
}

/**
 * Finishes everything that is underway in a repository, or takes it back where that is what is left to do. To be called in its turn.
 * @throws LaliaError `git_missing`, or what else keeps git from looking; then it stays as it is.
 */
export async function settle(context: Context, root: string): Promise<void> {
  const left = context.store.tasks.underway().filter((task) => rootOf(context, task) === root);
  if (left.length === 0) return;
  const repository = await openOrAbandon(context, root, left);
  if (repository === undefined) return;
  for (const task of dependenciesFirst(left)) {
    context.repositoryTurns.goOn();
    await settleOne(context, task, repository);
  }
}

/** Where the repository is not there any more, nothing can be finished, and nothing has to be taken back. */
async function openOrAbandon(
  context: Context,
  root: string,
  left: readonly TaskRecord[],
): Promise<Repository | undefined> {
  const { store, git, log } = context;
  try {
    return await openRepository(git, root);
  } catch (error) {
    if (!isLaliaError(error) || error.reason !== 'invalid_params') throw error;
    await store.commits.run(() => {
      for (const task of left) {
        if (task.undertaking?.kind === 'publish') store.tasks.remove(task.taskId);
        else keepTask(context, task);
      }
    });
    log('tasks_abandoned', { root, slugs: left.map(({ slug }) => slug), error });
    return undefined;
  }
}

async function settleOne(context: Context, task: TaskRecord, repository: Repository): Promise<void> {
  const { store, log } = context;
  const common = { task_id: task.taskId, slug: task.slug };
  try {
    if (unpublishingOf(task) === undefined) {
      const failed = missingDependency(context, task);
      await finishPublishing(context, { task, repository, isNew: false, failed });
    } else await finishUnpublishing(context, { task, repository });
    log('task_settled', { ...common, underway: task.undertaking?.kind });
  } catch (error) {
    if (!isLaliaError(error) || error.reason === 'daemon_stopping') throw error;
    // Where taking back failed as well, that is in the log already, and the next turn tries again.
    if ((store.tasks.get(task.taskId)?.undertaking ?? null) !== null) return;
    log('task_taken_back', { ...common, underway: task.undertaking?.kind, reason: error.reason });
  }
}

/** What was taken back before takes along what depends on it. */
function missingDependency({ store }: Context, { project, dependsOn }: TaskRecord) {
  const missing = dependsOn.find((slug) => store.tasks.bySlug(project, slug) === undefined);
  return missing === undefined
    ? undefined
    : fail('task_not_found', `It depends on ${missing}, which could not be published.`, {
        context: { depends_on: missing },
      });
}

function rootOf({ store }: Context, task: TaskRecord): string {
  return store.tasks.getList(task.project)?.mainRepoRoot ?? dirname(dirname(task.worktree));
}
