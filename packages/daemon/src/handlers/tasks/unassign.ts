import type { SignedHandler } from '../../handler.ts';
import { changeTask } from '../../tasks/changes.ts';
import { checkSupervisor, ownIdleTask } from '../../tasks/lookup.ts';
import { ownerLeaves, statusAfter } from '../../tasks/ownership.ts';
import { taskView } from '../../tasks/view.ts';

export const taskUnassign: SignedHandler<'task_unassign'> = (context, { params, caller }) => {
  const { announcer, views } = context;
  const task = ownIdleTask(context, caller, params.slug);
  checkSupervisor(context, caller);
  const status = statusAfter(context, task, 'unassign');
  const owner = ownerLeaves(context, task);
  if (owner === undefined) return { task: taskView(context, task), from: null };
  const { slug } = task;
  const changed = changeTask(context, {
    task,
    change: { status, owner: null },
    by: caller,
    subject: `${caller.name} took ${slug} from ${owner.name}`,
  });
  announcer.toAgent(
    owner.agentId,
    `${caller.name} took task ${slug} from you; for another one: lalia task claim --any`,
  );
  announcer.toRoom(
    views.room(task.roomId),
    `${slug} is not the task of ${owner.name} any more, and open: lalia task claim ${slug}`,
    caller,
  );
  return { task: taskView(context, changed), from: views.agentRef(owner) };
};
