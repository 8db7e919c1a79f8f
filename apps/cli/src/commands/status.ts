import { command } from '../command.ts';
import { daemonStatus } from '../render/daemon-status.ts';

export const status = command({
  name: 'status',
  group: 'The daemon',
  summary: 'Show how the daemon is, where things live, and what is not in the transcript yet.',
  args: {},
  flags: {},
  examples: [],
  run: async ({ session }) => {
    const client = await session.runningClient();
    if (client === undefined) return { running: false } as const;
    return { running: true, ...(await client.call('status', {})) } as const;
  },
  render: daemonStatus,
});
