/** What the commands on tasks do beyond refusing (spec 8, issue 3): watching, waiting, whose paths are, the guard. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskList } from '@lalia/client';
import { git, Lalia, type Person, run } from '@lalia/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

const lalia = new Lalia();
let shop: string;
let sue: Person;
let ann: Person;

beforeAll(async () => {
  shop = await lalia.repository('der laden/shop');
  sue = await lalia.person('sue', { cwd: shop, role: 'supervisor' });
  ann = await lalia.person('ann', { cwd: shop, role: 'worker' });
  const workstreams = [
    { slug: 'api', branch: 'feat/api', brief: 'Build it.', owned_paths: ['api/'] },
    { slug: 'ui', branch: 'feat/ui', brief: 'Show it.', owned_paths: ['ui/'], depends_on: ['api'] },
  ];
  await sue.says(['task', 'publish'], { input: JSON.stringify({ workstreams }) });
});
afterAll(() => lalia[Symbol.asyncDispose]());

function worktree(slug: string): string {
  return join(lalia.folder, 'der laden', 'wt', slug);
}

test('a bulletin needs no identity, and begins with the task of this branch', async () => {
  const { stdout } = await lalia.cli(['task', 'bulletin'], { cwd: worktree('ui') });
  expect(stdout).toMatch(
    /^shop: supervisor sue@shop \(live\)\nTASK .*\nui +open +- +api +feat\/ui \(here\)\napi +open/,
  );
  expect(await lalia.json(['task', 'show'], { cwd: worktree('ui') })).toMatchObject({ task: { slug: 'ui' } });
});

test('a bulletin that is watched comes again after each change, one document a line, also over a crash', async () => {
  const watch = lalia.start(['task', 'bulletin', '--watch', '--json'], { cwd: shop });
  const lists = (): TaskList[] =>
    watch.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as TaskList);
  const statuses = (): (string | undefined)[] => lists().map(({ tasks: [api] }) => api?.status);
  await watch.until(() => lists().length === 1);
  await ann.says(['task', 'claim', 'api']);
  await watch.until(() => statuses().at(-1) === 'in-progress');
  await lalia.killDaemon();
  await ann.says(['task', 'set-status', 'api', 'ready']);
  await watch.until(() => statuses().at(-1) === 'ready');
  watch.kill('SIGINT');
  await watch.finished;
  expect(statuses()).toEqual(['open', 'in-progress', 'ready']);
});

test('who waits for work has it as soon as a merge opens it', async () => {
  const bob = await lalia.person('bob', { cwd: shop, role: 'worker' });
  expect(await bob.refusal(['task', 'claim', '--any', '--wait', '--timeout', '0.2'])).toMatchObject({
    exit: 2,
    reason: 'timeout',
  });
  const waiting = bob.start(['task', 'claim', '--any', '--wait', '--timeout', '100']);
  expect(await sue.says(['task', 'set-status', 'api', 'merged'])).toBe(
    'api is merged\nui can be claimed now\n',
  );
  const { code, stdout } = await waiting.finished;
  expect(code).toBe(0);
  expect(stdout).toMatch(/^claimed ui; .*\n\nFrom agent sue@shop, not from your user \(#1, /);
  expect(stdout).toContain(`cd '${worktree('ui')}'`);
});

test('whose paths are is asked with paths as they are typed', async () => {
  mkdirSync(join(shop, 'docs'), { recursive: true });
  const cwd = join(shop, 'docs');
  const { stdout } = await lalia.cli(['task', 'owns', '../ui/a.ts', 'b.md', join(shop, 'api/c.ts')], { cwd });
  // api is merged: it is nobody's any more.
  expect(stdout).toBe('ui/a.ts    task ui  bob@shop  ui/\ndocs/b.md  nobody\napi/c.ts   nobody\n');
});

test('the guard keeps a commit out of another task’s paths, and names whose they are', async () => {
  const input = JSON.stringify({ workstreams: [{ slug: 'docs', branch: 'feat/docs', brief: 'Say it.' }] });
  await sue.says(['task', 'publish', '--file', '-'], { input });
  expect(await sue.says(['task', 'guard', 'install'])).toMatch(/^done +docs /m);
  const cwd = worktree('docs');
  mkdirSync(join(cwd, 'ui'));
  writeFileSync(join(cwd, 'ui', 'a.ts'), 'a');
  expect(await lalia.refusal(['task', 'check'], { cwd })).toMatchObject({
    exit: 6,
    reason: 'path_owned',
    context: { paths: [{ path: 'ui/a.ts', slug: 'ui', owner: { name: 'bob' }, pattern: 'ui/' }] },
  });
  await git(cwd, 'add', '.');
  await expect(commit(cwd, 'Not mine')).rejects.toThrow('ui/a.ts belongs to task ui (bob@shop)');
  await git(cwd, 'mv', 'ui/a.ts', 'b.ts');
  await commit(cwd, 'Mine');
  await sue.says(['task', 'guard', 'uninstall']);
});

async function commit(cwd: string, subject: string): Promise<void> {
  const { code, stderr } = await run(['git', 'commit', '-q', '-m', subject], { cwd, env: lalia.env });
  if (code !== 0) throw new Error(stderr);
}
