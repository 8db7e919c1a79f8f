import { command } from '../../command.ts';
import { taskTable } from '../../render/task-list.ts';
import { taskScope } from '../../task-scope.ts';

export const taskList = command({
  name: 'task list',
  group: 'Tasks',
  summary: 'List all tasks of this project, merged ones as well.',
  args: {},
  flags: {},
  examples: [],
  run: async ({ session }) => {
    const { project } = await taskScope(session);
    return (await session.client()).tasks.list(project);
  },
  render: taskTable,
});
