/**
 * Taking a task off the list (spec 8). Without its worktree that is one transaction. With it: git is asked whether
 * anything in it is nowhere else; that it is underway is recorded; git removes worktree and branch; the row goes. A daemon that
 * starts goes on behind the recording (`recovery.ts`).
 */
import { fail, invariant, type Result, type Ulid } from '@lalia/protocol';
import type { AgentRecord, TaskRecord } from '@lalia/store';
import type { Context } from '../context.ts';
import { sentences } from '../git/unsaved-work.ts';
import { openRepository } from '../git/worktrees.ts';
import { checkIdle, checkSupervisor, ownTask } from './lookup.ts';
import { settle } from './recovery.ts';
import type { Unpublishing } from './undertaking.ts';
import { finishUnpublishing } from './unpublishing.ts';

export interface UnpublishRequest {
  readonly caller: AgentRecord;
  readonly slug: string;
  /** Also from an owner who is away, and although others depend on it. */
  readonly isForced: boolean;
  /** Also from an owner who is live. */
  readonly isEvicting: boolean;
}

/**
 * The task that a request names, if it may go. To be asked again in each transaction of the request.
 * @throws LaliaError `task_not_found`, `not_supervisor`, `task_busy`, `owner_live`, `needs_force`.
 */
export function taskToUnpublish(context: Context, request: UnpublishRequest): TaskRecord {
  checkSupervisor(context, request.caller);
  const task = ownTask(context, request.caller, request.slug);
  checkIdle(task);
  if (task.status !== 'merged') checkUnmerged(context, request, task);
  return task;
}

/**
 * Takes a task off the list together with its worktree, in its repository's turn.
 * @param taskId which task it was when this was asked for.
 * @throws LaliaError as `taskToUnpublish`; `unsaved_work`, `git_missing`, `git_failed`, with nothing changed;
 *   `daemon_stopping`, and then the next daemon finishes what was recorded.
 */
export async function unpublishWithWorktree(
  context: Context,
  request: UnpublishRequest,
  { taskId, root }: { readonly taskId: Ulid; readonly root: string },
): Promise<Result<'task_unpublish'>> {
  const { store, failpoint } = context;
  await settle(context, root);
  const repository = await openRepository(context.git, root);
  const task = taskToUnpublish(context, request);
  if (task.taskId !== taskId) throw gone(task.slug);
  const place = { taskId, branch: task.branch, path: task.worktree };
  const unsaved = await repository.unsavedWork(place);
  if (unsaved.length > 0) {
    throw fail('unsaved_work', `${task.slug} is not unpublished. ${sentences(unsaved)}`, {
      context: { slug: task.slug, worktree: task.worktree, unsaved },
    });
  }
  const removal = await repository.planRemoval(place);
  const recorded = await store.commits.run(() => {
    const now = taskToUnpublish(context, request);
    if (now.taskId !== taskId) throw gone(task.slug);
    const details: Unpublishing = { removal, by: request.caller.agentId };
    const underway = { ...now, undertaking: { kind: 'unpublish' as const, details } };
    store.tasks.update(underway);
    return underway;
  });
  failpoint('unpublish.recorded');
  return finishUnpublishing(context, { task: recorded, repository });
}

function checkUnmerged(
  { store, views, presence }: Context,
  { isForced, isEvicting }: UnpublishRequest,
  task: TaskRecord,
): void {
  const owner = task.owner === null ? undefined : views.agent(task.owner);
  const isOwnerLive = owner !== undefined && presence.isLive(owner);
  if (isOwnerLive && !isEvicting) {
    throw fail('owner_live', `${owner.name} works on ${task.slug}.`, {
      context: { slug: task.slug, owner: views.agentRef(owner) },
    });
  }
  if (isForced) return;
  const dependents = store.tasks
    .list(task.project)
    .filter(({ status, dependsOn }) => status !== 'merged' && dependsOn.includes(task.slug))
    .map(({ slug }) => slug);
  if (dependents.length > 0) {
    throw fail(
      'needs_force',
      `${dependents.join(', ')} ${dependents.length === 1 ? 'depends' : 'depend'} on ${task.slug}.`,
      {
        context: { slug: task.slug, dependents },
      },
    );
  }
  if (owner !== undefined && !isOwnerLive && !isEvicting) {
    throw fail('needs_force', `${task.slug} is the task of ${owner.name}, who is away.`, {
      context: { slug: task.slug, owner: views.agentRef(owner) },
    });
  }
}

function gone(slug: string): Error {
  return fail('task_not_found', `${slug} was taken off the list meanwhile.`, { context: { slug } });
}

/** Where the repository of a task is. */
export function repositoryOf({ store }: Context, { project }: TaskRecord): string {
  const list = store.tasks.getList(project);
  invariant(list !== undefined, 'a task belongs to a list');
  return list.mainRepoRoot;
}
