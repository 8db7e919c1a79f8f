/**
 * The paths that a change touches, as git tells them: from the root of the repository, a moved file by both its names. The
 * only file of this program that starts processes. Git's own variables are left as they are: a hook is run with those of
 * the commit that is being made.
 */
import { execFile } from 'node:child_process';
import { fail } from '@lalia/client';

/** Which change: what is staged, what lies between commits, or what differs from the last commit. */
export type Change =
  | { readonly kind: 'staged' }
  | { readonly kind: 'range'; readonly range: string }
  | { readonly kind: 'worktree' };

/** Whatever a person has configured for their own eyes is of no use here. */
const DIFF = [
  'diff',
  '--name-only',
  '-z',
  '--no-renames',
  '--no-relative',
  '--no-ext-diff',
  '--no-textconv',
  '--ignore-submodules=dirty',
];

/**
 * Asks git what a change touches.
 * @throws LaliaError `git_missing`; `git_failed` with what git said, as for a range that is none.
 */
export async function changedPaths(change: Change): Promise<string[]> {
  switch (change.kind) {
    case 'range':
      if (change.range.startsWith('-'))
        throw fail('invalid_params', `"${change.range}" is not a range of commits.`);
      return git([...DIFF, change.range, '--']);
    case 'staged':
      return stagedPaths();
    case 'worktree':
      return worktreePaths();
  }
}

/** A merge touches what differs from all its sides; what came from another branch as it is there was committed there. */
async function stagedPaths(): Promise<string[]> {
  const staged = await git([...DIFF, '--cached', '--']);
  if (staged.length === 0 || !(await hasCommit('MERGE_HEAD'))) return staged;
  const merged = new Set(await git([...DIFF, '--cached', 'MERGE_HEAD', '--']));
  return staged.filter((path) => merged.has(path));
}

async function worktreePaths(): Promise<string[]> {
  // Before the first commit there is nothing to compare with; what is staged and what is changed since is all there is.
  const changed = (await hasCommit('HEAD'))
    ? await git([...DIFF, 'HEAD', '--'])
    : [...(await git([...DIFF, '--cached', '--'])), ...(await git([...DIFF, '--']))];
  const untracked = await git([
    'ls-files',
    '-z',
    '--others',
    '--exclude-standard',
    '--full-name',
    '--',
    ':/',
  ]);
  return [...new Set([...changed, ...untracked])];
}

async function hasCommit(name: string): Promise<boolean> {
  const { code } = await run(['rev-parse', '--quiet', '--verify', `${name}^{commit}`]);
  return code === 0;
}

async function git(args: readonly string[]): Promise<string[]> {
  const { code, stdout, stderr } = await run(args);
  if (code !== 0) {
    const said = stderr.trim().split('\n', 1)[0] ?? '';
    throw fail('git_failed', `git ${args[0] ?? ''} failed: ${said}`, { context: { stderr: stderr.trim() } });
  }
  return stdout.split('\0').filter((path) => path !== '');
}

interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(args: readonly string[]): Promise<Finished> {
  return new Promise((resolve, reject) => {
    execFile('git', [...args], { maxBuffer: Number.POSITIVE_INFINITY }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === 'number') resolve({ code, stdout, stderr });
      else if (code === 'ENOENT')
        reject(fail('git_missing', 'There is no git on the PATH.', { cause: error }));
      else reject(fail('git_failed', `git could not be run: ${String(error?.message)}`, { cause: error }));
    });
  });
}
