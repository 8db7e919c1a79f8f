import { restartDaemon } from '@lalia/client';
import { command } from '../command.ts';

export const restart = command({
  name: 'restart',
  group: 'The daemon',
  summary: 'Stop the daemon and start it again, as after an update.',
  args: {},
  flags: {},
  examples: [],
  run: () => restartDaemon(),
  render: ({ pid }) => `the daemon is started again (pid ${String(pid)})\n`,
});
