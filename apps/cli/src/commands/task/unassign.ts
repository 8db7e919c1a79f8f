import { command } from '../../command.ts';
import { unassigned } from '../../render/task-changes.ts';

export const taskUnassign = command({
  name: 'task unassign',
  group: 'Tasks',
  summary: 'Take a task from its owner: it is open again (supervisor).',
  args: { slug: { summary: 'The task.', completes: 'task' } },
  flags: {},
  examples: [],
  run: async ({ args, session }) => (await session.agent()).tasks.unassign(args.slug),
  render: unassigned,
});
