import { expect, test } from 'vitest';
import { foreignPaths } from './path-check.ts';

const ANN = {
  agent_id: '01JD8X5Q0Z3M4N5P6Q7R8S9T0A',
  name: 'ann',
  project: 'shop',
  role: 'worker',
  kind: 'agent',
} as const;

function task(slug: string, owner: typeof ANN | null = null) {
  const task_id = `01JD8X5Q0Z3M4N5P6Q7R8S9T${slug.toUpperCase()}`;
  return { task_id, slug, project: 'shop', branch: `feat/${slug}`, owner, pattern: `${slug}/` };
}

const own = { isOwn: ({ slug }: { readonly slug: string }) => slug === 'aa', agentId: undefined };

test.for([
  ['nobody owns anything', [], []],
  ['the task of this branch owns it', [task('aa')], []],
  ['another task owns it', [task('bb')], ['bb']],
  ['another task owns it that nobody has claimed', [task('bb', null)], ['bb']],
  ['both own it, which publish warned of', [task('bb'), task('aa')], []],
  ['several others own it: the first is named', [task('bb'), task('cc')], ['bb']],
] as const)('a path is somebody else’s when … %s', ([, tasks, expected]) => {
  const owned = tasks.length === 0 ? [] : [{ path: 'x', tasks: [...tasks] }];
  expect(foreignPaths(owned, own).map((foreign) => foreign.task.slug)).toEqual(expected);
});

test('what is the caller’s own is not somebody else’s, on whatever branch', () => {
  const owned = [{ path: 'x', tasks: [task('bb', ANN)] }];
  expect(foreignPaths(owned, { ...own, agentId: ANN.agent_id })).toEqual([]);
  expect(foreignPaths(owned, own)).toHaveLength(1);
});
