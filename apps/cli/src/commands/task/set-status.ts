import { fail, type ReportedStatus } from '@lalia/client';
import { command } from '../../command.ts';
import { nearest } from '../../nearest.ts';
import { statusSet } from '../../render/task-changes.ts';
import { oneLine } from '../../render/visible.ts';

const STATUSES = ['in-progress', 'ready', 'blocked', 'merged'] as const satisfies readonly ReportedStatus[];

export const taskSetStatus = command({
  name: 'task set-status',
  group: 'Tasks',
  summary: 'Say how far a task is: the owner in-progress, ready or blocked, the supervisor merged.',
  args: { slug: { summary: 'The task.' }, status: { summary: `One of ${STATUSES.join(', ')}.` } },
  flags: {},
  examples: [{ does: 'Say that it can be merged', line: 'lalia task set-status search ready' }],
  run: async ({ args, session }) => {
    const status = statusOf(args.status);
    return (await session.agent()).tasks.setStatus(args.slug, status);
  },
  render: statusSet,
});

function statusOf(word: string): ReportedStatus {
  const found = STATUSES.find((status) => status === word);
  if (found !== undefined) return found;
  const guess = nearest(word, STATUSES);
  throw fail('invalid_params', `"${oneLine(word)}" is no status that can be set.`, {
    context: { statuses: STATUSES },
    hint: `${guess === undefined ? '' : `Did you mean ${guess}? `}There are ${STATUSES.join(', ')}.`,
  });
}
