import type { SignedHandler } from '../../handler.ts';
import { archiveRoom } from '../../membership.ts';
import { dropDependencies, tasksChanged } from '../../tasks/changes.ts';
import { checkSupervisor } from '../../tasks/lookup.ts';
import { taskRef } from '../../tasks/view.ts';

export const taskGc: SignedHandler<'task_gc'> = (context, { caller }) => {
  const { store, views } = context;
  const list = checkSupervisor(context, caller);
  if (list === undefined) return { removed: [] };
  const { project } = list;
  const done = store.tasks
    .list(project)
    .filter(({ status, undertaking }) => status === 'merged' && undertaking === null);
  if (done.length === 0) return { removed: [] };
  const slugs = done.map(({ slug }) => slug);
  dropDependencies(context, project, slugs);
  for (const { taskId, roomId } of done) {
    archiveRoom(context, views.room(roomId), caller);
    store.tasks.remove(taskId);
  }
  tasksChanged(context, {
    project,
    by: caller,
    subject: `${caller.name} took what is merged off the list: ${slugs.join(', ')}`,
  });
  return { removed: done.map(taskRef) };
};
