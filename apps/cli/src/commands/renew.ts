import { agentAddress, lasting } from '@lalia/client';
import { command } from '../command.ts';

export const renew = command({
  name: 'renew',
  group: 'Who is who',
  summary: 'Say that you are still there; every other command says it too.',
  args: {},
  flags: {},
  examples: [],
  run: async ({ session }) => (await session.agent()).renew(),
  render: ({ agent, lease_until }, { nowMs }) =>
    `${agentAddress(agent)} counts as live for another ${lasting(Math.max(0, lease_until - nowMs))}\n`,
});
