/** A list changes its supervisor (spec 8): handed over, taken over from one that is away, or left. */
import { expect, test } from 'vitest';
import { errorOf, PROJECT, Project } from './_project.ts';

test('a supervisor hands the list over, and the rooms with it', async () => {
  await using project = await Project.open();
  const [sue, tom, bob] = [
    await project.supervisor(),
    await project.supervisor('tom'),
    await project.member('bob'),
  ];
  await project.tasks(sue, 'auth', 'api', 'done');
  await bob.claim('auth');
  await sue.do('task_set_status', { slug: 'done', status: 'merged' });
  await sue.do('rooms_gc', {});
  expect(await sue.do('task_handoff', { to: tom.id })).toMatchObject({
    project: PROJECT,
    from: { name: 'sue' },
    to: { name: 'tom' },
    tasks: 3,
  });
  expect(project.inRoom('auth')).toEqual(['bob', 'tom']);
  expect(project.inRoom('api')).toEqual(['tom']);
  expect(project.inRoom('done')).toEqual(['sue']);
  expect(project.said('auth')).toEqual(['tom supervises auth now: lalia task show auth']);
  expect(project.told(tom)).toEqual([`sue handed you the tasks of ${PROJECT}: lalia task list`]);
  const list = await project.call('task_list', { project: PROJECT });
  expect(list).toMatchObject({ supervisor: { name: 'tom' }, supervisor_presence: 'live' });
  expect((await sue.refused('task_unassign', { slug: 'auth' })).reason).toBe('not_supervisor');
  await tom.do('task_unassign', { slug: 'auth' });
  const { revision } = await project.call('task_list', { project: PROJECT });
  await tom.do('task_handoff', { to: tom.id });
  expect((await project.call('task_list', { project: PROJECT })).revision).toBe(revision);
});

test('another supervisor takes the list of one that is away, or that is none any more', async () => {
  await using project = await Project.open();
  const [sue, tom] = [await project.supervisor(), await project.supervisor('tom')];
  await project.task(sue, 'auth');
  expect(await tom.refused('task_handoff', { to: tom.id })).toMatchObject({
    reason: 'supervisor_busy',
    code: 7,
  });
  await project.goesAway(sue);
  expect(await tom.do('task_handoff', { to: tom.id })).toMatchObject({ from: { name: 'sue' }, tasks: 1 });
  expect(project.inRoom('auth')).toEqual(['tom']);
  expect(project.told(sue)).toEqual([`tom took the tasks of ${PROJECT} over: lalia task list`]);
  const { store } = project.context;
  await project.opened.run(() => {
    store.registry.resume({ ...project.context.views.agent(tom.id), role: 'worker' });
  });
  expect(await sue.do('task_handoff', { to: sue.id })).toMatchObject({
    from: { name: 'tom' },
    to: { name: 'sue' },
  });
});

test('a list without a supervisor goes to the next one who asks', async () => {
  await using project = await Project.open();
  const [sue, tom] = [await project.supervisor(), await project.supervisor('tom')];
  await project.task(sue, 'auth');
  await sue.do('task_set_status', { slug: 'auth', status: 'merged' });
  await sue.do('unregister', {});
  expect(await project.call('task_list', { project: PROJECT })).toMatchObject({
    supervisor: null,
    supervisor_presence: null,
  });
  expect((await tom.refused('task_gc', {})).reason).toBe('not_supervisor');
  expect(await tom.do('task_handoff', { to: tom.id })).toMatchObject({ from: null, to: { name: 'tom' } });
  expect((await tom.do('task_gc', {})).removed).toHaveLength(1);
});

test('a list goes to nobody who cannot supervise it, and stays whole', async () => {
  await using project = await Project.open();
  const [sue, tom, bob] = [
    await project.supervisor(),
    await project.supervisor('tom'),
    await project.member('bob'),
  ];
  const far = await project.member('far', { role: 'supervisor', project: 'elsewhere' });
  const clone = await project.member('clone', { role: 'supervisor', repository: '/src/clone' });
  const handoff = (to: string) => ['task_handoff', { to }] as const;
  expect((await sue.refused(...handoff(tom.id))).reason).toBe('task_not_found');
  await project.tasks(sue, 'auth', 'api');
  const nobody = project.context.clock.newId();
  expect((await bob.refused(...handoff(tom.id))).reason).toBe('not_supervisor');
  expect((await tom.refused(...handoff(bob.id))).reason).toBe('supervisor_busy');
  expect((await sue.refused(...handoff(nobody))).reason).toBe('agent_not_found');
  expect((await sue.refused(...handoff(bob.id))).reason).toBe('not_supervisor');
  expect(await sue.refused(...handoff(far.id))).toMatchObject({
    reason: 'project_identity_mismatch',
    code: 8,
  });
  expect((await sue.refused(...handoff(clone.id))).reason).toBe('project_identity_mismatch');
  await project.change('auth', { undertaking: { kind: 'publish', details: {} } });
  expect((await sue.refused(...handoff(tom.id))).reason).toBe('task_busy');
  // Where git is not simply at work, it says what is in the way.
  const problem = 'git worktree failed: fatal: locked';
  await project.change('auth', { undertaking: { kind: 'publish', details: { problem } } });
  expect(await sue.refused(...handoff(tom.id))).toMatchObject({
    reason: 'task_busy',
    message: `auth could neither be published nor taken back: ${problem}`,
  });
  await project.change('auth', { undertaking: null });
  // Room `api` has a place for the successor only when the old supervisor is in it.
  await sue.do('leave', { room: project.room('api').roomId });
  await project.fill('api');
  expect((await sue.refused(...handoff(tom.id))).reason).toBe('room_full');
  expect(project.inRoom('auth')).toEqual(['sue']);
  expect(project.said('auth')).toEqual([]);
  const list = await project.call('task_list', { project: PROJECT });
  expect(list.supervisor?.name).toBe('sue');
});

test('a supervisor stays registered while a task of its list is not merged', async () => {
  await using project = await Project.open();
  const sue = await project.supervisor();
  await project.tasks(sue, 'auth', 'api');
  await project.task(sue, 'coming', { undertaking: { kind: 'publish', details: {} } });
  await sue.do('task_set_status', { slug: 'auth', status: 'merged' });
  const error = await sue.refused('unregister', {});
  expect(error).toMatchObject({ reason: 'supervisor_busy', code: 7 });
  expect(error.message).toContain('api, coming');
  expect(project.inRoom('api')).toEqual(['sue']);
});

test('who unregisters while it waits for another task does not get its own back', async () => {
  await using project = await Project.open();
  const [sue, bob] = [await project.supervisor(), await project.member('bob')];
  await project.task(sue, 'auth');
  await bob.claim('auth');
  const claim = bob.begin('task_claim', { which: { kind: 'any' }, timeout_ms: 60_000 });
  await bob.do('renew', {});
  await bob.do('unregister', {});
  expect(await errorOf(bob.peer, claim)).toMatchObject({ reason: 'unregistered', code: 3 });
  expect(project.row('auth')).toMatchObject({ status: 'open', owner: null });
  expect(project.inRoom('auth')).toEqual(['sue']);
});

test('the tasks of an owner that unregisters are open again, with a note; merged ones are nobody’s', async () => {
  await using project = await Project.open();
  const [sue, bob] = [await project.supervisor(), await project.member('bob')];
  await project.tasks(sue, 'auth', 'api', 'done');
  for (const slug of ['auth', 'done']) await bob.claim(slug);
  await sue.do('task_reassign', { slug: 'api', to: bob.id });
  await sue.do('task_set_status', { slug: 'done', status: 'merged' });
  const waiting = await project.member('eve');
  const claim = waiting.begin('task_claim', { which: { kind: 'any' }, timeout_ms: 60_000 });
  await waiting.do('renew', {});
  await bob.do('unregister', {});
  expect((await waiting.peer.result('task_claim', claim)).task.slug).toBe('auth');
  expect(project.row('api')).toMatchObject({ status: 'open', owner: null });
  expect(project.row('done')).toMatchObject({ status: 'merged', owner: null });
  expect(project.said('api').at(-1)).toBe(
    'bob was unregistered, and api is open again: lalia task claim api',
  );
  expect(project.said('done')).toEqual([]);
  expect(project.inRoom('api')).toEqual(['sue']);
  // The same name is another agent, which has nothing of the old one's.
  const again = await project.member('bob');
  expect((await again.refused('task_release', { slug: 'api' })).reason).toBe('not_owner');
});
