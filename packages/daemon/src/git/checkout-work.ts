/** What somebody has begun in checked-out files and not committed, also what `git status` is told to hide. */
import { copyFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from './git.ts';
import { ignoreMissing } from './worktree-admin.ts';

/** Files that are checked out, and the folder in which git keeps their index. */
export interface Checkout {
  readonly git: Git;
  readonly gitDir: string;
  readonly workTree: string;
}

/** Files that say what git was in the middle of (gitrepository-layout(5), and git's own wt-status.c). */
const UNDERWAY: ReadonlyMap<string, string> = new Map([
  ['MERGE_HEAD', 'A merge is under way.'],
  ['CHERRY_PICK_HEAD', 'A cherry-pick is under way.'],
  ['REVERT_HEAD', 'A revert is under way.'],
  ['rebase-merge', 'A rebase is under way.'],
  ['rebase-apply', 'A rebase or `git am` is under way.'],
  ['sequencer', 'A sequence of cherry-picks or reverts is under way.'],
  ['BISECT_START', 'A bisect is under way.'],
  ['index.lock', 'git is at work there, or was killed: there is an index.lock.'],
]);

/** What git is in the middle of, by the folder that it keeps for a worktree. */
export async function operationsUnderway(gitDir: string): Promise<string[]> {
  const names = new Set(await readdir(gitDir).catch(ignoreMissing<string[]>([])));
  return [...UNDERWAY].filter(([name]) => names.has(name)).map(([, sentence]) => sentence);
}

/**
 * Changes that are in no commit.
 * @param isBeingRemoved files that are missing are then no change: the removal was cut off after it had begun.
 */
export async function uncommittedWork(
  checkout: Checkout,
  { isBeingRemoved }: { readonly isBeingRemoved: boolean },
): Promise<string[]> {
  const entries = await status(checkout);
  const having = (isMeant: (x: string, y: string) => boolean): string[] =>
    entries.filter(({ x, y }) => isMeant(x, y)).map(({ path }) => path);
  const isConflict = (x: string, y: string): boolean => /^(?:U.|.U|AA|DD)$/.test(x + y);
  const isUnknown = (x: string): boolean => x === '?';
  const isStaged = (x: string, y: string): boolean => x !== ' ' && !isUnknown(x) && !isConflict(x, y);
  const isChanged = (x: string, y: string): boolean =>
    y !== ' ' && !isUnknown(x) && !isConflict(x, y) && !(isBeingRemoved && y === 'D');
  return [
    ...files('with conflicts', having(isConflict)),
    ...files('staged and not committed', having(isStaged)),
    ...files('changed and not committed', having(isChanged)),
    ...files('untracked', having(isUnknown)),
    ...files('changed, which `git status` is told not to show', await hiddenChanges(checkout)),
  ];
}

/** What is staged, where the files themselves are gone. */
export async function stagedWork(git: Git, gitDir: string): Promise<string[]> {
  const args = ['diff', '--cached', '--name-only', '-z', '--no-renames', '--ignore-submodules=none'];
  const output = await git.run({ cwd: gitDir }, `--git-dir=${gitDir}`, ...args);
  return files('staged and not committed', output.split('\0').filter(Boolean));
}

interface StatusEntry {
  /** What the index says about the file, against HEAD. */
  readonly x: string;
  /** What the file says, against the index. */
  readonly y: string;
  readonly path: string;
}

async function status(checkout: Checkout): Promise<StatusEntry[]> {
  const args = ['--porcelain', '-z', '-uall', '--no-renames', '--ignore-submodules=none'];
  const output = await inCheckout(checkout, 'status', ...args);
  return output
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => ({ x: line.charAt(0), y: line.charAt(1), path: line.slice(3) }));
}

/** Files marked with --assume-unchanged or --skip-worktree that are there and differ: compared in an index without marks. */
async function hiddenChanges(checkout: Checkout): Promise<string[]> {
  const listed = await inCheckout(checkout, 'ls-files', '-v', '-z');
  const hidden = listed.split('\0').filter((line) => /^[a-zS] /.test(line));
  if (hidden.length === 0) return [];
  const paths = hidden.map((line) => line.slice(2));
  const indexFile = join(checkout.gitDir, `lalia-index-${String(process.pid)}`);
  const place = { cwd: checkout.workTree, indexFile, input: paths.map((path) => `${path}\0`).join('') };
  const run = (...args: string[]): Promise<string> => checkout.git.run(place, ...at(checkout), ...args);
  try {
    await copyFile(join(checkout.gitDir, 'index'), indexFile);
    await run('update-index', '--no-assume-unchanged', '-z', '--stdin');
    await run('update-index', '--no-skip-worktree', '-z', '--stdin');
    // Ends with 1 when a file differs, which is what is asked next.
    await checkout.git.attempt(place, ...at(checkout), 'update-index', '-q', '--refresh');
    const changed = new Set((await run('diff-files', '--name-only', '-z', '--diff-filter=MT')).split('\0'));
    return paths.filter((path) => changed.has(path));
  } finally {
    await rm(indexFile, { force: true });
  }
}

function inCheckout(checkout: Checkout, ...args: readonly string[]): Promise<string> {
  return checkout.git.run({ cwd: checkout.workTree }, ...at(checkout), ...args);
}

/** Both are named: with a `.git` that is gone, git would take the next repository above. */
function at({ gitDir, workTree }: Checkout): string[] {
  return [`--git-dir=${gitDir}`, `--work-tree=${workTree}`];
}

const SHOWN = 3;

function files(how: string, paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const count = paths.length === 1 ? '1 file is' : `${String(paths.length)} files are`;
  const more = paths.length > SHOWN ? ' …' : '';
  return [
    `${count} ${how}: ${paths.slice(0, SHOWN).join(', ')}${more}`
      .replace(' is with', ' has')
      .replace(' are with', ' have'),
  ];
}
