/** `lalia verify` without a daemon: sound where nothing was touched, and the first wrong message by its name otherwise. */
import type { KeyObject } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { git, Lalia } from '@lalia/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifies } from '../promises.ts';
import { daemonsOf } from './_daemons.ts';
import { type Clone, DAMAGES, pathOf } from './_damages.ts';
import { person } from './_people.ts';

interface Verified {
  readonly problems: readonly { readonly kind: string; readonly path: string }[];
  readonly first: {
    readonly conversation: string | null;
    readonly seq: number | null;
    readonly path: string;
  } | null;
  readonly head: string;
  readonly is_partial: boolean;
}

const lalia = new Lalia();
let otherKey: KeyObject;
let end: string;

beforeAll(async () => {
  const { agent: alice } = await person(lalia, 'alice');
  const { agent: bob, key } = await person(lalia, 'bob');
  otherKey = key;
  await alice.createRoom('den');
  await bob.join('den');
  for (const [from, to, body] of [
    [alice, 'bob', 'one'],
    [bob, 'alice', 'two'],
    [alice, 'bob', 'three'],
    [bob, 'alice', 'four'],
  ] as const) {
    await from.tell(to, body);
    // Each in a commit of its own, in this order.
    await lalia.journaled();
  }
  await lalia.json(['stop']);
  end = (await git(lalia.workspace, 'rev-parse', 'HEAD')).trim();
});
afterAll(() => lalia[Symbol.asyncDispose]());

let copies = 0;

async function cloned(...options: string[]): Promise<Clone> {
  const path = join(lalia.folder, `clone-${String(++copies)}`);
  await git(lalia.folder, 'clone', '-q', ...options, `file://${lalia.workspace}`, path);
  return { path, otherKey };
}

/** @returns what was found; the exit code has to say the same. */
async function verified(words: readonly string[]): Promise<Verified> {
  const { code, stdout } = await lalia.cli(['verify', ...words, '--json']);
  const report = JSON.parse(stdout) as Verified;
  expect(code).toBe(report.problems.length === 0 ? 0 : 1);
  return report;
}

verifies(
  ['promise.7.without_daemon', 'promise.7.names_faults'],
  'a clone of the transcript is checked without a daemon and without the workspace, and what was changed in it is named',
  async () => {
    const { path } = await cloned();
    const words = [path, `--expect=${end}`];
    expect(await verified(words)).toMatchObject({ problems: [], first: null, head: end });
    rmSync(join(path, pathOf(2)));
    expect(await verified(words)).toMatchObject({ first: { seq: 2, path: pathOf(2) } });
    expect(daemonsOf(lalia)).toEqual([]);
  },
);

test.each(DAMAGES)('$what is found, and the first wrong message named: $kind', async (damage) => {
  const { what, kind, seq, path = pathOf(seq ?? 0), commit, expectEnd, to } = damage;
  const clone = await cloned();
  await to(clone);
  if (commit === true) {
    await git(clone.path, 'add', '--all');
    await git(clone.path, 'commit', '-q', '-m', what);
  }
  const words = [clone.path, ...(expectEnd === true ? [`--expect=${end}`] : [])];
  const { problems, first } = await verified(words);
  expect(problems.map((problem) => problem.kind)).toContain(kind);
  const conversation = seq === undefined ? null : 'peers/alice--bob';
  expect(first).toMatchObject({ conversation, seq: seq ?? null, path });
  const { code, stdout } = await lalia.cli(['verify', ...words]);
  expect(code).toBe(1);
  expect(stdout).toContain(path === '' ? '' : `${path}: `);
  const line = `The first wrong message is number ${String(seq)} of peers/alice--bob.\n`;
  expect(stdout.includes(line)).toBe(seq !== undefined);
});

describe('no false alarm', () => {
  test.each<[string, readonly string[]]>([
    ['blobless clone', ['--filter=blob:none']],
    ['treeless clone', ['--filter=tree:0']],
    ['clone with CRLF settings', ['-c', 'core.autocrlf=true', '-c', 'core.eol=crlf']],
  ])('a %s is sound', async (_, options) => {
    // Without this a file:// remote hands out everything.
    await git(lalia.workspace, 'config', 'uploadpack.allowFilter', 'true');
    const { path } = await cloned(...options);
    const report = await verified([path]);
    expect(report).toMatchObject({ problems: [], is_partial: options[0]?.startsWith('--filter') === true });
  });

  test('a bare clone without contents says that they are not there, in one problem', async () => {
    await git(lalia.workspace, 'config', 'uploadpack.allowFilter', 'true');
    const { path } = await cloned('--bare', '--filter=blob:none');
    const { problems } = await verified([path]);
    expect(problems.map(({ kind }) => kind)).toEqual(['unreadable']);
  });

  test('a worktree of a clone, and a commit of a person that brings nothing, are sound', async () => {
    const { path } = await cloned('-c', 'core.autocrlf=true');
    await git(path, 'commit', '-q', '--allow-empty', '-m', 'Read up to here');
    await git(path, 'worktree', 'add', '-q', '--detach', `${path}-tree`);
    expect(await verified([`${path}-tree`, '--expect', end])).toMatchObject({ problems: [] });
  });
});

test('a cut-off end is seen in the workspace itself, without a daemon and whatever is written afterwards', async () => {
  await using home = new Lalia();
  const { agent: alice } = await person(home, 'alice');
  await person(home, 'bob');
  for (const body of ['one', 'two', 'three']) await alice.tell('bob', body);
  await home.journaled();
  const at = async (): Promise<Verified> =>
    JSON.parse((await home.cli(['verify', '--json'])).stdout) as Verified;
  expect(await at()).toMatchObject({ problems: [] });
  await git(home.workspace, 'commit', '-q', '--allow-empty', '-m', 'Mine');
  await alice.tell('bob', 'four');
  await home.journaled();
  expect(await at()).toMatchObject({ problems: [] });

  await git(home.workspace, 'reset', '-q', '--hard', 'HEAD~3');
  const lost = { conversation: 'peers/alice--bob', seq: 3 };
  expect(await at()).toMatchObject({ first: { ...lost, path: 'peers/alice--bob/000003-alice.md' } });
  await home.json(['stop']);
  expect((await at()).problems.map(({ kind }) => kind)).toEqual(['missing_commit']);
  await home.daemon();
  const { agent } = await person(home, 'carol');
  await agent.tell('bob', 'five');
  await home.journaled();
  expect((await at()).problems.map(({ kind }) => kind)).toEqual(['missing_commit']);
});

test.each(['', 'main', '12345', 'g'.repeat(40)])('--expect %j is refused', async (commit) => {
  expect(await lalia.cli(['verify', lalia.workspace, `--expect=${commit}`])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('reason: invalid_params') as string,
  });
});
