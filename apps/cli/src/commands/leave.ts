import { roomAddress } from '@lalia/client';
import { command } from '../command.ts';

export const leave = command({
  name: 'leave',
  group: 'Rooms',
  summary: 'End your membership of a room; what you have not read there is gone for you.',
  args: { room: { summary: 'Name of a room of this project, or NAME@PROJECT.', completes: 'room' } },
  flags: {},
  examples: [],
  run: async ({ args, session }) => (await session.agent()).leave(args.room),
  render: ({ room }) => `left room ${roomAddress(room)}\n`,
});
