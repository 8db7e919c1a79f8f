/** The database may give up what the transcript has (docs/guide/daemon.md): never what somebody still needs, and promises hold. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Agent, Result, Retention } from '@lalia/client';
import { becomes, isRunning, Lalia, type Person } from '@lalia/testkit';
import { describe, expect, test } from 'vitest';
import { verifies } from './promises.ts';

async function pair(own: Lalia): Promise<readonly [Person, Person]> {
  return (await own.people('shop', 'alice', 'bob')) as [Person, Person];
}

/** Has everything go that may go, and waits for it. */
async function pruned(own: Lalia, messages: number): Promise<void> {
  await own.journaled();
  // Words are taken in by the search first; a body goes only when its words are known.
  await (await own.agent('human')).search('x');
  const client = await own.connect();
  await client.call('retention_set', { keep_ms: 0 });
  await becomes(async () => (await client.call('retention', {})).pruned === messages);
}

async function bodies(agent: Agent, peer: string): Promise<(string | null)[]> {
  const { messages } = await agent.history({ peer }, { limit: 1000 });
  return messages.map(({ body }) => body);
}

describe.concurrent('retention', () => {
  test('is for ever, unless the person says otherwise, and status shows it', async () => {
    await using own = new Lalia();
    await own.json(['start']);
    expect(await own.json(['retention'])).toMatchObject({ keep_ms: null, pruned: 0, pruned_before: null });
    expect((await own.cli(['retention', '--keep', '90'])).stdout).toMatch(
      / MiB, keeps bodies for 90 days\n$/,
    );
    expect(await own.json(['status'])).toMatchObject({ retention: { keep_ms: 90 * 86_400_000 } });
    await own.json(['restart']);
    expect((await own.cli(['status'])).stdout).toMatch(/^database .* keeps bodies for 90 days$/m);
    expect(await own.json<Retention>(['retention', '--keep', 'forever'])).toMatchObject({ keep_ms: null });
    for (const wrong of ['x', '-1', '1e9', '99999999', '']) {
      expect((await own.refusal(['retention', `--keep=${wrong}`])).reason).toBe('invalid_params');
    }
  });

  test('keeps what is unread, asked and not answered, or not old enough', async () => {
    await using own = new Lalia();
    const [alice, bob] = await pair(own);
    const [a, b] = [await alice.sdk(), await bob.sdk()];
    await a.tell(bob.id, 'read and old');
    await a.tell(bob.id, 'a question', { needsAnswer: true });
    for (let n = 0; n < 2; n += 1) await (await b.read({ peer: alice.id })).ack();
    await a.tell(bob.id, 'unread');
    await pruned(own, 1);
    expect(await bodies(a, bob.id)).toEqual([null, 'a question', 'unread']);
    expect(await bob.says(['peek'])).toContain('| unread');
    expect(await bob.says(['waiting'])).toContain('a question');
    // Answered and read, they may go as well; what is new is kept for as long as it is said.
    await bob.says(['reply', 'an answer']);
    for (const reader of [a, b]) await (await reader.read('any')).ack();
    await pruned(own, 4);
    expect(await bodies(a, bob.id)).toEqual([null, null, null, null]);
    const client = await own.connect();
    await client.call('retention_set', { keep_ms: 86_400_000 });
    await a.tell(bob.id, 'of today');
    await (await b.read('any')).ack();
    await own.journaled();
    await client.call('retention_set', { keep_ms: 86_400_000 });
    expect((await bodies(a, bob.id)).at(-1)).toBe('of today');
  });

  test('says where a body is instead of showing none', async () => {
    await using own = new Lalia();
    const [alice, bob] = await pair(own);
    await alice.says(['tell', 'bob', 'where is this needle?']);
    await bob.says(['read', 'alice']);
    await pruned(own, 1);
    const path = join(own.workspace, 'peers/alice--bob/000001-alice.md');
    const said = `the body is in the transcript: ${path}\n`;
    expect(await bob.says(['history', 'alice'])).toMatch(new RegExp(`^From agent alice@shop, .*:\n${said}$`));
    expect((await bob.json<Result<'history'>>(['history', 'alice'])).messages).toMatchObject([
      { seq: 1, body: null, body_path: path },
    ]);
    expect(readFileSync(path, 'utf8')).toMatch(/\n\nwhere is this needle\?$/);
    expect(await alice.says(['receipts', 'bob'])).toContain(`(in the transcript: ${path})`);
    expect(await alice.says(['search', 'needle'])).toMatch(/^no messages found\nbodies from before \d{4}-/);
    expect((await own.cli(['verify'])).code).toBe(0);
    const watch = bob.start(['watch', '--since', '1h']);
    await watch.until(({ stdout }) => stdout.endsWith(said));
    watch.kill('SIGTERM');
  });

  test('gives the space back, and finds and says what is left', async () => {
    await using own = new Lalia();
    const [alice, bob] = await pair(own);
    const [a, b] = [await alice.sdk(), await bob.sdk()];
    const sizes = Array.from({ length: 60 }, (_, n) => `${String(n)} ${'lorem ipsum '.repeat(8_000)}`);
    for (const body of sizes) await a.tell(bob.id, body);
    for (const _ of sizes) await (await b.read('any')).ack();
    await a.tell(bob.id, 'the needle that stays');
    const client = await own.connect();
    const before = (await client.call('retention', {})).database_bytes;
    expect(before).toBeGreaterThan(5_000_000);
    await pruned(own, sizes.length);
    await becomes(async () => (await client.call('retention', {})).database_bytes < before / 4);
    const { hits } = await a.search('needle stays');
    expect(hits).toHaveLength(1);
    expect((await a.search('lorem')).hits).toEqual([]);
    await own.json(['stop']);
    expect(statSync(join(own.home, 'lalia.db')).size).toBeLessThan(before / 4);
  });

  test('goes on where a kill has interrupted it, and what it gave up is whole', async () => {
    await using own = new Lalia({ LALIA_FAILPOINTS: 'prune.step:2' });
    const [alice, bob] = await pair(own);
    const [a, b] = [await alice.sdk(), await bob.sdk()];
    const texts = Array.from({ length: 12 }, (_, n) => `${String(n)} ${'x'.repeat(300_000)}`);
    for (const body of texts) await a.tell(bob.id, body);
    for (const _ of texts) await (await b.read('any')).ack();
    await own.journaled();
    await a.search('0');
    const pid = own.daemonPid;
    await own.json(['retention', '--keep', '0']);
    await becomes(() => own.daemonPid !== pid || own.daemonPid === undefined || !isRunning(pid ?? 0));
    const after = new Lalia({ LALIA_HOME: own.home, LALIA_WORKSPACE: own.workspace });
    try {
      await after.json(['restart']);
      const state = await after.json<Retention>(['retention']);
      const left = (await bodies(a, bob.id)).filter((body) => body !== null);
      expect(left).toEqual(texts.slice(state.pruned));
      expect(state.pruned).toBeGreaterThan(0);
      expect(state.pruned).toBeLessThan(texts.length);
      await after.json(['retention', '--keep', '0']);
      await becomes(async () => (await after.json<Retention>(['retention'])).pruned === texts.length);
      expect((await after.cli(['verify'])).code).toBe(0);
    } finally {
      await after[Symbol.asyncDispose]();
    }
  });
});

verifies(
  ['promise.3.idempotent'],
  'a message whose body was given up is still known, and another one under its id refused',
  async () => {
    await using own = new Lalia();
    const [alice, bob] = await pair(own);
    const [a, b] = [await alice.sdk(), await bob.sdk()];
    const { id, seq } = await a.tell(bob.id, 'once, for ever');
    await (await b.read('any')).ack();
    await pruned(own, 1);
    expect(await a.tell(bob.id, 'once, for ever', { id })).toMatchObject({ id, seq, duplicate: true });
    await expect(a.tell(bob.id, 'something else', { id })).rejects.toMatchObject({ reason: 'id_conflict' });
    expect((await a.tell(bob.id, 'the next one')).seq).toBe(seq + 1);
  },
);
