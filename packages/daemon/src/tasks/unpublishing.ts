/** The end of a task: its worktree, where that goes too, then room, members, dependents and row in one transaction. */
import { fail, isLaliaError, type Result } from '@lalia/protocol';
import type { AgentRecord, RoomRecord, TaskRecord } from '@lalia/store';
import type { Context } from '../context.ts';
import type { Repository } from '../git/worktrees.ts';
import { archiveRoom, leaveRoom } from '../membership.ts';
import { dropDependencies, tasksChanged } from './changes.ts';
import { type Unpublishing, unpublishingOf } from './undertaking.ts';
import { blockedBy, taskRef } from './view.ts';

export interface Removing {
  /** Its row, with what is underway. */
  readonly task: TaskRecord;
  readonly repository: Repository;
}

/**
 * Removes the worktree of a task as recorded, then the task. Again after a crash goes on where it ended.
 * @throws LaliaError `unsaved_work` or `git_failed` where git refuses; the task is then as it was before.
 */
export async function finishUnpublishing(
  context: Context,
  { task, repository }: Removing,
): Promise<Result<'task_unpublish'>> {
  const { store, failpoint, views } = context;
  const details = unpublishingOf(task);
  if (details === undefined) throw new Error('Only a task that is being unpublished can be finished.');
  const isWorktreeRemoved = await removeOrTakeBack(context, task, () =>
    repository.removeWorktree(details.removal),
  );
  failpoint('unpublish.worktree_removed');
  const isBranchRemoved = await removeBranch(context, repository, details);
  failpoint('unpublish.branch_removed');
  const result = await store.commits.run(() => {
    const freed = dropTask(context, store.tasks.get(task.taskId) ?? task, views.agent(details.by));
    const removed = { worktree_removed: isWorktreeRemoved, branch_removed: isBranchRemoved };
    return { ...resultOf(task, freed), ...removed };
  });
  failpoint('unpublish.done');
  return result;
}

async function removeOrTakeBack<T>(context: Context, task: TaskRecord, remove: () => Promise<T>): Promise<T> {
  try {
    return await remove();
  } catch (error) {
    if (isStopping(error)) throw error;
    await context.store.commits.run(() => {
      keepTask(context, task);
    });
    throw error;
  }
}

/**
 * Lets a task that was to be removed stay on the list, in the transaction that is open. It is read again: its owner may have
 * unregistered meanwhile, and what it depends on may be gone. Whoever waited for it may go on.
 */
export function keepTask({ store, taskWaiters }: Context, { taskId, project }: TaskRecord): void {
  const task = store.tasks.get(taskId);
  if (task === undefined) return;
  store.tasks.update({ ...task, undertaking: null });
  store.tasks.revise(project);
  taskWaiters.changed(project);
}

/** The worktree is gone by now, and the task goes as well; a branch that git does not let go of only stays. */
async function removeBranch(
  { log }: Context,
  repository: Repository,
  { removal }: Unpublishing,
): Promise<boolean> {
  try {
    return await repository.removeBranch(removal);
  } catch (error) {
    if (isStopping(error)) throw error;
    log('branch_not_removed', { branch: removal.branch, error });
    return false;
  }
}

function isStopping(error: unknown): boolean {
  return isLaliaError(error) && error.reason === 'daemon_stopping';
}

/** What unpublishing answers where the worktree stays. */
export function resultOf(task: TaskRecord, freed: string[]): Result<'task_unpublish'> {
  return {
    task: taskRef(task),
    worktree: task.worktree,
    worktree_removed: false,
    branch_removed: false,
    freed,
  };
}

/** Takes a task off the list, in the transaction that is open. @returns the slugs that depended on it. */
export function dropTask(context: Context, task: TaskRecord, by: AgentRecord): string[] {
  const { store, views } = context;
  const room = views.room(task.roomId);
  sayGoodbye(context, { task, room, by });
  archiveRoom(context, room, by);
  const blockedBefore = new Set(blockedSlugs(context, task.project));
  store.tasks.remove(task.taskId);
  const freed = dropDependencies(context, task.project, [task.slug]);
  const stillBlocked = new Set(blockedSlugs(context, task.project));
  for (const slug of freed) {
    if (blockedBefore.has(slug) && !stillBlocked.has(slug)) announceOpen(context, { gone: task, slug, by });
  }
  tasksChanged(context, { project: task.project, by, subject: `${by.name} unpublished ${task.slug}` });
  return freed;
}

interface Farewell {
  readonly task: TaskRecord;
  readonly room: RoomRecord;
  readonly by: AgentRecord;
}

/** The room is told before it is closed; the owner, who leaves it, is told apart. */
function sayGoodbye(context: Context, { task, room, by }: Farewell): void {
  const { store, announcer, views } = context;
  if (room.archivedMs !== null) return;
  announcer.toRoom(room, `${by.name} took the task ${task.slug} off the list; this room is closed now.`, by);
  const isSupervisor = task.owner === store.tasks.getList(task.project)?.supervisor;
  if (task.owner === null || isSupervisor || task.status === 'merged') return;
  announcer.toAgent(
    task.owner,
    `${by.name} took your task ${task.slug} off the list. For another one: lalia task claim --any`,
  );
  leaveRoom(context, {
    room,
    agent: views.agent(task.owner),
    because: fail('room_not_found', `The task ${task.slug} was taken off the list.`),
  });
}

interface Freed {
  readonly gone: TaskRecord;
  /** Of the task that depended on it. */
  readonly slug: string;
  readonly by: AgentRecord;
}

function announceOpen({ store, announcer, views }: Context, { gone, slug, by }: Freed): void {
  const task = store.tasks.bySlug(gone.project, slug);
  if (task === undefined || task.status === 'merged') return;
  announcer.toRoom(
    views.room(task.roomId),
    `${slug} does not wait for ${gone.slug} any more, which was taken off the list: lalia task claim ${slug}`,
    by,
  );
}

function blockedSlugs(context: Context, project: string): string[] {
  return context.store.tasks
    .list(project)
    .filter((task) => blockedBy(context, task).length > 0)
    .map(({ slug }) => slug);
}
