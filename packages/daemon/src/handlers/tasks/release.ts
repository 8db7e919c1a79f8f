import type { SignedHandler } from '../../handler.ts';
import { changeTask } from '../../tasks/changes.ts';
import { checkOwner, ownIdleTask } from '../../tasks/lookup.ts';
import { ownerLeaves, statusAfter } from '../../tasks/ownership.ts';
import { taskView } from '../../tasks/view.ts';

export const taskRelease: SignedHandler<'task_release'> = (context, { params, caller }) => {
  const task = ownIdleTask(context, caller, params.slug);
  checkOwner(context, caller, task);
  const status = statusAfter(context, task, 'release');
  ownerLeaves(context, task);
  const changed = changeTask(context, {
    task,
    change: { status, owner: null },
    by: caller,
    subject: `${caller.name} released ${task.slug}`,
  });
  return { task: taskView(context, changed) };
};
