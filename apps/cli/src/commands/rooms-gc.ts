import { command } from '../command.ts';
import { archived } from '../render/task-changes.ts';

export const roomsGc = command({
  name: 'rooms gc',
  group: 'Rooms',
  summary: 'Archive the rooms of the merged tasks of this project.',
  args: {},
  flags: {},
  examples: [],
  run: async ({ session }) => (await session.agent()).tasks.gcRooms(),
  render: archived,
});
