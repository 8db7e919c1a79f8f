/** What happens to a task while git removes its worktree, which takes its time (spec 8). */
import { fail } from '@lalia/protocol';
import { expect, test } from 'vitest';
import type { Repository } from '../src/git/worktrees.ts';
import { finishUnpublishing } from '../src/tasks/unpublishing.ts';
import { Project } from './_project.ts';

const REMOVAL = {
  taskId: '',
  branch: 'feat/api',
  path: '/src/wt/api',
  isBranchOurs: true,
  isFolderOurs: true,
};

test('a task whose worktree cannot be removed stays as it has become meanwhile, and who waits for it gets it', async () => {
  await using project = await Project.open();
  const [sue, bob] = [await project.supervisor(), await project.member('bob')];
  await project.task(sue, 'auth');
  await project.task(sue, 'api', { dependsOn: ['auth'] });
  await sue.do('task_reassign', { slug: 'api', to: bob.id });
  await project.change('api', {
    undertaking: { kind: 'unpublish', details: { removal: REMOVAL, by: sue.id } },
  });
  const eve = await project.member('eve');
  const claim = eve.begin('task_claim', { which: { kind: 'slug', slug: 'api' }, timeout_ms: 60_000 });
  await eve.do('renew', {});
  const removeWorktree = async () => {
    await bob.do('unregister', {});
    await sue.do('task_unpublish', { slug: 'auth', force: true });
    throw fail('unsaved_work', 'Somebody has just written a file.');
  };
  const repository = { removeWorktree } as unknown as Repository;
  const task = project.row('api');
  await expect(finishUnpublishing(project.context, { task, repository })).rejects.toThrow('just written');
  expect((await eve.peer.result('task_claim', claim)).task).toMatchObject({ slug: 'api', depends_on: [] });
  expect(project.row('api')).toMatchObject({ owner: eve.id, undertaking: null });
});
