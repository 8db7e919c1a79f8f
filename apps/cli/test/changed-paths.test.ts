/** The paths of a change, as real git tells them. */
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { git } from '@lalia/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Change, changedPaths } from '../src/changed-paths.ts';

const home = process.cwd();
let folder: string;
let repository: string;

beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'changed-')));
  repository = join(folder, 'grüße und mehr');
  mkdirSync(repository);
  await git(repository, 'init', '-q', '-b', 'main');
  write('src/a.ts', 'a\n'.repeat(50));
  write('README.md', 'one');
  write('.gitignore', '*.log\n');
  await commit('Begin');
  process.chdir(repository);
});

afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(repository, path)), { recursive: true });
  writeFileSync(join(repository, path), text);
}

async function commit(subject: string): Promise<void> {
  await git(repository, 'add', '.');
  await git(repository, 'commit', '-q', '-m', subject);
}

async function paths(change: Change): Promise<string[]> {
  return (await changedPaths(change)).toSorted();
}

test('a worktree’s change is all that differs from the last commit, new files as well, ignored ones not', async () => {
  write('README.md', 'two');
  write('src/new/ä "b"\n.ts', 'new');
  write('x.log', 'ignored');
  write('staged.ts', 'staged');
  await git(repository, 'add', 'staged.ts');
  const expected = ['README.md', 'src/new/ä "b"\n.ts', 'staged.ts'];
  expect(await paths({ kind: 'worktree' })).toEqual(expected);
  process.chdir(join(repository, 'src'));
  expect(await paths({ kind: 'worktree' })).toEqual(expected);
});

test('what is staged is not what is changed beside it', async () => {
  write('README.md', 'two');
  await git(repository, 'add', 'README.md');
  write('src/a.ts', 'not staged');
  expect(await paths({ kind: 'staged' })).toEqual(['README.md']);
});

test('a moved file counts with both its names, whatever is configured', async () => {
  await git(repository, 'config', 'diff.renames', 'copies');
  await git(repository, 'config', 'diff.relative', 'true');
  await git(repository, 'config', 'diff.noprefix', 'true');
  await git(repository, 'config', 'diff.external', 'false');
  renameSync(join(repository, 'src/a.ts'), join(repository, 'src/b.ts'));
  await git(repository, 'add', '.');
  process.chdir(join(repository, 'src'));
  expect(await paths({ kind: 'staged' })).toEqual(['src/a.ts', 'src/b.ts']);
  expect(await paths({ kind: 'worktree' })).toEqual(['src/a.ts', 'src/b.ts']);
});

test('a range is between commits, and what is no range is told in git’s words', async () => {
  await git(repository, 'switch', '-q', '-c', 'feat/x');
  write('x.ts', 'x');
  await commit('X');
  await git(repository, 'switch', '-q', 'main');
  write('main.ts', 'm');
  await commit('M');
  expect(await paths({ kind: 'range', range: 'main...feat/x' })).toEqual(['x.ts']);
  expect(await paths({ kind: 'range', range: 'main..feat/x' })).toEqual(['main.ts', 'x.ts']);
  await expect(paths({ kind: 'range', range: 'nope..main' })).rejects.toMatchObject({ reason: 'git_failed' });
  await expect(paths({ kind: 'range', range: 'src/a.ts' })).rejects.toMatchObject({ reason: 'git_failed' });
  await expect(paths({ kind: 'range', range: '--output=x' })).rejects.toMatchObject({
    reason: 'invalid_params',
  });
});

test('a merge answers for what differs from all its sides', async () => {
  await git(repository, 'switch', '-q', '-c', 'feat/x');
  write('README.md', 'mine');
  write('x.ts', 'x');
  await commit('X');
  await git(repository, 'switch', '-q', 'main');
  write('README.md', 'theirs');
  write('theirs.ts', 'theirs');
  await commit('Theirs');
  await git(repository, 'switch', '-q', 'feat/x');
  await expect(git(repository, 'merge', '-q', 'main')).rejects.toThrow(/CONFLICT|conflict|ended with 1/);
  write('README.md', 'both');
  await git(repository, 'add', '.');
  expect(await paths({ kind: 'staged' })).toEqual(['README.md']);
});

test('before the first commit everything is a change', async () => {
  repository = join(folder, 'new');
  mkdirSync(repository);
  await git(repository, 'init', '-q');
  write('a', 'a');
  await git(repository, 'add', 'a');
  write('a', 'b');
  write('b', 'b');
  process.chdir(repository);
  expect(await paths({ kind: 'worktree' })).toEqual(['a', 'b']);
  expect(await paths({ kind: 'staged' })).toEqual(['a']);
});
