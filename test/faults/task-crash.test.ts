/** The daemon is killed, or stopped, while tasks are published and unpublished: then it is either all or nothing (spec 8). */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isLaliaError } from '@lalia/client';
import { becomes, git, Lalia, type Running } from '@lalia/testkit';
import { describe, expect, test } from 'vitest';
import { EVERYTHING, NOTHING, stream, type Traces, Workshop } from '../_published.ts';
import { expectTranscript, historyOf } from './_transcript.ts';

const PLAN = [stream('a'), stream('b', { depends_on: ['a'] }), stream('c')];

/** A home whose daemon will be killed at a failpoint, and a supervisor in a repository. */
async function doomed(lalia: Lalia, failpoint: string): Promise<{ daemon: Running; shop: Workshop }> {
  const daemon = await lalia.daemon({ LALIA_FAILPOINTS: failpoint });
  return { daemon, shop: await Workshop.open(lalia, 'crash') };
}

/** Waits until nothing is underway: the first turn of the repository is over when the second one is answered. */
async function recovered(shop: Workshop): Promise<void> {
  await shop.supervisor.tasks.publish(
    { workstreams: [stream('probe')] },
    { cwd: shop.repository, dryRun: true },
  );
}

/** Each slug is there completely, or not at all. */
async function expectAllOrNothing(shop: Workshop): Promise<Traces[]> {
  const all = await Promise.all(PLAN.map((one) => shop.traces(one)));
  for (const traces of all) expect(traces).toEqual(traces.isListed ? EVERYTHING : NOTHING);
  return all;
}

/** What git thinks of the repository, and what the transcript says of the tasks. */
async function expectSound(shop: Workshop): Promise<void> {
  expect(await git(shop.repository, 'fsck', '--full', '--strict', '--no-dangling')).toBe('');
  expect(await git(shop.repository, 'status', '--porcelain')).toBe('');
  expect(await git(shop.repository, 'worktree', 'list', '--porcelain')).not.toMatch(/prunable|locked/);
  const tasks = await shop.listed();
  const { rooms } = await shop.supervisor.rooms();
  const talks = await Promise.all(
    rooms
      .filter(({ messages }) => messages > 0)
      .map(({ room_id }) => historyOf(shop.supervisor, { room: room_id })),
  );
  await expectTranscript(shop.lalia, talks);
  const listed = JSON.parse(await git(shop.lalia.workspace, 'show', 'HEAD:tasks/crash/task-list.json')) as {
    readonly tasks: { readonly slug: string }[];
  };
  expect(listed.tasks.map(({ slug }) => slug)).toEqual(tasks.map(({ slug }) => slug));
  for (const { slug } of tasks) {
    expect(await git(shop.lalia.workspace, 'ls-tree', '-r', '--name-only', 'HEAD', 'rooms/')).toContain(
      `rooms/${slug}/ROOM.md`,
    );
  }
}

/** A call that the daemon does not survive; the client may have it carried out by the next one. */
async function mayBeLost(call: Promise<unknown>): Promise<void> {
  await call.catch((error: unknown) => {
    if (!isLaliaError(error) || !['connection_lost', 'daemon_stopping'].includes(error.reason)) throw error;
  });
}

const PUBLISH_POINTS = [
  'task_publish.accepted',
  'publish.recorded',
  'publish.worktree_made',
  'publish.worktree_made:2',
  'publish.done',
  'publish.done:3',
  'task_publish.done',
  'task_publish.answered',
];

describe.concurrent('a daemon killed while it publishes', () => {
  test.each(PUBLISH_POINTS)('at %s leaves all or nothing, and publishing again is content', async (point) => {
    await using lalia = new Lalia();
    const { daemon, shop } = await doomed(lalia, point);
    await mayBeLost(shop.publish(...PLAN));
    expect((await daemon.finished).signal).toBe('SIGKILL');
    await recovered(shop);
    const all = await expectAllOrNothing(shop);
    // The client has asked the next daemon again.
    expect(all).toEqual([EVERYTHING, EVERYTHING, EVERYTHING]);
    await expectSound(shop);
    const again = await shop.publish(...PLAN);
    expect(again.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged', 'unchanged']);
    expect(await historyOf(shop.supervisor, { room: 'b' })).toHaveLength(1);
  });

  test('finishes without being asked again what was recorded', async () => {
    await using lalia = new Lalia();
    const shop = await recordedOnly(lalia);
    await recovered(shop);
    expect(await expectAllOrNothing(shop)).toEqual([EVERYTHING, EVERYTHING, EVERYTHING]);
    await expectSound(shop);
  });

  test('takes back what has become impossible, with what depends on it', async () => {
    await using lalia = new Lalia();
    const shop = await recordedOnly(lalia);
    // Somebody takes the branch of the first one before the next daemon comes to it.
    const elsewhere = join(lalia.folder, 'elsewhere');
    await git(shop.repository, 'worktree', 'add', '-q', '-b', 'feat/a', elsewhere);
    await recovered(shop);
    expect(await shop.traces(stream('a'))).toEqual({ ...NOTHING, hasBranch: true });
    expect(await shop.traces(stream('b'))).toEqual(NOTHING);
    expect(await shop.traces(stream('c'))).toEqual(EVERYTHING);
    expect(existsSync(elsewhere)).toBe(true);
    const again = await shop.publish(...PLAN);
    expect(again.map(({ outcome, error }) => error?.reason ?? outcome)).toEqual([
      'branch_in_use',
      'task_not_found',
      'unchanged',
    ]);
    await expectSound(shop);
  });
});

test('what was recorded for a repository that is gone is forgotten', async () => {
  await using lalia = new Lalia();
  const shop = await recordedOnly(lalia);
  rmSync(shop.repository, { recursive: true });
  // A supervisor with anything underway could not.
  await becomes(() => shop.supervisor.unregister().then(() => true, isBusy));
  expect(await shop.listed()).toEqual([]);
});

/** A plan of which the daemon has recorded all and made nothing, and whose publisher has gone without an answer. */
async function recordedOnly(lalia: Lalia): Promise<Workshop> {
  const { daemon, shop } = await doomed(lalia, 'publish.recorded');
  const cut = await lalia.connect();
  const supervisor = await cut.resume(shop.supervisor.id);
  const lost = supervisor.tasks.publish({ workstreams: PLAN }, { cwd: shop.repository });
  lost.catch(() => undefined);
  await Promise.all([daemon.finished, cut.close()]);
  return shop;
}

function isBusy(error: unknown): boolean {
  if (isLaliaError(error) && error.reason === 'supervisor_busy') return false;
  throw error;
}

const UNPUBLISH_POINTS = [
  'task_unpublish.accepted',
  'unpublish.recorded',
  'unpublish.worktree_removed',
  'unpublish.branch_removed',
  'unpublish.done',
  'task_unpublish.done',
  'task_unpublish.answered',
];

describe.concurrent('a daemon killed while it unpublishes', () => {
  test.each(UNPUBLISH_POINTS)(
    'at %s leaves all or nothing, and the slug can be used again',
    async (point) => {
      await using lalia = new Lalia();
      const { daemon, shop } = await doomed(lalia, point);
      await shop.publish(...PLAN);
      await mayBeLost(shop.supervisor.tasks.unpublish('c', { wipeWorktree: true }));
      expect((await daemon.finished).signal).toBe('SIGKILL');
      await recovered(shop);
      const [a, b, c] = await expectAllOrNothing(shop);
      expect([a, b]).toEqual([EVERYTHING, EVERYTHING]);
      // Nothing had been recorded where it was killed before the request was carried out.
      expect(c).toEqual(point === 'task_unpublish.accepted' ? EVERYTHING : NOTHING);
      await expectSound(shop);
      const again = await shop.publish(...PLAN);
      expect(again.map(({ outcome }) => outcome)).not.toContain('refused');
      expect(await expectAllOrNothing(shop)).toEqual([EVERYTHING, EVERYTHING, EVERYTHING]);
    },
  );
});

test('a daemon stopped while it publishes leaves the rest to the next one', async () => {
  await using lalia = new Lalia();
  const shop = await Workshop.open(lalia, 'crash');
  const many = Array.from({ length: 12 }, (_, index) => stream(`s${String(index)}`));
  const publishing = shop.publish(...many);
  const folder = shop.worktree('.');
  await becomes(() => existsSync(folder) && readdirSync(folder).length > 0);
  await lalia.json(['stop']);
  // The client asks the next daemon again, for whom it is nothing new.
  const outcomes = await publishing;
  expect(outcomes.filter(({ outcome }) => outcome === 'refused')).toEqual([]);
  expect((await shop.listed()).map(({ slug }) => slug)).toEqual(many.map(({ slug }) => slug));
  for (const one of many) expect(await shop.traces(one), one.slug).toEqual(EVERYTHING);
  await expectSound(shop);
});
