/** `lalia rebuild`: a new home from a clone alone, whole or not at all. */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git, Lalia } from '@lalia/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

const old = new Lalia();
let clone: string;
let lines: string;

beforeAll(async () => {
  const [alice, bob] = await old.people('shop', 'alice', 'bob');
  const [a, b] = [await alice?.sdk(), await bob?.sdk()];
  await a?.createRoom('den', { description: 'Where we\nmeet.' });
  await b?.join('den');
  await a?.tell('bob', 'one');
  await b?.post('den', 'two');
  await b?.tell('alice', 'three');
  await a?.rename('anna');
  await a?.tell('human', 'four');
  await old.journaled();
  await old.json(['stop']);
  clone = join(old.folder, 'clone');
  await git(old.folder, 'clone', '-q', old.workspace, clone);
  lines = (await old.cli(['export', '--transcript'])).stdout;
});
afterAll(() => old[Symbol.asyncDispose]());

const allOf = async (home: Lalia): Promise<string> => (await home.cli(['export', '--transcript'])).stdout;

test('the new home has the same history, in which nothing is unread, and goes on with it', async () => {
  await using home = new Lalia();
  const made = await home.json(['rebuild', clone]);
  expect(made).toMatchObject({
    messages: 4,
    conversations: 3,
    rooms: 1,
    agents: 4,
    agents_kept: 0,
    problems: 0,
  });
  expect(await allOf(home)).toBe(lines);
  expect(await git(home.workspace, 'status', '--porcelain')).toBe('');
  await git(home.workspace, 'fsck', '--full', '--strict');

  const [alice, bob] = await home.people('shop', 'anna', 'bob');
  expect(await alice?.json(['channels'])).toEqual({ channels: [] });
  expect(await bob?.json(['peek'])).toMatchObject({ unread: 0 });
  const { rooms } = (await bob?.json<{ rooms: object[] }>(['rooms'])) ?? { rooms: [] };
  expect(rooms).toMatchObject([{ name: 'den', messages: 1, members: 0, description: 'Where we\nmeet.' }]);
  await bob?.says(['join', 'den']);
  expect(await bob?.json(['history', 'den'])).toMatchObject({ messages: [{ seq: 1, body: 'two' }] });
  await bob?.says(['post', 'den', 'more']);
  await bob?.says(['tell', 'anna', 'more']);
  await home.journaled();
  expect(existsSync(join(home.workspace, 'peers/anna--bob/000001-bob.md'))).toBe(true);
  expect(await home.json(['verify'])).toMatchObject({ problems: [], counts: { messages: 6 } });
});

test('identities whose keys are there go on as themselves, in their rooms', async () => {
  await using home = new Lalia();
  mkdirSync(home.home, { mode: 0o700 });
  cpSync(join(old.home, 'keys'), join(home.home, 'keys'), { recursive: true });
  expect(await home.json(['rebuild', clone])).toMatchObject({ agents_kept: 4 });
  const [anna, bob] = [await home.agent('anna@shop'), await home.agent('bob@shop')];
  const bodies = async (name: string) => (await anna.history({ name })).messages.map(({ body }) => body);
  expect(await bodies('bob')).toEqual(['one', 'three']);
  expect(await bodies('den')).toEqual(['two']);
  await bob.tell('anna', 'five');
  await home.journaled();
  expect(existsSync(join(home.workspace, 'peers/alice--bob/000003-bob.md'))).toBe(true);
  expect(await home.json(['verify'])).toMatchObject({ problems: [] });
});

test.each(['rebuild.copied', 'rebuild.filled', 'rebuild.placed'])(
  'killed at %s it leaves no home, and the next one is whole',
  async (point) => {
    await using home = new Lalia();
    await home.cli(['rebuild', clone], { env: { LALIA_FAILPOINTS: point } });
    expect(existsSync(join(home.home, 'lalia.db'))).toBe(false);
    expect(await home.json(['rebuild', clone])).toMatchObject({ messages: 4 });
    expect(await allOf(home)).toBe(lines);
    expect(await home.json(['start'])).toMatchObject({ started: true });
    expect(await home.json(['verify'])).toMatchObject({ problems: [] });
  },
);

test('a home with a database, a workspace with files and a transcript that is not sound are refused', async () => {
  await using home = new Lalia();
  const refused = (from = clone, ...words: string[]) => home.refusal(['rebuild', from, ...words]);
  mkdirSync(home.workspace);
  writeFileSync(join(home.workspace, 'mine'), '');
  expect(await refused()).toMatchObject({ reason: 'foreign_workspace' });
  const used = await old.refusal(['rebuild', clone]);
  expect(used).toMatchObject({ reason: 'home_in_use' });

  await using other = new Lalia();
  const damaged = join(other.folder, 'damaged');
  const again = (...words: string[]) => other.refusal(['rebuild', damaged, ...words]);
  expect(await again()).toMatchObject({ reason: 'verify_failed' });
  await git(other.folder, 'clone', '-q', clone, damaged);
  const file = join(damaged, 'peers/alice--bob/000001-alice.md');
  writeFileSync(file, readFileSync(file, 'utf8').replace('one', 'won'));
  await git(damaged, 'commit', '-qam', 'Edit');
  for (const words of [[], ['--force']]) {
    const first = { seq: 1, conversation: 'peers/alice--bob' };
    expect(await again(...words)).toMatchObject({ reason: 'verify_failed', context: { first } });
  }
  await git(damaged, 'reset', '-q', '--hard', 'HEAD~1');
  await git(damaged, 'commit', '-q', '--amend', '-m', 'Mine');
  expect(await again()).toMatchObject({ reason: 'verify_failed' });
  expect(existsSync(join(other.home, 'lalia.db'))).toBe(false);
  expect(await other.json(['rebuild', damaged, '--force'])).toMatchObject({ messages: 4, problems: 1 });
});
