import { limits } from '@lalia/client';
import { command } from '../command.ts';
import { moment } from '../moment.ts';
import { hitList } from '../render/hit-list.ts';
import { anyConversation, ROOM_FLAG } from '../target.ts';

export const search = command({
  name: 'search',
  group: 'Look',
  summary: 'Find messages of your conversations by their words, the newest first.',
  args: {
    words: {
      summary:
        'What a message has to have, all of it; \'"a phrase"\' in quotes of its own, word* for a beginning.',
      many: true,
    },
  },
  flags: {
    from: { kind: 'text', value: 'AGENT', completes: 'agent', summary: 'Only what this agent said.' },
    in: {
      kind: 'text',
      value: 'PEER|ROOM',
      completes: 'conversation',
      summary: 'Only in this conversation.',
    },
    room: ROOM_FLAG,
    since: {
      kind: 'text',
      value: 'DATE|DURATION',
      summary: 'Only since then: 2026-11-20, 2026-11-20T14:30, or 3d, 2h, 90m ago.',
    },
    limit: { kind: 'count', min: 1, max: limits.MAX_SEARCH_HITS, summary: 'At most so many messages (20).' },
  },
  examples: [
    {
      does: 'Find a phrase that codex wrote this week',
      line: `lalia search '"exit code"' --from codex --since 7d`,
    },
  ],
  run: async ({ args, flags, session }) => {
    const sinceMs =
      flags.since === undefined ? undefined : moment(flags.since, { flag: 'since', nowMs: session.now() });
    const place = anyConversation({ name: flags.in, room: flags.room });
    const agent = await session.agent();
    const found = await agent.search(args.words.join(' '), {
      from: flags.from,
      in: place === 'any' ? undefined : place,
      sinceMs,
      limit: flags.limit,
    });
    const { agent_id, name, project, role, kind } = agent.info;
    return { ...found, reader: { agent_id, name, project, role, kind } };
  },
  render: hitList,
});
