/** Publishing, against a real daemon and real git (spec 8). */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '@lalia/client';
import { git, Lalia } from '@lalia/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { EVERYTHING, NOTHING, type Outcome, stream, Workshop } from './_published.ts';
import { expectTranscript, historyOf } from './faults/_transcript.ts';

const lalia = new Lalia();
afterAll(() => lalia[Symbol.asyncDispose]());

function kinds(outcomes: readonly Outcome[]): string[] {
  return outcomes.map(({ outcome, error }) => error?.reason ?? outcome);
}

async function refusalOf(call: Promise<unknown>): Promise<{ reason: string; code: number; message: string }> {
  return call.then(
    (value) => expect.unreachable(`It was not refused: ${JSON.stringify(value)}`),
    (error: unknown) => error as { reason: string; code: number; message: string },
  );
}

describe.concurrent('publishing', () => {
  test('makes worktree, branch, room with the bundle, and task, for each workstream', async () => {
    const shop = await Workshop.open(lalia, 'häuser');
    const plan = [
      stream('api', { owned_paths: ['src/api/'], contracts: [{ other_slug: 'ui', note: 'GET /x' }] }),
      stream('ui', { depends_on: ['api'], branch: 'ui/new-look' }),
    ];
    const outcomes = await shop.publish(...plan);
    expect(kinds(outcomes)).toEqual(['published', 'published']);
    expect(await shop.traces(stream('api'))).toEqual(EVERYTHING);
    expect(await git(shop.worktree('ui'), 'branch', '--show-current')).toBe('ui/new-look\n');
    expect(outcomes.map(({ task }) => task)).toEqual(await shop.listed());
    expect((await shop.listed()).map(({ slug, status, blocked_by }) => [slug, status, blocked_by])).toEqual([
      ['api', 'open', []],
      ['ui', 'open', ['api']],
    ]);
    const rooms = await Promise.all(['api', 'ui'].map((room) => historyOf(shop.supervisor, { room })));
    expect(rooms[0]?.map(({ seq, body, from }) => [seq, from.name, body])).toEqual([
      [
        1,
        'sue',
        '# Task api\n\nbranch: feat/api\n\nDo api.\n\n## Owned paths\n\n- `src/api/`\n\n## Contracts\n\n- ui: GET /x',
      ],
    ]);
    await lalia.journaled();
    expect(await lalia.cli(['verify'])).toMatchObject({ code: 0 });
  });

  test('lists what depends on what comes later in the plan in the order of the plan', async () => {
    const shop = await Workshop.open(lalia, 'backwards');
    const outcomes = await shop.publish(stream('last', { depends_on: ['first'] }), stream('first'));
    expect(kinds(outcomes)).toEqual(['published', 'published']);
    expect((await shop.listed()).map(({ slug }) => slug)).toEqual(['last', 'first']);
  });

  test('refuses what would make the list too large to be looked at', async () => {
    const shop = await Workshop.open(lalia, 'novels');
    const brief = 'x'.repeat(900 * 1024);
    await shop.publish(stream('a', { brief }), stream('b', { brief }));
    const refusal = await refusalOf(shop.publish(stream('c', { brief }), stream('d', { brief })));
    expect(refusal).toMatchObject({ reason: 'message_too_large', code: 1 });
    expect((await shop.listed()).map(({ slug }) => slug)).toEqual(['a', 'b']);
    expect(await shop.traces(stream('c'))).toEqual(NOTHING);
  });

  test('again changes nothing, also when it was claimed meanwhile', async () => {
    const shop = await Workshop.open(lalia, 'again');
    const [first] = await shop.publish(stream('a'));
    const worker = await shop.agent('bob');
    await worker.tasks.claim({ slug: 'a' });
    const before = await shop.client.tasks.list('again');
    const [second] = await shop.publish(stream('a'));
    expect(second).toMatchObject({ outcome: 'unchanged', task: { task_id: first?.task?.task_id } });
    expect(await shop.client.tasks.list('again')).toEqual(before);
    expect(await historyOf(shop.supervisor, { room: 'a' })).toHaveLength(1);
  });

  test('twice at once gives one of each', async () => {
    const shop = await Workshop.open(lalia, 'twice');
    const plan = [stream('a'), stream('b', { depends_on: ['a'] })];
    const both = await Promise.all([shop.publish(...plan), shop.publish(...plan)]);
    expect(both.map(kinds).toSorted()).toEqual([
      ['published', 'published'],
      ['unchanged', 'unchanged'],
    ]);
    expect(await shop.listed()).toHaveLength(2);
  });

  test('refuses a slug that was published otherwise, and lets the others stand', async () => {
    const shop = await Workshop.open(lalia, 'otherwise');
    await shop.publish(stream('a'), stream('b'));
    const outcomes = await shop.publish(
      stream('a', { brief: 'Do it in another way.' }),
      stream('B', { branch: 'other' }),
      stream('c', { branch: 'feat/b' }),
      stream('d'),
    );
    expect(kinds(outcomes)).toEqual(['task_exists', 'task_exists', 'branch_in_use', 'published']);
    expect(outcomes[0]?.error).toMatchObject({ code: 1, context: { differs: ['brief'] } });
  });

  test('takes nothing over: a path, a branch and a room in use are refused, with all that depends on them', async () => {
    const shop = await Workshop.open(lalia, 'occupied');
    await shop.supervisor.createRoom('room');
    mkdirSync(shop.worktree('path'), { recursive: true });
    writeFileSync(join(shop.worktree('path'), 'mine'), 'mine');
    const outcomes = await shop.publish(
      stream('on-main', { branch: 'main' }),
      stream('room'),
      stream('path'),
      stream('after', { depends_on: ['later'] }),
      stream('later', { depends_on: ['path'] }),
      stream('free'),
    );
    expect(kinds(outcomes)).toEqual([
      'branch_in_use',
      'room_exists',
      'path_in_use',
      'task_not_found',
      'task_not_found',
      'published',
    ]);
    expect(outcomes[4]?.error?.message).toContain('depends on path, which was refused (path_in_use)');
    for (const slug of ['room', 'after', 'later']) {
      expect(await shop.traces(stream(slug)), slug).toEqual({ ...NOTHING, isRoomOpen: slug === 'room' });
    }
    expect(existsSync(join(shop.worktree('path'), 'mine'))).toBe(true);
    expect(await shop.traces(stream('free'))).toEqual(EVERYTHING);
  });

  test('names every place that is wrong in a plan, and does nothing', async () => {
    const shop = await Workshop.open(lalia, 'wrong');
    const refused = await refusalOf(
      shop.publish(
        stream('a', { depends_on: ['b'] }),
        stream('b', { depends_on: ['a'] }),
        stream('c', { depends_on: ['x'] }),
      ),
    );
    expect(refused).toMatchObject({ reason: 'invalid_params', code: 1 });
    expect(refused.message).toContain('workstreams[2].depends_on[0]: unknown slug "x"');
    expect(refused.message).toContain('a → b → a');
    expect(await shop.traces(stream('c'))).toEqual(NOTHING);
  });

  test('warns of paths that two workstreams own, also one that is open already', async () => {
    const shop = await Workshop.open(lalia, 'overlap');
    await shop.publish(stream('old', { owned_paths: ['docs/'] }));
    const plan = {
      workstreams: [
        stream('a', { owned_paths: ['src/'] }),
        stream('b', { owned_paths: ['src/x', 'docs/'] }),
        stream('refused', { branch: 'main', owned_paths: ['src/'] }),
      ],
    };
    const { warnings } = await shop.supervisor.tasks.publish(plan, { cwd: shop.repository });
    expect(warnings.toSorted()).toEqual([
      expect.stringMatching(/^a and b both own /),
      expect.stringMatching(/^(b and old|old and b) both own docs\/$/),
    ]);
  });

  test('with dry_run changes nothing and says what would happen', async () => {
    const shop = await Workshop.open(lalia, 'dry');
    mkdirSync(shop.worktree('path'), { recursive: true });
    const plan = { workstreams: [stream('a'), stream('path'), stream('c', { depends_on: ['path'] })] };
    const dry = await shop.supervisor.tasks.publish(plan, { cwd: shop.repository, dryRun: true });
    expect(kinds(dry.outcomes)).toEqual(['published', 'path_in_use', 'task_not_found']);
    expect(dry.outcomes[0]).toMatchObject({ task: null, worktree: shop.worktree('a') });
    expect(await shop.traces(stream('a'))).toEqual(NOTHING);
    expect((await shop.client.tasks.list('dry')).supervisor).toBeNull();
  });

  test('is for supervisors, in their own repository and project', async () => {
    const shop = await Workshop.open(lalia, 'whose');
    const elsewhere = await lalia.repository('elsewhere');
    const plan = { workstreams: [stream('a')] };
    const worker = await shop.agent('bob');
    expect(await refusalOf(shop.publishAs(worker, plan))).toMatchObject({
      reason: 'not_supervisor',
      code: 6,
    });
    const refusals = await Promise.all([
      refusalOf(shop.supervisor.tasks.publish(plan, { cwd: elsewhere })),
      refusalOf(shop.publishAs(shop.supervisor, { ...plan, project: 'other' })),
      refusalOf(shop.publishAs(shop.supervisor, { ...plan, repo_root: elsewhere })),
    ]);
    for (const refused of refusals) {
      expect(refused).toMatchObject({ reason: 'project_identity_mismatch', code: 8 });
    }
    expect(await shop.traces(stream('a'))).toEqual(NOTHING);
  });

  test('has one supervisor a project: of two at once one wins', async () => {
    const shop = await Workshop.open(lalia, 'rivals');
    const rival = await shop.agent('ron', 'supervisor');
    const race = await Promise.allSettled([
      shop.publish(stream('a')),
      shop.publishAs(rival, { workstreams: [stream('b')] }),
    ]);
    expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const [lost] = race.flatMap((one) => (one.status === 'rejected' ? [one.reason as object] : []));
    expect(lost).toMatchObject({ reason: 'supervisor_busy', code: 7 });
    expect(await shop.listed()).toHaveLength(1);
  });

  test('refuses two repositories of one project name', async () => {
    const shop = await Workshop.open(lalia, 'shared');
    await shop.publish(stream('a'));
    const other = await lalia.repository('other place/shared');
    const rival = await shop.agent('ron', 'supervisor', other);
    const refused = await refusalOf(rival.tasks.publish({ workstreams: [stream('b')] }, { cwd: other }));
    expect(refused).toMatchObject({ reason: 'project_identity_mismatch', code: 8 });
    expect(refused.message).toContain(shop.repository);
  });

  test('from a repository without commits is one clear error', async () => {
    const empty = join(lalia.folder, 'empty');
    mkdirSync(empty);
    await git(empty, 'init', '-q', '-b', 'main');
    const shop = await Workshop.open(lalia, 'unrelated');
    const supervisor = await shop.agent('ella', 'supervisor', empty);
    const refused = await refusalOf(supervisor.tasks.publish({ workstreams: [stream('a')] }, { cwd: empty }));
    expect(refused).toMatchObject({ reason: 'no_commits', code: 1 });
  });

  test('goes beside the worktree that the plan names, and begins at its HEAD', async () => {
    const shop = await Workshop.open(lalia, 'nested');
    const side = join(lalia.folder, 'somewhere else', 'side');
    await git(shop.repository, 'worktree', 'add', '-q', '-b', 'side', side);
    await git(side, 'commit', '-q', '--allow-empty', '-m', 'Only here');
    const repo_root = `${side}/src/..`;
    const [outcome] = await shop.publishAs(shop.supervisor, { repo_root, workstreams: [stream('a')] });
    expect(outcome?.worktree).toBe(join(lalia.folder, 'somewhere else', 'wt', 'a'));
    expect(await git(outcome?.worktree ?? '', 'log', '-1', '--format=%s')).toBe('Only here\n');
  });

  test('works from a bare repository', async () => {
    const shop = await Workshop.open(lalia, 'origin');
    const bare = join(lalia.folder, 'bare ones', 'bare.git');
    await git(lalia.folder, 'clone', '-q', '--bare', shop.repository, bare);
    const supervisor = await shop.agent('ella', 'supervisor', bare);
    const { outcomes } = await supervisor.tasks.publish({ workstreams: [stream('a')] }, { cwd: bare });
    expect(kinds(outcomes)).toEqual(['published']);
    expect(await git(join(lalia.folder, 'bare ones/wt/a'), 'branch', '--show-current')).toBe('feat/a\n');
  });

  test('in a project whose repository was moved is refused until it is registered there', async () => {
    const shop = await Workshop.open(lalia, 'moving');
    const moved = join(lalia.folder, 'moved');
    renameSync(shop.repository, moved);
    const refused = await refusalOf(
      shop.supervisor.tasks.publish({ workstreams: [stream('a')] }, { cwd: moved }),
    );
    expect(refused).toMatchObject({ reason: 'project_identity_mismatch' });
  });
});

test('bundles are in the transcript like any message', async () => {
  await using own = new Lalia();
  const shop = await Workshop.open(own, 'written');
  await shop.publish(stream('a'), stream('b'));
  const rooms = await Promise.all(['a', 'b'].map((room) => historyOf(shop.supervisor, { room })));
  await expectTranscript(own, rooms);
  const document = await git(own.workspace, 'show', 'HEAD:tasks/written/task-list.json');
  const { tasks } = JSON.parse(document) as { tasks: Result<'task_list'>['tasks'] };
  expect(tasks.map(({ slug, status }) => [slug, status])).toEqual([
    ['a', 'open'],
    ['b', 'open'],
  ]);
});
