import { command } from '../command.ts';
import { collectedAgents } from '../render/registered.ts';

export const agentsGc = command({
  name: 'agents gc',
  group: 'Who is who',
  summary: 'Unregister the agents that nobody has used for long.',
  args: {},
  flags: {
    'older-than': { kind: 'days', summary: 'Unseen for so long; 30 days, if nothing is said.' },
    'dry-run': { kind: 'switch', summary: 'Only say whom it would be.' },
  },
  examples: [{ does: 'Say who was unseen for a week', line: 'lalia agents gc --older-than 7d --dry-run' }],
  run: async ({ flags, session }) => {
    const agent = await session.agent();
    return agent.collectAgents({ olderThanMs: flags['older-than'], dryRun: flags['dry-run'] });
  },
  render: collectedAgents,
});
