import { command } from '../command.ts';
import { roomList } from '../render/room-list.ts';

export const rooms = command({
  name: 'rooms',
  group: 'Rooms',
  summary: 'List all rooms, with your membership and unread counts.',
  args: {},
  flags: {},
  examples: [],
  run: async ({ session }) => (await session.agent()).rooms(),
  render: roomList,
});
