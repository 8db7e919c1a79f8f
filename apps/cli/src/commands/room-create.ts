import { roomAddress } from '@lalia/client';
import { command } from '../command.ts';

export const roomCreate = command({
  name: 'room create',
  group: 'Rooms',
  summary: 'Make a room in this project; you are its first member.',
  args: { name: { summary: 'The name of the room.' } },
  flags: { desc: { kind: 'text', value: 'TEXT', summary: 'What it is about.' } },
  surplus: 'desc',
  examples: [{ does: 'Make a room', line: 'lalia room create auth --desc "The new login"' }],
  run: async ({ args, flags, session }) => {
    const agent = await session.agent();
    return agent.createRoom(args.name, { description: flags.desc });
  },
  render: ({ room }) => `created room ${roomAddress(room)}; you are in it\n`,
});
