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
  flags: {
    expect: {
      kind: 'text',
      value: 'COMMIT',
      summary: 'A commit that has to be in the history: without it no clone shows that its end was cut off.',
    },
  },
  examples: [
    { does: 'Check a clone', line: 'lalia verify ~/backup/workspace' },
    {
      does: 'And that nothing since a commit was cut off',
      line: 'lalia verify ~/backup/workspace --expect 5804a1e',
    },
  ],
  run: async ({ args, flags, session }) => {
    const words = [
      'verify',
      ...(session.json ? ['--json'] : []),
      ...(flags.expect === undefined ? [] : [`--expect=${flags.expect}`]),
      ...(args.workspace === undefined ? [] : ['--', args.workspace]),
    ];
    session.exitWith(await runDaemonCommand(words));
    return undefined;
  },
  // The program that checks has printed its findings itself.
  render: () => '',
});
