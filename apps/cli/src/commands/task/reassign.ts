import { command } from '../../command.ts';
import { reassigned } from '../../render/task-changes.ts';

export const taskReassign = command({
  name: 'task reassign',
  group: 'Tasks',
  summary: 'Give a task to another agent, who claims it when it begins (supervisor).',
  args: {
    slug: { summary: 'The task.', completes: 'task' },
    agent: { summary: 'Who gets it.', completes: 'agent' },
  },
  flags: {},
  examples: [],
  run: async ({ args, session }) => (await session.agent()).tasks.reassign(args.slug, args.agent),
  render: reassigned,
});
