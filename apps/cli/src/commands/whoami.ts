import { command } from '../command.ts';
import { identity } from '../render/identity.ts';

export const whoami = command({
  name: 'whoami',
  group: 'Who is who',
  summary: 'Show who is calling, and how that was found out.',
  args: {},
  flags: {},
  examples: [],
  run: async ({ session }) => {
    const { agent, how } = await session.caller();
    // Looking is being there: every command renews the lease (spec 5), and finding out who calls does not.
    const renewed = await agent.renew();
    return { agent: renewed.agent, how };
  },
  render: identity,
});
