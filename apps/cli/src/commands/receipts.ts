import { limits } from '@lalia/client';
import { command } from '../command.ts';
import { receiptList } from '../render/receipt-list.ts';
import { conversation, ROOM_FLAG } from '../target.ts';

export const receipts = command({
  name: 'receipts',
  group: 'Look',
  summary: 'Show how far your own messages got: accepted, delivered, read, answered, dropped.',
  args: { to: { summary: 'An agent, or a room.', completes: 'conversation' } },
  flags: {
    room: ROOM_FLAG,
    limit: {
      kind: 'count',
      min: 1,
      max: limits.MAX_HISTORY_MESSAGES,
      summary: 'At most so many messages (20).',
    },
  },
  examples: [{ does: 'See whether an agent has read your messages', line: 'lalia receipts codex' }],
  run: async ({ args, flags, session }) => {
    const agent = await session.agent();
    const target = conversation({ name: args.to, room: flags.room });
    return agent.receipts(target, { limit: flags.limit });
  },
  render: receiptList,
});
