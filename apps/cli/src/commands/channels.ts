import { command } from '../command.ts';
import { channelList } from '../render/channel-list.ts';

export const channels = command({
  name: 'channels',
  group: 'Look',
  summary: 'List your channels, with unread counts.',
  args: {},
  flags: {},
  examples: [],
  run: async ({ session }) => (await session.agent()).channels(),
  render: channelList,
});
