import { daemonLines, fail } from '@lalia/client';
import type { Rebuilt } from '@lalia/protocol';
import { command } from '../command.ts';
import { rebuilt } from '../render/rebuilt.ts';

export const rebuild = command({
  name: 'rebuild',
  group: 'The daemon',
  summary: 'Make a new home from a transcript alone: agents, rooms and every message.',
  args: { clone: { summary: 'A clone of a transcript, or a workspace that was moved away.' } },
  flags: {
    force: {
      kind: 'switch',
      summary:
        'Take it although the history of commits is not as Lalia wrote it; never with a message that is wrong.',
    },
  },
  examples: [
    {
      does: 'From a clone, with LALIA_HOME and LALIA_WORKSPACE naming empty places',
      line: 'lalia rebuild ~/backup/workspace',
    },
  ],
  run: async ({ args, flags }): Promise<Rebuilt> => {
    for await (const line of daemonLines([
      'rebuild',
      ...(flags.force ? ['--force'] : []),
      '--',
      args.clone,
    ])) {
      return JSON.parse(line) as Rebuilt;
    }
    throw fail('internal', 'lalia-daemon rebuild said nothing.');
  },
  render: rebuilt,
});
