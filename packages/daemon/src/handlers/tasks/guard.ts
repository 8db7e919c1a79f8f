import { fail } from '@lalia/protocol';
import type { SignedHandler } from '../../handler.ts';
import { guardWorktrees } from '../../tasks/guarding.ts';
import { inTurn } from '../../tasks/in-turn.ts';
import { checkSupervisor, ownProject } from '../../tasks/lookup.ts';

/** Remembered first, so that what is published from now on gets it as well; again sets up what is missing. */
export const taskGuard: SignedHandler<'task_guard'> = (context, { params, caller }) => {
  const list = checkSupervisor(context, caller);
  if (list === undefined) {
    const project = ownProject(caller);
    throw fail('task_not_found', `Nothing has been published in ${project} yet.`, { context: { project } });
  }
  const { project, mainRepoRoot: root } = list;
  const command = params.action === 'install' ? params.command : null;
  context.store.tasks.putList({ ...list, guardCommand: command });
  return inTurn(context, root, () => guardWorktrees(context, { project, root, command }));
};
