import { agentAddress } from '@lalia/client';
import { command } from '../command.ts';

export const unregister = command({
  name: 'unregister',
  group: 'Who is who',
  summary: 'End this identity for good: its key, its rooms and its unread mail.',
  args: {},
  flags: {},
  examples: [],
  run: async ({ session }) => (await session.agent()).unregister(),
  render: ({ agent }) => `unregistered ${agentAddress(agent)}\n`,
});
