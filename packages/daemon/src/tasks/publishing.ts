/** Finishing what is recorded of a task that is being published, or taking it back. */
import { fail, formatBundle, isLaliaError, type LaliaError, limits } from '@lalia/protocol';
import type { AgentRecord, RoomRecord, TaskRecord } from '@lalia/store';
import type { Context } from '../context.ts';
import type { Repository } from '../git/worktrees.ts';
import { joinRoom } from '../membership.ts';
import { acceptInRoom } from '../sending.ts';
import { tasksChanged } from './changes.ts';
import { guardNew } from './guarding.ts';
import { type Publishing, publishingOf } from './undertaking.ts';

export interface Recorded {
  /** Its row, with what is underway. */
  readonly task: TaskRecord;
  readonly repository: Repository;
  /** Whether it was recorded in this turn, so that git has done nothing for it yet. */
  readonly isNew: boolean;
  /** Why it has to be taken back, if that is known already. */
  readonly failed: LaliaError | undefined;
}

/**
 * Makes the worktree of a recorded task, then its room, its bundle and the task itself. Again after a crash goes on where it ended.
 * @returns the task as it is published.
 * @throws LaliaError why it could not be; nothing is left of it then, or, where taking back failed as well, the row with
 *   which the repository's next turn tries again.
 */
export async function finishPublishing(
  context: Context,
  { task, repository, isNew, failed }: Recorded,
): Promise<TaskRecord> {
  const details = publishingOf(task);
  if (details === undefined) throw new Error('Only a task that is being published can be finished.');
  try {
    if (failed !== undefined) throw failed;
    if (isNew) await repository.addFirst(details.worktree);
    else await repository.add(details.worktree);
    context.failpoint('publish.worktree_made');
    await guardNew(context, { task, repository });
    const published = await context.store.commits.run(() => complete(context, task, details));
    context.failpoint('publish.done');
    return published;
  } catch (error) {
    if (isLaliaError(error) && error.reason === 'daemon_stopping') throw error;
    throw await takeBack(context, { task, repository, details }, error);
  }
}

/** @returns the error, with what had to stay. */
async function takeBack(
  { store, log }: Context,
  { task, repository, details }: Pick<Recorded, 'task' | 'repository'> & { readonly details: Publishing },
  error: unknown,
): Promise<unknown> {
  try {
    const left = await repository.undoAdd(details.worktree);
    await store.commits.run(() => {
      store.tasks.remove(task.taskId);
    });
    if (left.length === 0 || !isLaliaError(error)) return error;
    const { reason, message, hint, context } = error;
    return fail(reason, `${message} ${left.join(' ')}`, {
      context: { ...context, left },
      hint,
      cause: error,
    });
  } catch (cause) {
    log('task_not_taken_back', { task_id: task.taskId, slug: task.slug, error: cause });
    await noteProblem({ store }, task, cause).catch((failed: unknown) => {
      log('task_not_taken_back', { task_id: task.taskId, slug: task.slug, error: failed });
    });
    return error;
  }
}

/** Whoever finds the row is told. */
async function noteProblem(
  { store }: Pick<Context, 'store'>,
  { taskId }: TaskRecord,
  cause: unknown,
): Promise<void> {
  const problem = isLaliaError(cause) ? cause.message : String(cause);
  await store.commits.run(() => {
    const task = store.tasks.get(taskId);
    const details = task === undefined ? undefined : publishingOf(task);
    if (task === undefined || details === undefined) return;
    store.tasks.update({ ...task, undertaking: { kind: 'publish', details: { ...details, problem } } });
  });
}

/** The second transaction: room, supervisor, bundle, task. */
function complete(context: Context, task: TaskRecord, details: Publishing): TaskRecord {
  const { store, clock, views } = context;
  const author = views.agent(details.by);
  const holderId = store.tasks.getList(task.project)?.supervisor ?? null;
  if (holderId === null) throw fail('unregistered', `${author.name} was unregistered meanwhile.`);
  const room = openTaskRoom(context, task, author);
  joinRoom(context, room, views.agent(holderId));
  postBundle(context, { task, details, room, author });
  const nowMs = clock.nowMs();
  // Meanwhile one that was merged may have left the list, as `gc` does it; nothing waits for what is not there.
  const dependsOn = task.dependsOn.filter((slug) => store.tasks.bySlug(task.project, slug) !== undefined);
  const published = { ...task, dependsOn, publishedMs: nowMs, changedMs: nowMs, undertaking: null };
  store.tasks.update(published);
  const subject = `${author.name} published ${task.slug}`;
  tasksChanged(context, { project: task.project, by: author, subject });
  return published;
}

function openTaskRoom(
  { store, clock, chronicle, views }: Context,
  { roomId, slug, project, branch }: TaskRecord,
  by: AgentRecord,
): RoomRecord {
  const existing = store.rooms.byName(slug, project);
  if (existing?.archivedMs === null) {
    throw fail('room_exists', `There is a room ${slug} in ${project} that is not this task’s.`, {
      context: { room: views.roomRef(existing) },
      hint: 'Choose another slug.',
    });
  }
  const room = {
    roomId,
    name: slug,
    project,
    description: `The task ${slug}, on branch ${branch}.`,
    createdBy: by.agentId,
    createdMs: clock.nowMs(),
    archivedMs: null,
  };
  store.rooms.insert(room);
  store.conversations.openRoom(room);
  chronicle.room(room, by, 'made');
  return room;
}

interface Bundle {
  readonly task: TaskRecord;
  readonly details: Publishing;
  readonly room: RoomRecord;
  readonly author: AgentRecord;
}

/** The signature was checked when publishing was asked for; it is a post's, so its nonce is used up with it. */
function postBundle(context: Context, { task, details, room, author }: Bundle): void {
  const { store } = context;
  const { auth, messageId } = details;
  const expiresMs = auth.ts + limits.REQUEST_WINDOW_MS;
  if (!store.nonces.use({ agentId: auth.agent_id, nonce: auth.nonce, expiresMs })) {
    throw fail('replayed', `The bundle of ${task.slug} has a nonce that was used before.`, {
      context: { nonce: auth.nonce },
    });
  }
  const body = formatBundle({
    slug: task.slug,
    branch: task.branch,
    brief: task.brief,
    owned_paths: task.ownedPaths,
    contracts: task.contracts,
    depends_on: task.dependsOn,
  });
  acceptInRoom(context, { sender: author, params: { id: messageId, body }, auth }, room);
}
