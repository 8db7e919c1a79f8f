import { command } from '../command.ts';
import { agentList } from '../render/agent-list.ts';

export const agents = command({
  name: 'agents',
  group: 'Who is who',
  summary: 'List the agents: where they work, whether they are there, what they have not read.',
  args: {},
  flags: {
    flat: { kind: 'switch', summary: 'One list, not one for each repository.' },
    wide: { kind: 'switch', summary: 'Also id, model, worktree and folder.' },
    all: { kind: 'switch', summary: 'Also those that were unregistered.' },
  },
  examples: [],
  run: async ({ flags, session }) => {
    const client = await session.client();
    const { agents: found } = await client.call('agents', flags.all ? { all: true } : {});
    return { agents: found, style: { flat: flags.flat, wide: flags.wide } };
  },
  document: ({ agents: found }) => ({ agents: found }),
  render: ({ agents: found, style }, view) => agentList(found, style, view),
});
