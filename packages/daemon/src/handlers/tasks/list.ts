import type { OpenHandler } from '../../handler.ts';
import { taskListView } from '../../tasks/view.ts';

export const taskList: OpenHandler<'task_list'> = (context, { params, connection, signal }) => {
  const { project, after_revision: known, timeout_ms: timeoutMs } = params;
  const list = taskListView(context, project);
  return known === undefined || known !== list.revision
    ? list
    : context.taskWaiters.watch({ project, timeoutMs, connection, signal });
};
