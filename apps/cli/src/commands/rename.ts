import { command } from '../command.ts';
import { renamed } from '../render/registered.ts';

export const rename = command({
  name: 'rename',
  group: 'Who is who',
  summary: 'Take another name; id, rooms, mail, channels and tasks stay.',
  args: { name: { summary: 'The new name, free in this project.' } },
  flags: {},
  examples: [{ does: 'Be called reviewer from now on', line: 'lalia rename reviewer' }],
  run: async ({ args, session }) => {
    const agent = await session.agent();
    return { before: agent.info, result: await agent.rename(args.name) };
  },
  document: ({ result }) => result,
  render: ({ before, result }) => renamed(before, result),
});
