import { limits } from '@lalia/client';
import { command } from '../command.ts';
import { past } from '../render/past.ts';
import { conversation, ROOM_FLAG } from '../target.ts';

export const history = command({
  name: 'history',
  group: 'Look',
  summary: 'Show the messages of a conversation, read or not.',
  args: { with: { summary: 'An agent, or a room.' } },
  flags: {
    room: ROOM_FLAG,
    since: {
      kind: 'count',
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      summary: 'Only messages after this number; without it, the newest.',
    },
    limit: {
      kind: 'count',
      min: 1,
      max: limits.MAX_HISTORY_MESSAGES,
      summary: 'At most so many messages (50).',
    },
  },
  examples: [{ does: 'Go on after message 40', line: 'lalia history codex --since 40' }],
  run: async ({ args, flags, session }) => {
    const agent = await session.agent();
    const target = conversation({ name: args.with, room: flags.room });
    const found = await agent.history(target, { sinceSeq: flags.since, limit: flags.limit });
    const { agent_id, name, project, role, kind } = agent.info;
    return { ...found, reader: { agent_id, name, project, role, kind } };
  },
  render: past,
});
