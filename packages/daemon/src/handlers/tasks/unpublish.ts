import type { SignedHandler } from '../../handler.ts';
import { inTurn } from '../../tasks/in-turn.ts';
import { repositoryOf, taskToUnpublish, unpublishWithWorktree } from '../../tasks/unpublish.ts';
import { dropTask, resultOf } from '../../tasks/unpublishing.ts';

export const taskUnpublish: SignedHandler<'task_unpublish'> = (context, { params, caller }) => {
  const request = {
    caller,
    slug: params.slug,
    isForced: params.force === true,
    isEvicting: params.evict_owner === true,
  };
  const task = taskToUnpublish(context, request);
  if (params.wipe_worktree !== true) return resultOf(task, dropTask(context, task, caller));
  const place = { taskId: task.taskId, root: repositoryOf(context, task) };
  return inTurn(context, place.root, () => unpublishWithWorktree(context, request, place));
};
