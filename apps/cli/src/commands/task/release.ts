import { command } from '../../command.ts';
import { released } from '../../render/task-changes.ts';

export const taskRelease = command({
  name: 'task release',
  group: 'Tasks',
  summary: 'Give a task of yours back: it is open again.',
  args: { slug: { summary: 'The task.', completes: 'task' } },
  flags: {},
  examples: [],
  run: async ({ args, session }) => (await session.agent()).tasks.release(args.slug),
  render: released,
});
