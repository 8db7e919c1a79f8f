import { daemonLog, LOG_LEVELS, type LogEntry } from '@lalia/client';
import { command } from '../command.ts';
import { logLine } from '../render/log-line.ts';

const SHOWN = 50;
const MAX_SHOWN = 1_000_000;

export const log = command({
  name: 'log',
  group: 'The daemon',
  summary: 'Show what the daemon has noted of its life, and of what went wrong; no bodies and no keys.',
  args: {},
  flags: {
    lines: {
      kind: 'count',
      short: 'n',
      min: 0,
      max: MAX_SHOWN,
      summary: `At most so many, the newest (${String(SHOWN)}).`,
    },
    follow: { kind: 'switch', short: 'f', summary: 'Go on with what comes, also at the next daemon.' },
    level: { kind: 'choice', options: LOG_LEVELS, summary: 'Only what is at least so bad.' },
  },
  examples: [
    { does: 'See what went wrong, and what goes wrong from now on', line: 'lalia log --level warn --follow' },
  ],
  run: async ({ flags, session }): Promise<LogEntry | undefined> => {
    const { follow, level, lines: last = SHOWN } = flags;
    for await (const entry of daemonLog({ last, follow, level })) {
      await session.show({ document: entry, text: (view) => logLine(entry, view) });
    }
    return undefined;
  },
  // Everything is printed as it is found.
  render: () => '',
});
