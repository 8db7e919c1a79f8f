import { stopDaemon } from '@lalia/client';
import { command } from '../command.ts';

export const stop = command({
  name: 'stop',
  group: 'The daemon',
  summary: 'Stop the daemon, once it has finished what it acknowledged.',
  args: {},
  flags: {},
  examples: [],
  run: async () => {
    const stopped = await stopDaemon();
    return { stopped: stopped !== undefined, pid: stopped?.pid ?? null };
  },
  render: ({ pid }) =>
    pid === null ? 'no daemon was running\n' : `the daemon is stopped (pid ${String(pid)})\n`,
});
