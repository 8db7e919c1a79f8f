import type { Result } from '@lalia/protocol';
import type { TaskRecord } from '@lalia/store';
import type { Context } from '../../context.ts';
import type { SignedCall, SignedHandler } from '../../handler.ts';
import { putTask, tasksChanged } from '../../tasks/changes.ts';
import { checkOwner, checkSupervisor, ownIdleTask } from '../../tasks/lookup.ts';
import { statusAfter } from '../../tasks/ownership.ts';
import { blockedBy, taskView } from '../../tasks/view.ts';

const EVENTS = { 'in-progress': 'start', blocked: 'block', ready: 'ready', merged: 'merge' } as const;

/** Said again, a status changes nothing. */
export const taskSetStatus: SignedHandler<'task_set_status'> = (context, call) => {
  const { params, caller } = call;
  const task = ownIdleTask(context, caller, params.slug);
  if (params.status === 'merged') checkSupervisor(context, caller);
  else checkOwner(context, caller, task);
  const status = statusAfter(context, task, EVENTS[params.status]);
  if (status === task.status) return { task: taskView(context, task), opened: [] };
  return change(context, call, { task, status });
};

interface NewStatus {
  readonly task: TaskRecord;
  readonly status: TaskRecord['status'];
}

function change(
  context: Context,
  { caller }: SignedCall<'task_set_status'>,
  { task, status }: NewStatus,
): Result<'task_set_status'> {
  const { slug, project } = task;
  const waiting = status === 'merged' ? dependents(context, task) : [];
  const changed = putTask(context, task, { status });
  const opened = waiting.filter((one) => blockedBy(context, one).length === 0);
  for (const { slug: free, roomId } of opened) {
    context.announcer.toRoom(
      context.views.room(roomId),
      `${slug} is merged, and ${free} can be claimed: lalia task claim ${free}`,
      caller,
    );
  }
  tasksChanged(context, { project, by: caller, subject: `${caller.name} set ${slug} to ${status}` });
  return { task: taskView(context, changed), opened: opened.map((one) => one.slug) };
}

/** The tasks that nobody has begun, and that cannot be claimed before this one is merged. */
function dependents(context: Context, task: TaskRecord): TaskRecord[] {
  return context.store.tasks
    .list(task.project)
    .filter(({ status }) => status === 'open' || status === 'assigned')
    .filter((one) => blockedBy(context, one).some((slug) => slug.toLowerCase() === task.slug.toLowerCase()));
}
