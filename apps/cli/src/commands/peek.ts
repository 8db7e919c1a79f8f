import { limits } from '@lalia/client';
import { command } from '../command.ts';
import { peeked } from '../render/peeked.ts';
import { anyConversation, ROOM_FLAG } from '../target.ts';

export const peek = command({
  name: 'peek',
  group: 'Talk',
  summary: 'Show unread messages without taking them.',
  args: {
    from: {
      summary: 'An agent, or a room; without it, everything.',
      optional: true,
      completes: 'conversation',
    },
  },
  flags: {
    room: ROOM_FLAG,
    max: { kind: 'count', min: 1, max: limits.MAX_HISTORY_MESSAGES, summary: 'At most so many messages.' },
  },
  examples: [{ does: 'See what is unread, from anywhere', line: 'lalia peek' }],
  run: async ({ args, flags, session }) => {
    const agent = await session.agent();
    const source = anyConversation({ name: args.from, room: flags.room });
    return agent.peek(source, { max: flags.max });
  },
  render: peeked,
});
