import { command } from '../../command.ts';
import { unpublished } from '../../render/task-changes.ts';

export const taskUnpublish = command({
  name: 'task unpublish',
  group: 'Tasks',
  summary: 'Take a task off the list and archive its room; the worktree stays (supervisor).',
  args: { slug: { summary: 'The task.', completes: 'task' } },
  flags: {
    force: { kind: 'switch', summary: 'Also when its owner is away, or others depend on it.' },
    'wipe-worktree': {
      kind: 'switch',
      summary: 'Remove the worktree, too; refused while it holds work that is nowhere else.',
    },
    'evict-owner': { kind: 'switch', summary: 'Also over an owner who is live.' },
  },
  examples: [{ does: 'Drop a task with its worktree', line: 'lalia task unpublish search --wipe-worktree' }],
  run: async ({ args, flags, session }) => {
    const agent = await session.agent();
    return agent.tasks.unpublish(args.slug, {
      force: flags.force,
      wipeWorktree: flags['wipe-worktree'],
      evictOwner: flags['evict-owner'],
    });
  },
  render: unpublished,
});
