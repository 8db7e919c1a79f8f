/** Unpublishing and the guard, against a real daemon and real git (spec 8). */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '@lalia/client';
import { git, Lalia, run } from '@lalia/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { EVERYTHING, NOTHING, stream, Workshop } from './_published.ts';
import { historyOf } from './faults/_transcript.ts';

const lalia = new Lalia();
afterAll(() => lalia[Symbol.asyncDispose]());

type Unpublished = Result<'task_unpublish'>;

async function refusal(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    (value) => expect.unreachable(`It was not refused: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
}

describe.concurrent('unpublishing', () => {
  test('takes the task off the list, closes its room, and keeps branch and worktree', async () => {
    const shop = await Workshop.open(lalia, 'kept');
    await shop.publish(stream('a'), stream('b'));
    const result = await shop.supervisor.tasks.unpublish('a');
    expect(result).toMatchObject<Partial<Unpublished>>({
      worktree: shop.worktree('a'),
      worktree_removed: false,
      branch_removed: false,
      freed: [],
    });
    expect(await shop.traces(stream('a'))).toEqual({ ...EVERYTHING, isListed: false, isRoomOpen: false });
    expect((await shop.listed()).map(({ slug }) => slug)).toEqual(['b']);
    expect(await refusal(shop.supervisor.tasks.unpublish('a'))).toMatchObject({
      reason: 'task_not_found',
      code: 5,
    });
    expect(await refusal(shop.supervisor.post('a', 'late'))).toMatchObject({ reason: 'room_archived' });
  });

  test('with wipe_worktree removes worktree and branch, and all can be published again', async () => {
    const shop = await Workshop.open(lalia, 'wiped');
    await shop.publish(stream('a'));
    const result = await shop.supervisor.tasks.unpublish('a', { wipeWorktree: true });
    expect(result).toMatchObject({ worktree_removed: true, branch_removed: true });
    expect(await shop.traces(stream('a'))).toEqual(NOTHING);
    const [again] = await shop.publish(stream('a'));
    expect(again).toMatchObject({ outcome: 'published' });
    expect(await shop.traces(stream('a'))).toEqual(EVERYTHING);
  });

  test('never deletes what is nowhere else, whatever the flags', async () => {
    const shop = await Workshop.open(lalia, 'unsaved');
    await shop.publish(stream('untracked'), stream('unpushed'));
    const file = join(shop.worktree('untracked'), 'new file');
    writeFileSync(file, 'work');
    await git(shop.worktree('unpushed'), 'commit', '-q', '--allow-empty', '-m', 'Work');
    for (const slug of ['untracked', 'unpushed']) {
      const all = { force: true, wipeWorktree: true, evictOwner: true };
      const refused = await refusal(shop.supervisor.tasks.unpublish(slug, all));
      expect(refused, slug).toMatchObject({ reason: 'unsaved_work', code: 1 });
      expect(await shop.traces(stream(slug)), slug).toEqual(EVERYTHING);
    }
    expect(existsSync(file)).toBe(true);
    // As it was before: it can be changed, and unpublished without wiping.
    const worker = await shop.agent('bob');
    await worker.tasks.claim({ slug: 'untracked' });
    await worker.tasks.release('untracked');
    await shop.supervisor.tasks.unpublish('untracked');
    expect(existsSync(file)).toBe(true);
  });

  test('over a live owner needs evict_owner, and tells the owner and the room', async () => {
    const shop = await Workshop.open(lalia, 'evicted');
    await shop.publish(stream('a'));
    const bob = await shop.agent('bob');
    await bob.tasks.claim({ slug: 'a' });
    const { tasks } = shop.supervisor;
    expect(await refusal(tasks.unpublish('a', { force: true }))).toMatchObject({
      reason: 'owner_live',
      code: 1,
    });
    await tasks.unpublish('a', { evictOwner: true });
    const [note] = await historyOf(bob, { peer: 'lalia' });
    expect(note).toMatchObject({ from: { name: 'lalia' } });
    expect(note?.body).toMatch(/^sue took your task a off the list\..* lalia task claim --any$/);
    const room = await historyOf(shop.supervisor, { room: 'a' });
    expect(room.at(-1)?.body).toMatch(/^sue took the task a off the list/);
    expect(await refusal(bob.history({ room: 'a' }))).toMatchObject({ reason: 'room_not_found' });
  });

  test('of a task that others depend on needs force, and frees them', async () => {
    const shop = await Workshop.open(lalia, 'freed');
    await shop.publish(stream('a'), stream('b', { depends_on: ['a'] }));
    const { tasks } = shop.supervisor;
    expect(await refusal(tasks.unpublish('a', { evictOwner: true }))).toMatchObject({
      reason: 'needs_force',
      context: { dependents: ['b'] },
    });
    expect(await tasks.unpublish('a', { force: true })).toMatchObject({ freed: ['b'] });
    expect(await shop.listed()).toMatchObject([{ slug: 'b', depends_on: [], blocked_by: [] }]);
    const room = await historyOf(shop.supervisor, { room: 'b' });
    expect(room.at(-1)?.body).toContain('lalia task claim b');
  });

  test('of a merged task needs nothing', async () => {
    const shop = await Workshop.open(lalia, 'merged');
    await shop.publish(stream('a'), stream('b', { depends_on: ['a'] }));
    await shop.supervisor.tasks.setStatus('a', 'merged');
    expect(await shop.supervisor.tasks.unpublish('a')).toMatchObject({ freed: ['b'] });
  });

  test('of the task of somebody who is away needs force', async () => {
    const shop = await Workshop.open(lalia, 'away');
    await shop.publish(stream('a'));
    const bob = await shop.agent('bob');
    await bob.tasks.claim({ slug: 'a' });
    await shop.sessionEnds(bob);
    expect(await refusal(shop.supervisor.tasks.unpublish('a'))).toMatchObject({ reason: 'needs_force' });
    expect(await shop.supervisor.tasks.unpublish('a', { force: true })).toMatchObject({
      task: { slug: 'a' },
    });
  });

  test('is for the supervisor', async () => {
    const shop = await Workshop.open(lalia, 'not-yours');
    await shop.publish(stream('a'));
    const bob = await shop.agent('bob');
    const ron = await shop.agent('ron', 'supervisor');
    for (const agent of [bob, ron]) {
      expect(await refusal(agent.tasks.unpublish('a', { force: true }))).toMatchObject({
        reason: 'not_supervisor',
        code: 6,
      });
    }
  });

  test('twice at once is done once', async () => {
    const shop = await Workshop.open(lalia, 'two-wipes');
    await shop.publish(stream('a'));
    const wipe = () => shop.supervisor.tasks.unpublish('a', { wipeWorktree: true });
    const both = await Promise.allSettled([wipe(), wipe()]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await shop.traces(stream('a'))).toEqual(NOTHING);
  });

  test('with wipe_worktree does not need a worktree that somebody has removed', async () => {
    const shop = await Workshop.open(lalia, 'missing');
    await shop.publish(stream('a'));
    rmSync(shop.worktree('a'), { recursive: true });
    await shop.supervisor.tasks.unpublish('a', { wipeWorktree: true });
    expect(await shop.traces(stream('a'))).toMatchObject({ isListed: false, hasFolder: false });
  });
});

test('the guard is set up in all worktrees, in later ones too, and taken away again', async () => {
  const shop = await Workshop.open(lalia, 'guarded');
  const { tasks } = shop.supervisor;
  expect(await refusal(tasks.guard('install'))).toMatchObject({ reason: 'task_not_found' });
  await shop.publish(stream('a'));
  const { worktrees } = await tasks.guard('install');
  expect(worktrees).toMatchObject([{ slug: 'a', worktree: shop.worktree('a'), done: true }]);
  await shop.publish(stream('b'));
  for (const slug of ['a', 'b']) expect(await commits(shop.worktree(slug)), slug).toBe(false);
  expect((await tasks.guard('uninstall')).worktrees.map(({ done }) => done)).toEqual([true, true]);
  await shop.publish(stream('c'));
  for (const slug of ['a', 'b', 'c']) expect(await commits(shop.worktree(slug)), slug).toBe(true);
  const bob = await shop.agent('bob');
  expect(await refusal(bob.tasks.guard('install'))).toMatchObject({ reason: 'not_supervisor', code: 6 });
});

/** Whether a commit goes through, where `lalia` says of everything that it is somebody else's: what counts is that it is asked. */
async function commits(worktree: string): Promise<boolean> {
  const bin = join(lalia.folder, 'says-no');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'lalia'), '#!/bin/sh\nexit 6\n', { mode: 0o755 });
  writeFileSync(join(worktree, 'file'), 'changed');
  await git(worktree, 'add', 'file');
  const env = { ...lalia.env, PATH: `${bin}:${lalia.env['PATH'] ?? ''}` };
  const { code } = await run(['git', 'commit', '-q', '-m', 'Change'], { cwd: worktree, env });
  return code === 0;
}
