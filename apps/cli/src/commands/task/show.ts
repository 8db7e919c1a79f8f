import { command } from '../../command.ts';
import { taskCard } from '../../render/task-card.ts';
import { taskIn, taskScope } from '../../task-scope.ts';

export const taskShow = command({
  name: 'task show',
  group: 'Tasks',
  summary: 'Show a task in full.',
  args: {
    slug: { summary: 'The task; without it the one of this branch.', optional: true, completes: 'task' },
  },
  flags: {},
  examples: [],
  run: async ({ args, session }) => {
    const scope = await taskScope(session);
    const client = await session.client();
    const list = await client.tasks.list(scope.project);
    return { task: taskIn(list, args.slug, scope), list };
  },
  document: ({ task, list: { supervisor, supervisor_presence } }) => ({
    task,
    supervisor,
    supervisor_presence,
  }),
  render: taskCard,
});
