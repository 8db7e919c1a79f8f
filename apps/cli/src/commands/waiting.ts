import { command } from '../command.ts';
import { waitingList } from '../render/waiting-list.ts';

export const waiting = command({
  name: 'waiting',
  group: 'Talk',
  summary: 'List the open questions: yours, and those that you owe an answer.',
  args: {},
  flags: {},
  examples: [{ does: 'Answer one of them, read or not', line: 'lalia reply --to ID "Yes."' }],
  run: async ({ session }) => (await session.agent()).questions.waiting(),
  render: waitingList,
});
