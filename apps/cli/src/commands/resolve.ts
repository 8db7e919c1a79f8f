import { fail, isUlid } from '@lalia/client';
import { command } from '../command.ts';
import { resolved } from '../render/waiting-list.ts';

export const resolve = command({
  name: 'resolve',
  group: 'Talk',
  summary: 'Close a question of yours that needs no answer any more.',
  args: { id: { summary: 'The id of the question; `lalia waiting` lists it.' } },
  flags: {},
  examples: [],
  run: async ({ args, session }) => {
    if (!isUlid(args.id)) {
      throw fail('invalid_params', `"${args.id}" is no id of a message.`, {
        hint: '`lalia waiting` lists your questions with their ids.',
      });
    }
    const agent = await session.agent();
    return agent.questions.resolve(args.id);
  },
  render: resolved,
});
