/** Claiming (spec 8): who gets a task, who waits for one, and who is refused. */
import { verifyTranscript } from '@lalia/store';
import { expect, test } from 'vitest';
import { errorOf, type Member, PROJECT, Project } from './_project.ts';

const ANY = { which: { kind: 'any' } } as const;
const LONG_MS = 60_000;

test('a claim makes its caller owner and member, and answers with the bundle; again it changes nothing', async () => {
  await using project = await Project.open();
  const [sue, bob] = [await project.supervisor(), await project.member('bob')];
  await project.task(sue, 'auth', { ownedPaths: ['src/auth/'] });
  const first = await bob.claim('AUTH');
  expect(first).toMatchObject({
    task: {
      slug: 'auth',
      status: 'in-progress',
      owner: { name: 'bob' },
      owner_presence: 'live',
      blocked_by: [],
    },
    claimed_now: true,
  });
  expect(first.bundle).toBe('# Task auth\n\nbranch: feat/auth\n\nBuild auth.');
  expect(project.inRoom('auth')).toEqual(['bob', 'sue']);
  const { revision } = await project.call('task_list', { project: PROJECT });
  expect(await bob.claim('auth')).toEqual({ ...first, claimed_now: false });
  expect((await project.call('task_list', { project: PROJECT })).revision).toBe(revision);
});

test('a claim takes the task of a branch, or with "any" the first one that is free', async () => {
  await using project = await Project.open();
  const [sue, bob] = [await project.supervisor(), await project.member('bob')];
  await project.tasks(sue, 'auth', 'api', 'docs');
  await project.task(sue, 'late', { dependsOn: ['auth'] });
  const branch = await bob.do('task_claim', { which: { kind: 'branch', branch: 'feat/api' } });
  expect(branch.task.slug).toBe('api');
  const taken = [await bob.do('task_claim', ANY), await bob.do('task_claim', ANY)];
  expect(taken.map(({ task }) => task.slug)).toEqual(['auth', 'docs']);
  expect(await bob.refused('task_claim', ANY)).toMatchObject({ reason: 'task_not_claimable', code: 1 });
});

test('a claim that is made again, because its answer was lost, never takes a second task', async () => {
  await using project = await Project.open();
  const [sue, bob] = [await project.supervisor(), await project.member('bob')];
  await project.tasks(sue, 'auth', 'api');
  const claim = { ...ANY, id: '01JD8X5Q0Z3M4N5P6Q7R8S9T0V' };
  const first = await bob.do('task_claim', claim);
  expect(await bob.do('task_claim', claim)).toEqual({ ...first, claimed_now: false });
  await bob.do('task_release', { slug: first.task.slug });
  expect(await bob.do('task_claim', claim)).toMatchObject({ claimed_now: true });
});

test('with "any" what was assigned to the caller goes first, and full rooms are passed over', async () => {
  await using project = await Project.open();
  const [sue, bob] = [await project.supervisor(), await project.member('bob')];
  await project.tasks(sue, 'auth', 'api', 'docs');
  await project.fill('auth');
  await sue.do('task_reassign', { slug: 'docs', to: bob.id });
  expect((await bob.do('task_claim', ANY)).task).toMatchObject({ slug: 'docs', status: 'in-progress' });
  expect((await bob.do('task_claim', ANY)).task.slug).toBe('api');
  expect(await bob.refused('task_claim', ANY)).toMatchObject({
    reason: 'task_not_claimable',
    context: { full: ['auth'] },
  });
});

test('a task is refused to whoever cannot have it, and nothing changes', async () => {
  await using project = await Project.open();
  const [sue, ann, bob] = [
    await project.supervisor(),
    await project.member('ann'),
    await project.member('bob'),
  ];
  const loner = await project.member('loner', { project: null });
  await project.tasks(sue, 'auth', 'done', 'full', 'going');
  await project.task(sue, 'api', { dependsOn: ['auth'] });
  await project.task(sue, 'coming', { undertaking: { kind: 'publish', details: {} } });
  await ann.claim('auth');
  await sue.do('task_set_status', { slug: 'done', status: 'merged' });
  await project.fill('full');
  await project.change('going', { undertaking: { kind: 'unpublish', details: {} } });
  const before = await project.call('task_list', { project: PROJECT });
  const refusals: [Member, string, object][] = [
    [bob, 'auth', { reason: 'task_taken', context: { slug: 'auth', owner: { name: 'ann' } } }],
    [bob, 'api', { reason: 'task_blocked', context: { blocked_by: ['auth'] } }],
    [bob, 'done', { reason: 'task_not_claimable' }],
    [bob, 'full', { reason: 'room_full' }],
    [bob, 'going', { reason: 'task_busy' }],
    [bob, 'coming', { reason: 'task_not_found', code: 5 }],
    [bob, 'auht', { reason: 'task_not_found', context: { suggestions: ['auth'] } }],
    [loner, 'auth', { reason: 'task_not_found' }],
    [sue, 'full', { reason: 'cannot_claim', code: 6 }],
  ];
  for (const [caller, slug, refusal] of refusals) {
    const error = await caller.refused('task_claim', { which: { kind: 'slug', slug } });
    expect({ slug, ...error }).toMatchObject({ slug, ...refusal });
  }
  const nowhere = await bob.refused('task_claim', { which: { kind: 'branch', branch: 'main' } });
  expect(nowhere.reason).toBe('task_not_found');
  expect(await project.call('task_list', { project: PROJECT })).toEqual(before);
});

test('who waits gets what becomes free, the longest first', async () => {
  await using project = await Project.open();
  const [sue, ann] = [await project.supervisor(), await project.member('ann')];
  const [bob, cid] = [await project.member('bob'), await project.member('cid')];
  await project.task(sue, 'auth');
  await ann.claim('auth');
  const which = { kind: 'slug', slug: 'auth' } as const;
  const first = bob.begin('task_claim', { which, timeout_ms: LONG_MS });
  await bob.do('renew', {});
  const second = cid.begin('task_claim', { ...ANY, timeout_ms: LONG_MS });
  await cid.do('renew', {});
  await ann.do('task_release', { slug: 'auth' });
  expect((await bob.peer.result('task_claim', first)).task.owner?.name).toBe('bob');
  await project.task(sue, 'api');
  expect((await cid.peer.result('task_claim', second)).task.slug).toBe('api');
  expect(project.context.taskWaiters.count).toBe(0);
});

test('a claim blocked by a dependency is served when the last one is merged', async () => {
  await using project = await Project.open();
  const [sue, bob] = [await project.supervisor(), await project.member('bob')];
  await project.tasks(sue, 'auth', 'db');
  await project.task(sue, 'api', { dependsOn: ['auth', 'DB'] });
  const claim = bob.begin('task_claim', { which: { kind: 'slug', slug: 'api' }, timeout_ms: LONG_MS });
  await sue.do('task_set_status', { slug: 'auth', status: 'merged' });
  const merged = await sue.do('task_set_status', { slug: 'db', status: 'merged' });
  expect(merged.opened).toEqual(['api']);
  expect((await bob.peer.result('task_claim', claim)).task).toMatchObject({
    slug: 'api',
    owner: { name: 'bob' },
  });
  expect(project.said('api')).toEqual(['db is merged, and api can be claimed: lalia task claim api']);
});

test('a wait ends with its time, with its caller, and with what it waits for', async () => {
  await using project = await Project.open();
  const [sue, ann, bob] = [
    await project.supervisor(),
    await project.member('ann'),
    await project.member('bob'),
  ];
  await project.task(sue, 'auth');
  await ann.claim('auth');
  const which = { kind: 'slug', slug: 'auth' } as const;
  expect(await bob.refused('task_claim', { which, timeout_ms: 1 })).toMatchObject({
    reason: 'timeout',
    code: 2,
    context: { timeout_ms: 1, because: 'task_taken' },
  });
  const cancelled = bob.begin('task_claim', { which, timeout_ms: LONG_MS });
  bob.peer.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'cancel', params: { id: cancelled } })}\n`);
  expect((await errorOf(bob.peer, cancelled)).reason).toBe('cancelled');
  const merged = bob.begin('task_claim', { which, timeout_ms: LONG_MS });
  await bob.do('renew', {});
  await sue.do('task_set_status', { slug: 'auth', status: 'merged' });
  expect((await errorOf(bob.peer, merged)).reason).toBe('task_not_claimable');
  const second = await project.peer();
  const unregistered = bob.begin('task_claim', { ...ANY, timeout_ms: LONG_MS });
  await bob.do('renew', {});
  await bob.call(second, 'unregister', {});
  expect((await errorOf(bob.peer, unregistered)).reason).toBe('unregistered');
  expect(project.context.taskWaiters.count).toBe(0);
});

test('nothing goes to a claimer whose connection is gone', async () => {
  await using project = await Project.open();
  const [sue, ann, bob] = [
    await project.supervisor(),
    await project.member('ann'),
    await project.member('bob'),
  ];
  await project.list(sue);
  ann.begin('task_claim', { ...ANY, timeout_ms: LONG_MS });
  await ann.do('renew', {});
  await ann.peer.close();
  const claim = bob.begin('task_claim', { ...ANY, timeout_ms: LONG_MS });
  await project.task(sue, 'auth');
  expect((await bob.peer.result('task_claim', claim)).task.owner?.name).toBe('bob');
});

test('twenty claimers racing for ten tasks, a hundred times over, never share one', async () => {
  await using project = await Project.open();
  const sue = await project.supervisor();
  const slugs = Array.from({ length: 10 }, (_, index) => `task-${String(index)}`);
  await project.tasks(sue, ...slugs);
  const members: Member[] = [];
  for (let index = 0; index < 20; index += 1) members.push(await project.member(`w${String(index)}`));
  for (let round = 0; round < 100; round += 1) {
    const answers = await Promise.all(
      members.map((member, index) => {
        const slug = slugs[(index * 7 + round) % slugs.length] ?? '';
        const which = round % 2 === 0 ? ({ kind: 'any' } as const) : ({ kind: 'slug', slug } as const);
        return member.peer.answer(member.begin('task_claim', { which }));
      }),
    );
    const won = answers.flatMap((answer, index) =>
      'error' in answer
        ? []
        : [[(answer.result as { task: { slug: string } }).task.slug, members[index]?.name]],
    );
    expect(new Set(won.map(([slug]) => slug)).size).toBe(10);
    expect(won.length).toBe(10);
    const rows = slugs.map((slug) => [slug, project.context.views.agent(project.row(slug).owner ?? '').name]);
    expect(won.toSorted()).toEqual(rows.toSorted());
    await Promise.all(slugs.map((slug) => sue.do('task_unassign', { slug })));
  }
});

test('every change of a task is in the transcript, and the transcript holds', async () => {
  await using project = await Project.open();
  const [sue, bob] = [await project.supervisor(), await project.member('bob')];
  await project.task(sue, 'auth');
  await bob.claim('auth');
  await bob.do('task_set_status', { slug: 'auth', status: 'ready' });
  await sue.do('task_set_status', { slug: 'auth', status: 'merged' });
  await sue.do('rooms_gc', {});
  await project.opened.journaled();
  const { problems } = await verifyTranscript(project.workspace);
  expect(problems).toEqual([]);
});
