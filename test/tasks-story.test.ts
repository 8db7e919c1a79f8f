/**
 * The story of the README: one supervisor and three workers, each in a terminal, share a feature. Real processes, real git, and
 * nobody says who is calling.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Client } from '@lalia/client';
import { becomes, git, Lalia } from '@lalia/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Typist } from './_typist.ts';

const README = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

const lalia = new Lalia();
const script: string[] = [];
let client: Client;
let shop: string;
let sue: Typist;
let ann: Typist;
let ben: Typist;
let cleo: Typist;

beforeAll(async () => {
  client = await lalia.connect();
  shop = await lalia.repository('work/shop');
  const sitsDown = (name: string): Promise<Typist> => Typist.sitsDown(lalia, name, { cwd: shop, script });
  [sue, ann, ben, cleo] = await Promise.all([
    sitsDown('sue'),
    sitsDown('ann'),
    sitsDown('ben'),
    sitsDown('cleo'),
  ]);
  writeFileSync(join(shop, 'tasks.yaml'), planOfReadme());
});
afterAll(() => lalia[Symbol.asyncDispose]());

test('the supervisor publishes four workstreams, each with a worktree, a branch and a room', async () => {
  await sue.types('lalia register --name sue --role supervisor');
  await sue.types('lalia task publish --file tasks.yaml');
  for (const slug of ['schema', 'api', 'page', 'docs']) expect(existsSync(worktree(slug)), slug).toBe(true);
  expect(await sue.types('lalia rooms')).toMatch(/^schema@shop/m);
});

test('three workers go to the worktrees, and claim what is to be done there', async () => {
  for (const [who, folder, slug] of [
    [ann, '../wt/schema', 'schema'],
    [ben, '../wt/page', 'page'],
  ] as const) {
    await who.types(`cd ${folder}`);
    await who.types(`lalia register --name ${who.name} --role worker`);
    const claimed = await who.types('lalia task claim');
    expect(claimed).toContain(`claimed ${slug}`);
    expect(claimed).toContain('sue@shop, not from your user');
  }
  expect(await sue.types('lalia task bulletin')).toMatch(/^page +in-progress +ben@shop \(live\)/m);
});

test('what depends on a task that is not merged is blocked, and can be waited for', async () => {
  await cleo.types('cd ../wt/api');
  await cleo.types('lalia register --name cleo --role worker');
  expect(await cleo.isRefused('lalia task claim')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('api waits until schema is merged') as string,
  });
  const before = await lastSeen('cleo');
  const waiting = cleo.types('lalia task claim --wait');
  await becomes(async () => (await lastSeen('cleo')) > before);

  await commits('schema', 'tables.sql');
  await ann.types('lalia task set-status schema ready');
  await ann.types('lalia post schema "Two tables; the migration is in tables.sql."');

  expect(await sue.types('lalia read schema')).toContain('| Two tables; the migration is in tables.sql.');
  await sue.types('git merge --no-ff -m "Merge schema" feat/schema');
  expect(await sue.types('lalia task set-status schema merged')).toContain('api can be claimed now');
  expect(await waiting).toContain('claimed api');
  await cleo.types('git merge main');
  expect(existsSync(join(worktree('api'), 'tables.sql'))).toBe(true);
});

test('who is stuck says so; who is gone is replaced, and the work is still in the worktree', async () => {
  writeFileSync(join(worktree('page'), 'page.html'), '<input name=q>');
  await ben.types('lalia task set-status page blocked');
  await ben.types('lalia post page "What does the field do while it is empty?"');
  await ben.leaves();

  expect(await sue.types('lalia read page')).toContain('| What does the field do while it is empty?');
  expect(await sue.types('lalia task list')).toMatch(/^page +blocked +ben@shop \(away\)/m);
  expect(await sue.types('lalia task reassign page ann')).toContain('ann@shop');
  expect((await sue.isRefused('lalia read-any --timeout 0')).code, 'Who did it is not told.').toBe(2);

  expect(await ann.types('lalia read page')).toContain('| page is the task of ann now');
  await ann.types('cd ../page');
  expect(await ann.types('lalia task claim')).toContain('claimed page');
  expect(existsSync(join(worktree('page'), 'page.html'))).toBe(true);
});

test('all of it is merged', async () => {
  await commits('api', 'search.ts');
  await cleo.types('lalia task set-status api ready');
  expect(await cleo.types('lalia task claim --any')).toContain('claimed docs');
  await commits('page', 'page.html');
  await ann.types('lalia task set-status page ready');
  await commits('docs', 'search.md');
  await cleo.types('lalia task set-status docs ready');

  for (const [slug, branch] of Object.entries({ api: 'feat/api', page: 'feat/page', docs: 'docs/search' })) {
    await sue.types(`git merge --no-ff -m "Merge ${slug}" ${branch}`);
    await sue.types(`lalia task set-status ${slug} merged`);
  }
  expect(await git(shop, 'log', '--format=%s', '--first-parent')).toBe(
    'Merge docs\nMerge page\nMerge api\nMerge schema\nBegin\n',
  );
  expect(await sue.types('lalia task bulletin')).toContain('no open tasks');
});

test('the rooms are archived, the list is cleared, and the transcript has all of it', async () => {
  expect(await sue.types('lalia rooms gc')).toContain('archived 4 rooms');
  await sue.types('lalia task gc');
  for (const slug of ['schema', 'api', 'page', 'docs']) {
    expect(existsSync(worktree(slug)), 'Worktrees stay.').toBe(true);
    expect(await sue.types(`lalia history ${slug} --room`)).toContain(`# Task ${slug}`);
  }
  await sue.types('lalia unregister');
  await lalia.journaled();
  await sue.types('lalia verify');
  const commitsOfTasks = await git(lalia.workspace, 'log', '--format=%s', '--reverse', '--', 'tasks');
  expect(commitsOfTasks).toContain('sue assigned page to ann');
});

test('the README tells the same: its lines were typed, in this order', () => {
  const section = README.split(/^## /m).find((text) => text.includes('sue$ ')) ?? '';
  const lines = section.split('\n').filter((line) => /^\w+\$ /.test(line));
  expect(lines.length).toBeGreaterThan(15);
  let from = 0;
  for (const line of lines) {
    const found = script.indexOf(line, from);
    expect(found, `Nobody typed this after ${script[from - 1] ?? 'the beginning'}: ${line}`).not.toBe(-1);
    from = found + 1;
  }
});

function planOfReadme(): string {
  const [, plan] = /^```yaml\n(.*?)^```$/ms.exec(README) ?? [];
  if (plan === undefined) throw new Error('The README shows no plan any more.');
  return plan;
}

/** When an agent called last: a claim that waits has called, and has no answer yet. */
async function lastSeen(name: string): Promise<number> {
  const { agents } = await client.call('agents', {});
  return agents.find((agent) => agent.name === name)?.last_seen_ts ?? 0;
}

function worktree(slug: string): string {
  return join(dirname(shop), 'wt', slug);
}

async function commits(slug: string, file: string): Promise<void> {
  writeFileSync(join(worktree(slug), file), `What ${slug} needs.\n`);
  await git(worktree(slug), 'add', file);
  await git(worktree(slug), 'commit', '-q', '-m', `Add ${file}`);
}
