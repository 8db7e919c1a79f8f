import { restoreBackup } from '@lalia/client';
import { command } from '../command.ts';
import { restored } from '../render/backed-up.ts';

export const restore = command({
  name: 'restore',
  group: 'The daemon',
  summary: 'Make the home and its transcript out of a backup: all of it, or nothing.',
  args: { file: { completes: 'file', summary: 'What `lalia backup` wrote.' } },
  flags: {
    force: { kind: 'switch', summary: 'Move what is there aside, beside its place. Nothing is deleted.' },
  },
  examples: [{ does: 'After the disk was lost', line: 'lalia restore ~/lalia-monday.tar' }],
  run: ({ args, flags }) => restoreBackup(args.file, { force: flags.force }),
  render: restored,
});
