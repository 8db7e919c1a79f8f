import { startDaemon } from '@lalia/client';
import { command } from '../command.ts';

export const start = command({
  name: 'start',
  group: 'The daemon',
  summary: 'Start the daemon; every command that needs it does that by itself.',
  args: {},
  flags: {},
  examples: [],
  run: () => startDaemon(),
  render: ({ pid, started }) =>
    `the daemon ${started ? 'is started' : 'runs already'} (pid ${String(pid)})\n`,
});
