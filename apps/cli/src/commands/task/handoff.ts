import { command } from '../../command.ts';
import { handedOff } from '../../render/task-changes.ts';

export const taskHandoff = command({
  name: 'task handoff',
  group: 'Tasks',
  summary: 'Give the task list to another supervisor; to yourself, take over from one who is away.',
  args: { agent: { summary: 'The supervisor who gets it.', completes: 'agent' } },
  flags: {},
  examples: [],
  run: async ({ args, session }) => (await session.agent()).tasks.handoff(args.agent),
  render: handedOff,
});
