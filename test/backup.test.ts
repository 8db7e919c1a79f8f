/** Backup and restore: everything of a home in one file, and a home out of it. */
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Agent } from '@lalia/client';
import { git, Lalia, type Person } from '@lalia/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Crowd } from './faults/_crowd.ts';
import { resident } from './faults/_people.ts';
import { expectTranscript, historyOf } from './faults/_transcript.ts';

interface Restored {
  readonly unread: number;
  readonly moved_aside: readonly string[];
}

/** As a disk is lost: the daemon at once, and with it everything it had. */
async function lose(lalia: Lalia): Promise<void> {
  await lalia.killDaemon();
  rmSync(lalia.home, { recursive: true });
  rmSync(lalia.workspace, { recursive: true });
}

/** Git and database agree: the journal has nothing to object to, the transcript verifies, and the files are those of HEAD. */
async function expectSound(lalia: Lalia): Promise<void> {
  await lalia.journaled();
  expect((await lalia.cli(['verify'])).stdout).toMatch(/^No problems: /);
  expect(await git(lalia.workspace, 'status', '--porcelain')).toBe('');
  await git(lalia.workspace, 'fsck', '--full', '--strict');
}

test('what was lost comes back: unread messages, keys, rooms, nicknames, and the next number', async () => {
  await using lalia = new Lalia();
  const [alice, bob] = await lalia.people('shop', 'alice', 'bob');
  if (alice === undefined || bob === undefined) throw new Error('two were registered');
  await alice.says(['room', 'create', 'den']);
  await bob.says(['join', 'den']);
  await alice.says(['nickname', 'friend', 'bob']);
  await alice.says(['tell', 'bob', 'one']);
  await alice.says(['post', 'den', 'in the room']);
  await bob.says(['read', 'alice']);
  await alice.says(['tell', 'bob', 'two']);
  const file = join(lalia.folder, 'b.tar');
  await alice.says(['backup', file]);
  expect(statSync(file).mode & 0o777).toBe(0o600);

  await lose(lalia);
  const { unread } = await lalia.json<Restored>(['restore', file]);
  expect(unread).toBe(2);
  expect(statSync(lalia.home).mode & 0o777).toBe(0o700);
  expect(statSync(join(lalia.home, 'lalia.db')).mode & 0o777).toBe(0o600);
  expect(statSync(join(lalia.home, 'keys', `${alice.id}.key`)).mode & 0o777).toBe(0o600);
  // Before any daemon has run on it.
  expect(await git(lalia.workspace, 'status', '--porcelain')).toBe('');

  expect(await bob.says(['read', 'alice'])).toContain('| two');
  expect(await bob.says(['read', 'den'])).toContain('| in the room');
  expect(await alice.json(['tell', 'friend', 'three'])).toMatchObject({ seq: 3 });
  await expectSound(lalia);
});

test('taken while eight send, nothing that was acknowledged before it began is missing, and git agrees', async () => {
  await using lalia = new Lalia();
  const reader = await resident(lalia, 'reader');
  const crowd = await Crowd.begin(lalia, 'reader');
  await crowd.goesOn();
  const before = crowd.acknowledged();
  const file = join(lalia.folder, 'b.tar');
  await lalia.json(['backup', file]);
  await crowd.goesOn();
  await crowd.end();

  await lose(lalia);
  await lalia.json(['restore', file]);
  const conversations = await Promise.all([...before.keys()].map((peer) => historyOf(reader, { peer })));
  for (const [position, sent] of [...before.values()].entries()) {
    expect(conversations[position]?.map(({ body }) => body).slice(0, sent.length)).toEqual(sent);
  }
  await expectTranscript(lalia, conversations);
});

test('what was handed out and not acknowledged is unread again', async () => {
  await using lalia = new Lalia();
  const [alice, bob] = await lalia.people('shop', 'alice', 'bob');
  await alice?.says(['tell', 'bob', 'held']);
  const agent = await bob?.sdk();
  const delivery = await agent?.read('any', { timeoutMs: 0 });
  expect(delivery?.messages).toHaveLength(1);
  const file = join(lalia.folder, 'b.tar');
  await lalia.json(['backup', file]);
  await lose(lalia);
  expect(await lalia.json<Restored>(['restore', file])).toMatchObject({ unread: 1 });
  expect(await bob?.says(['read', 'alice'])).toContain('| held');
});

test('a backup is a new file, outside of what it is a backup of', async () => {
  await using lalia = new Lalia();
  const file = join(lalia.folder, 'b.tar');
  writeFileSync(file, 'mine');
  expect(await lalia.refusal(['backup', file])).toMatchObject({ reason: 'path_in_use' });
  expect(readFileSync(file, 'utf8')).toBe('mine');
  for (const place of [lalia.home, lalia.workspace]) {
    expect(await lalia.refusal(['backup', join(place, 'b.tar')])).toMatchObject({ reason: 'invalid_params' });
  }
  expect(await lalia.refusal(['backup', join(lalia.folder, 'no', 'b.tar')])).toMatchObject({
    reason: 'invalid_params',
  });
});

test('what is no backup, or was damaged or cut off, changes nothing', async () => {
  await using lalia = new Lalia();
  const [alice] = await lalia.people('shop', 'alice', 'bob');
  await alice?.says(['tell', 'bob', 'a message that is long enough to be found in the file']);
  const file = join(lalia.folder, 'b.tar');
  await lalia.json(['backup', file]);
  await lose(lalia);
  const whole = readFileSync(file);
  const damaged = Buffer.from(whole);
  const at = damaged.indexOf('long enough');
  damaged.write('LONG', at);
  const cases: readonly (readonly [string, Buffer])[] = [
    ['empty.tar', Buffer.alloc(0)],
    ['note.tar', Buffer.from('not a backup at all')],
    ['text.tar', Buffer.from('not a backup at all\n'.repeat(100))],
    ['damaged.tar', damaged],
    ['short.tar', whole.subarray(0, whole.length - 4096)],
    ['half.tar', whole.subarray(0, whole.length >> 1)],
  ];
  for (const [name, bytes] of cases) {
    writeFileSync(join(lalia.folder, name), bytes);
    expect(await lalia.refusal(['restore', join(lalia.folder, name)]), name).toMatchObject({
      reason: 'bad_backup',
    });
  }
  expect(await lalia.refusal(['restore', join(lalia.folder, 'none.tar')])).toMatchObject({
    reason: 'invalid_params',
  });
  expect(await lalia.refusal(['restore', lalia.folder])).toMatchObject({ reason: 'invalid_params' });
  for (const path of [lalia.home, lalia.workspace, `${lalia.home}.restoring`, `${lalia.workspace}.restoring`])
    expect(existsSync(path), path).toBe(false);
});

test('a home that is used is not replaced; with --force it is moved aside, whole', async () => {
  await using lalia = new Lalia();
  const [alice, bob] = await lalia.people('shop', 'alice', 'bob');
  const file = join(lalia.folder, 'b.tar');
  await lalia.json(['backup', file]);
  await alice?.says(['tell', 'bob', 'after it']);
  expect(await lalia.refusal(['restore', file])).toMatchObject({ reason: 'daemon_running' });
  expect(await lalia.refusal(['restore', file, '--force'])).toMatchObject({ reason: 'daemon_running' });
  await lalia.cli(['stop']);
  expect(await lalia.refusal(['restore', file])).toMatchObject({ reason: 'needs_force' });

  const { moved_aside: aside } = await lalia.json<Restored>(['restore', file, '--force']);
  expect(aside.toSorted()).toEqual([`${lalia.home}.before-restore`, `${lalia.workspace}.before-restore`]);
  expect(existsSync(join(`${lalia.home}.before-restore`, 'lalia.db'))).toBe(true);
  expect(await bob?.refusal(['read', 'alice', '--timeout', '0'])).toMatchObject({ reason: 'timeout' });
  expect(await alice?.json(['tell', 'bob', 'again'])).toMatchObject({ seq: 1 });
  await expectSound(lalia);
});

test('a copy is refused while the home that it was taken from is still there', async () => {
  await using lalia = new Lalia();
  await lalia.people('shop', 'alice');
  const file = join(lalia.folder, 'b.tar');
  await lalia.json(['backup', file]);
  const env = { LALIA_HOME: join(lalia.folder, 'other'), LALIA_WORKSPACE: join(lalia.folder, 'other-ws') };
  expect(await lalia.refusal(['restore', file], { env })).toMatchObject({ reason: 'needs_force' });
  await lalia.cli(['stop']);
  expect(await lalia.refusal(['restore', file], { env })).toMatchObject({ reason: 'needs_force' });
  expect(await lalia.json(['restore', file, '--force'], { env })).toMatchObject({ home: env.LALIA_HOME });
});

test('a home whose transcript is gone is backed up without it; restored, all of it is written anew', async () => {
  await using lalia = new Lalia();
  const [alice] = await lalia.people('shop', 'alice', 'bob');
  await alice?.says(['tell', 'bob', 'one']);
  await lalia.journaled();
  rmSync(lalia.workspace, { recursive: true });
  const file = join(lalia.folder, 'b.tar');
  expect(await lalia.json(['backup', file])).toMatchObject({ has_transcript: false });
  await lalia.killDaemon();
  rmSync(lalia.home, { recursive: true });
  await lalia.json(['restore', file]);
  await lalia.cli(['start']);
  await expectSound(lalia);
  expect(await git(lalia.workspace, 'log', '--format=%s')).toContain('alice -> bob 1: one');
});

/** Each a place in `restore/placing.ts`. */
const STEPS = [
  'prepared',
  'intended',
  'workspace_aside',
  'workspace_placed',
  'home_aside',
  'home_placed',
] as const;

describe('a restore that is killed', () => {
  // One home for all: what one test leaves is what the next one has its backup put in the place of.
  const lalia = new Lalia();
  const file = join(lalia.folder, 'b.tar');
  let alice: Agent;
  let bob: Agent;

  beforeAll(async () => {
    const [a, b] = (await lalia.people('shop', 'alice', 'bob')) as [Person, Person];
    [alice, bob] = [await a.sdk(), await b.sdk()];
    await alice.tell('bob', 'kept');
    await lalia.json(['backup', file]);
  });
  afterAll(() => lalia[Symbol.asyncDispose]());

  test.each(STEPS)('at restore.%s has happened or it has not', async (step) => {
    await alice.tell('bob', 'after it');
    const { unread } = await bob.peek('any');
    await lalia.json(['stop']);

    const env = { LALIA_FAILPOINTS: `restore.${step}` };
    expect((await lalia.cli(['restore', file, '--force'], { env })).code).not.toBe(0);
    // Whatever command comes next.
    const { messages } = await lalia.json<{ messages: unknown[] }>(['peek', '--as', bob.info.agent_id]);
    expect(messages).toHaveLength(step === 'prepared' ? unread : 1);
    await expectSound(lalia);
    await lalia.json(['stop']);
    await lalia.json(['restore', file, '--force']);
    expect(existsSync(`${lalia.home}.restoring`)).toBe(false);
    expect(await alice.tell('bob', 'on')).toMatchObject({ seq: 2 });
    await expectSound(lalia);
  });
});
