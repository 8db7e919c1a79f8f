import type { ReportedStatus } from '@lalia/client';
import { command } from '../../command.ts';
import { statusSet } from '../../render/task-changes.ts';

const STATUSES = ['in-progress', 'ready', 'blocked', 'merged'] as const satisfies readonly ReportedStatus[];

export const taskSetStatus = command({
  name: 'task set-status',
  group: 'Tasks',
  summary: 'Say how far a task is: the owner in-progress, ready or blocked, the supervisor merged.',
  args: {
    slug: { summary: 'The task.', completes: 'task' },
    status: { summary: `One of ${STATUSES.join(', ')}.`, options: STATUSES },
  },
  flags: {},
  examples: [{ does: 'Say that it can be merged', line: 'lalia task set-status search ready' }],
  run: async ({ args, session }) => (await session.agent()).tasks.setStatus(args.slug, args.status),
  render: statusSet,
});
