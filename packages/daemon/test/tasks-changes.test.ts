/** What becomes of a task after it was claimed (spec 8): who may change it, and whose room it is then. */
import type { Params } from '@lalia/protocol';
import { expect, test } from 'vitest';
import { type Member, PROJECT, Project } from './_project.ts';

type Change = Params<'task_set_status'>['status'];

test('an owner says how far its task is, and gives it back', async () => {
  await using project = await Project.open();
  const [sue, bob] = [await project.supervisor(), await project.member('bob')];
  await project.task(sue, 'auth');
  await bob.claim('auth');
  for (const status of ['ready', 'blocked', 'in-progress'] satisfies Change[]) {
    const { task, opened } = await bob.do('task_set_status', { slug: 'auth', status });
    expect({ status: task.status, opened }).toEqual({ status, opened: [] });
  }
  const { revision } = await project.call('task_list', { project: PROJECT });
  await bob.do('task_set_status', { slug: 'auth', status: 'in-progress' });
  expect((await project.call('task_list', { project: PROJECT })).revision).toBe(revision);
  const { task } = await bob.do('task_release', { slug: 'auth' });
  expect(task).toMatchObject({ status: 'open', owner: null, owner_presence: null });
  expect(project.inRoom('auth')).toEqual(['sue']);
});

test('a supervisor takes a task away, and its owner hears of it and leaves the room', async () => {
  await using project = await Project.open();
  const [sue, bob] = [await project.supervisor(), await project.member('bob')];
  await project.task(sue, 'auth');
  await bob.claim('auth');
  const reading = bob.begin('read', {
    source: { kind: 'room', room_id: project.room('auth').roomId },
    timeout_ms: 60_000,
    max: 1,
  });
  const taken = await sue.do('task_unassign', { slug: 'auth' });
  expect(taken).toMatchObject({ task: { status: 'open', owner: null }, from: { name: 'bob' } });
  expect(await bob.peer.reason(reading)).toBe('room_not_found');
  expect(project.inRoom('auth')).toEqual(['sue']);
  expect(project.told(bob)).toEqual(['sue took task auth from you; for another one: lalia task claim --any']);
  expect(project.said('auth')).toEqual([
    'auth is not the task of bob any more, and open: lalia task claim auth',
  ]);
  const { revision } = await project.call('task_list', { project: PROJECT });
  expect(await sue.do('task_unassign', { slug: 'auth' })).toMatchObject({ from: null });
  expect((await project.call('task_list', { project: PROJECT })).revision).toBe(revision);
});

test('a reassigned task waits for its new owner alone, who is in the room and told there', async () => {
  await using project = await Project.open();
  const [sue, ann, bob] = [
    await project.supervisor(),
    await project.member('ann'),
    await project.member('bob'),
  ];
  await project.tasks(sue, 'auth');
  await ann.claim('auth');
  await project.goesAway(ann);
  const { task, from } = await sue.do('task_reassign', { slug: 'auth', to: bob.id });
  expect({ task, from }).toMatchObject({
    task: { status: 'assigned', owner: { name: 'bob' } },
    from: { name: 'ann' },
  });
  expect(project.inRoom('auth')).toEqual(['bob', 'sue']);
  expect(project.told(ann)).toEqual([
    'sue gave your task auth to bob; for another one: lalia task claim --any',
  ]);
  const mail = await bob.do('read', { source: { kind: 'any' }, timeout_ms: 0, max: 10 });
  expect(mail.messages.map(({ body }) => body)).toEqual([
    'auth is the task of bob now: lalia task claim auth',
  ]);
  expect((await ann.refused('task_claim', { which: { kind: 'slug', slug: 'auth' } })).reason).toBe(
    'task_taken',
  );
  const again = await sue.do('task_reassign', { slug: 'auth', to: bob.id });
  expect(again).toEqual({ task, from: { ...from, agent_id: bob.id, name: 'bob' } });
  expect(await bob.claim('auth')).toMatchObject({ task: { status: 'in-progress' }, claimed_now: true });
});

test('work on a task begins after its dependencies are merged, also when it was assigned before', async () => {
  await using project = await Project.open();
  const [sue, bob] = [await project.supervisor(), await project.member('bob')];
  await project.tasks(sue, 'auth');
  await project.task(sue, 'api', { dependsOn: ['auth', 'db'] });
  await project.task(sue, 'web', { dependsOn: ['auth'] });
  await sue.do('task_reassign', { slug: 'api', to: bob.id });
  await bob.do('task_set_status', { slug: 'api', status: 'blocked' });
  for (const status of ['in-progress', 'ready'] satisfies Change[]) {
    const error = await bob.refused('task_set_status', { slug: 'api', status });
    expect(error).toMatchObject({ reason: 'task_blocked', context: { blocked_by: ['auth', 'db'] } });
  }
  // A dependency that is not on the list is not merged either.
  const merged = await sue.do('task_set_status', { slug: 'auth', status: 'merged' });
  expect(merged.opened).toEqual(['web']);
  expect((await sue.do('task_set_status', { slug: 'auth', status: 'merged' })).opened).toEqual([]);
  const { tasks } = await project.call('task_list', { project: PROJECT });
  expect(tasks.map(({ slug, blocked_by: by }) => [slug, by])).toEqual([
    ['auth', []],
    ['api', ['db']],
    ['web', []],
  ]);
});

test('who may not change a task is refused, and nothing changes', async () => {
  await using project = await Project.open();
  const [sue, ann, bob] = [
    await project.supervisor(),
    await project.member('ann'),
    await project.member('bob'),
  ];
  const [tom, far] = [await project.supervisor('tom'), await project.member('far', { project: 'elsewhere' })];
  await project.tasks(sue, 'auth', 'open', 'done', 'full', 'going');
  await ann.claim('auth');
  await sue.do('task_set_status', { slug: 'done', status: 'merged' });
  await project.fill('full');
  await project.change('going', { undertaking: { kind: 'unpublish', details: {} } });
  const before = await project.call('task_list', { project: PROJECT });
  const nobody = project.context.clock.newId();
  const refusals: [Member, Parameters<Member['refused']>, string][] = [
    [bob, ['task_release', { slug: 'none' }], 'task_not_found'],
    [bob, ['task_release', { slug: 'auth' }], 'not_owner'],
    [bob, ['task_release', { slug: 'open' }], 'not_owner'],
    [ann, ['task_release', { slug: 'done' }], 'not_owner'],
    [ann, ['task_release', { slug: 'going' }], 'task_busy'],
    [sue, ['task_set_status', { slug: 'none', status: 'merged' }], 'task_not_found'],
    [sue, ['task_set_status', { slug: 'auth', status: 'ready' }], 'not_owner'],
    [ann, ['task_set_status', { slug: 'auth', status: 'merged' }], 'not_supervisor'],
    [tom, ['task_set_status', { slug: 'auth', status: 'merged' }], 'not_supervisor'],
    [sue, ['task_set_status', { slug: 'going', status: 'merged' }], 'task_busy'],
    [sue, ['task_unassign', { slug: 'none' }], 'task_not_found'],
    [ann, ['task_unassign', { slug: 'auth' }], 'not_supervisor'],
    [tom, ['task_unassign', { slug: 'auth' }], 'not_supervisor'],
    [sue, ['task_unassign', { slug: 'done' }], 'task_merged'],
    [sue, ['task_unassign', { slug: 'going' }], 'task_busy'],
    [sue, ['task_reassign', { slug: 'none', to: bob.id }], 'task_not_found'],
    [ann, ['task_reassign', { slug: 'auth', to: bob.id }], 'not_supervisor'],
    [tom, ['task_reassign', { slug: 'auth', to: bob.id }], 'not_supervisor'],
    [sue, ['task_reassign', { slug: 'done', to: bob.id }], 'task_merged'],
    [sue, ['task_reassign', { slug: 'auth', to: nobody }], 'agent_not_found'],
    [sue, ['task_reassign', { slug: 'auth', to: far.id }], 'agent_not_found'],
    [sue, ['task_reassign', { slug: 'auth', to: tom.id }], 'cannot_claim'],
    [sue, ['task_reassign', { slug: 'auth', to: sue.id }], 'cannot_claim'],
    [sue, ['task_reassign', { slug: 'full', to: bob.id }], 'room_full'],
    [sue, ['task_reassign', { slug: 'going', to: bob.id }], 'task_busy'],
    [ann, ['task_gc', {}], 'not_supervisor'],
    [tom, ['task_gc', {}], 'not_supervisor'],
  ];
  for (const [caller, [method, params], reason] of refusals) {
    const error = await caller.refused(method, params);
    expect({ method, params, reason: error.reason }).toEqual({ method, params, reason });
  }
  expect(await project.call('task_list', { project: PROJECT })).toEqual(before);
  expect(project.said('auth')).toEqual([]);
});

test('merged is for ever: its owner can neither give it back nor go on', async () => {
  await using project = await Project.open();
  const [sue, bob] = [await project.supervisor(), await project.member('bob')];
  await project.task(sue, 'auth');
  await bob.claim('auth');
  await sue.do('task_set_status', { slug: 'auth', status: 'merged' });
  expect((await bob.refused('task_release', { slug: 'auth' })).reason).toBe('task_merged');
  const again = await bob.refused('task_set_status', { slug: 'auth', status: 'ready' });
  expect(again.reason).toBe('task_merged');
  expect(project.row('auth')).toMatchObject({ status: 'merged', owner: bob.id });
});

test('gc takes merged tasks off the list and out of what others depend on, and archives their rooms', async () => {
  await using project = await Project.open();
  const [sue, bob] = [await project.supervisor(), await project.member('bob')];
  expect(await sue.do('task_gc', {})).toEqual({ removed: [] });
  await project.tasks(sue, 'auth', 'db');
  await project.task(sue, 'api', { dependsOn: ['AUTH', 'db'] });
  const room = project.room('auth');
  await sue.do('task_set_status', { slug: 'auth', status: 'merged' });
  const { removed } = await sue.do('task_gc', {});
  expect(removed.map(({ slug }) => slug)).toEqual(['auth']);
  const { tasks } = await project.call('task_list', { project: PROJECT });
  expect(tasks.map(({ slug, depends_on: on }) => [slug, on])).toEqual([
    ['db', []],
    ['api', ['db']],
  ]);
  expect(project.context.views.room(room.roomId).archivedMs).not.toBeNull();
  expect((await bob.refused('join', { room: room.roomId })).reason).toBe('room_archived');
  expect(await sue.do('task_gc', {})).toEqual({ removed: [] });
});

test('rooms gc archives the rooms of merged tasks, for anybody in the project; they stay readable', async () => {
  await using project = await Project.open();
  const [sue, bob] = [await project.supervisor(), await project.member('bob')];
  const loner = await project.member('loner', { project: null });
  await project.tasks(sue, 'auth', 'api');
  await sue.do('task_set_status', { slug: 'auth', status: 'merged' });
  expect(await loner.do('rooms_gc', {})).toEqual({ archived: [] });
  const { archived } = await bob.do('rooms_gc', {});
  expect(archived).toMatchObject([{ name: 'auth', archived: true }]);
  expect(await bob.do('rooms_gc', {})).toEqual({ archived: [] });
  const target = { kind: 'room', room_id: project.room('auth').roomId } as const;
  expect((await sue.do('history', { target, limit: 10 })).messages).toHaveLength(1);
  await project.opened.journaled();
});
