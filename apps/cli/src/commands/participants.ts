import { command } from '../command.ts';
import { participantList } from '../render/agent-list.ts';

export const participants = command({
  name: 'participants',
  group: 'Rooms',
  summary: 'List the members of a room.',
  args: { room: { summary: 'Name of a room of this project, or NAME@PROJECT.', completes: 'room' } },
  flags: {},
  examples: [],
  run: async ({ args, session }) => (await session.agent()).participants(args.room),
  render: participantList,
});
