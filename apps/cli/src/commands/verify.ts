import { runDaemonCommand } from '@lalia/client';
import { command } from '../command.ts';

export const verify = command({
  name: 'verify',
  group: 'The daemon',
  summary: 'Check a transcript: every signature, every conversation for gaps, duplicates and edits.',
  args: {
    workspace: {
      summary: 'The transcript, or any clone of it; without it your own.',
      optional: true,
      completes: 'folder',
    },
  },
  flags: {},
  examples: [{ does: 'Check a clone', line: 'lalia verify ~/backup/workspace' }],
  run: async ({ args, session }) => {
    const words = [
      'verify',
      ...(session.json ? ['--json'] : []),
      ...(args.workspace === undefined ? [] : ['--', args.workspace]),
    ];
    session.exitWith(await runDaemonCommand(words));
    return undefined;
  },
  // The program that checks has printed its findings itself.
  render: () => '',
});
