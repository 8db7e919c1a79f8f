import { roomAddress } from '@lalia/client';
import { command } from '../command.ts';
import { counted } from '../render/names.ts';

export const join = command({
  name: 'join',
  group: 'Rooms',
  summary: 'Become a member of a room.',
  args: { room: { summary: 'Name of a room of this project, or NAME@PROJECT.', completes: 'room' } },
  flags: {},
  examples: [],
  run: async ({ args, session }) => (await session.agent()).join(args.room),
  render: ({ room, joined_now }) =>
    joined_now
      ? `joined room ${roomAddress(room)}, now with ${counted(room.members, 'member')}\n`
      : `you are in room ${roomAddress(room)} already\n`,
});
