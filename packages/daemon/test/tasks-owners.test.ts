/** Whose a path is (spec 8, `owned_paths`), asked by anybody. */
import { expect, test } from 'vitest';
import { PROJECT, Project } from './_project.ts';

test('a path belongs to the tasks that are not merged and whose patterns match it', async () => {
  await using project = await Project.open();
  const [sue, bob] = [await project.supervisor(), await project.member('bob')];
  await project.task(sue, 'auth', { ownedPaths: ['src/auth/', '*.sql'] });
  await project.task(sue, 'docs', { ownedPaths: ['docs/', '*.md'] });
  await project.task(sue, 'old', { ownedPaths: ['src/'] });
  await bob.claim('auth');
  await sue.do('task_set_status', { slug: 'old', status: 'merged' });
  const paths = ['./src/auth/login.ts', 'docs\\a.md', 'src/main.ts', '/db/1.sql'];
  const { owned } = await project.call('task_owners', { project: PROJECT, paths });
  expect(owned.map(({ path, tasks }) => [path, tasks.map(({ slug, pattern }) => [slug, pattern])])).toEqual([
    ['src/auth/login.ts', [['auth', 'src/auth/']]],
    ['docs/a.md', [['docs', 'docs/']]],
    ['db/1.sql', [['auth', '*.sql']]],
  ]);
  expect(owned[0]?.tasks[0]).toMatchObject({ owner: { name: 'bob' }, branch: 'feat/auth' });
  expect(owned[1]?.tasks[0]?.owner).toBeNull();
  expect(await project.call('task_owners', { project: 'other', paths })).toEqual({ owned: [] });
});

test('a path outside the repository is refused', async () => {
  await using project = await Project.open();
  await using peer = await project.peer();
  for (const path of ['../secret', 'src/../../secret', '.'])
    expect(await peer.refusal('task_owners', { project: PROJECT, paths: [path] })).toBe('invalid_params');
});
