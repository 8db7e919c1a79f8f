import type { OpenHandler } from '../../handler.ts';
import { normalPath, ownersOf } from '../../tasks/owned-paths.ts';
import { ownerOf, taskRef } from '../../tasks/view.ts';

export const taskOwners: OpenHandler<'task_owners'> = async (context, { params }) => {
  const tasks = context.store.tasks.list(params.project).filter(({ status }) => status !== 'merged');
  const owned = await ownersOf(params.paths.map(normalPath), tasks);
  return {
    owned: owned.map(({ path, owners }) => ({
      path,
      tasks: owners.map(({ owner: task, pattern }) => ({
        ...taskRef(task),
        owner: ownerOf(context, task),
        pattern,
      })),
    })),
  };
};
