import { realpathSync } from 'node:fs';
import type { Result } from '@lalia/client';
import { command } from '../../command.ts';
import { guarded } from '../../render/task-changes.ts';
import type { Session } from '../../session.ts';

export const taskGuardInstall = command({
  name: 'task guard install',
  group: 'Tasks',
  summary: 'Have each commit in the worktrees of tasks checked by `lalia task check --staged` (supervisor).',
  args: {},
  flags: {},
  examples: [],
  run: ({ session }) => guard('install', session),
  render: guarded,
});

export const taskGuardUninstall = command({
  name: 'task guard uninstall',
  group: 'Tasks',
  summary: 'Take that check away again.',
  args: {},
  flags: {},
  examples: [],
  run: ({ session }) => guard('uninstall', session),
  render: guarded,
});

async function guard(action: 'install' | 'uninstall', session: Session): Promise<Result<'task_guard'>> {
  const agent = await session.agent();
  return agent.tasks.guard(action, ownCommand());
}

/** How this program was started: a hook runs where `lalia` may not be on the PATH. */
function ownCommand(): string[] {
  const [, script] = process.argv;
  return script === undefined ? ['lalia'] : [process.execPath, realpathSync(script)];
}
