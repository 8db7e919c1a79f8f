import { command } from '../../command.ts';
import { collected } from '../../render/task-changes.ts';

export const taskGc = command({
  name: 'task gc',
  group: 'Tasks',
  summary: 'Take merged tasks off the list and archive their rooms; worktrees stay (supervisor).',
  args: {},
  flags: {},
  examples: [],
  run: async ({ session }) => (await session.agent()).tasks.gc(),
  render: collected,
});
