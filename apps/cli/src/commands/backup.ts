import { backUp } from '@lalia/client';
import { command } from '../command.ts';
import { backedUp } from '../render/backed-up.ts';

export const backup = command({
  name: 'backup',
  group: 'The daemon',
  summary: 'Write database, keys and transcript into one new file, while everything goes on.',
  args: {
    file: {
      completes: 'file',
      summary: 'Where; nothing may be there yet. Keep it private: it holds every key.',
    },
  },
  flags: {},
  examples: [{ does: 'Keep a copy', line: 'lalia backup ~/lalia-monday.tar' }],
  run: ({ args }) => backUp(args.file),
  render: backedUp,
});
