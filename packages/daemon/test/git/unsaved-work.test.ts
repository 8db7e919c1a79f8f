import { existsSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TestRepository } from './_repository.ts';

/** What would be lost with the worktree of the task, after something was done there. */
async function workAfter(
  repository: TestRepository,
  work: (path: string, repository: TestRepository) => void,
): Promise<string[]> {
  const opened = await repository.open();
  const path = await repository.add();
  work(path, repository);
  const found = await opened.unsavedWork(repository.request());
  const plan = await opened.planRemoval(repository.request());
  const removal = opened.removeWorktree(plan);
  if (found.length > 0) {
    const isThere = existsSync(plan.path);
    await expect(removal).rejects.toMatchObject({ reason: 'unsaved_work', context: { work: found } });
    expect(existsSync(plan.path)).toBe(isThere);
  } else {
    await expect(removal).resolves.toBeTypeOf('boolean');
    expect(existsSync(plan.path)).toBe(false);
  }
  return found;
}

function withSubmodule(repository: TestRepository): string {
  const { folder, main } = repository;
  const upstream = join(folder, 'lib');
  mkdirSync(upstream);
  repository.run(upstream, 'init', '-q', '-b', 'main');
  repository.commit(upstream, { 'lib.ts': '' });
  repository.run(main, 'submodule', '--quiet', 'add', upstream, 'lib');
  repository.run(main, 'commit', '-q', '-m', 'A library');
  return upstream;
}

function conflicting(path: string, repository: TestRepository): void {
  repository.commit(path, { 'README.md': 'mine\n' });
  repository.commit(repository.main, { 'README.md': 'theirs\n' });
}

describe('What would be lost is named, and is not deleted:', () => {
  type Case = [string, RegExp, (path: string, repository: TestRepository) => void];
  const cases: Case[] = [
    ['a changed file', /1 file is changed.*README/, (path, { write }) => write(path, { 'README.md': 'x' })],
    [
      'a staged file',
      /staged.*new\.ts/,
      (path, { write, run }) => {
        write(path, { 'new.ts': 'x' });
        run(path, 'add', '.');
      },
    ],
    [
      'untracked files',
      /2 files are untracked.*a ü\.ts/,
      (path, { write, run }) => {
        run(path, 'config', 'status.showUntrackedFiles', 'no');
        write(path, { 'x/a ü.ts': 'x', 'x/b.ts': 'x' });
      },
    ],
    ['a deletion', /README/, (path) => rmSync(join(path, 'README.md'))],
    [
      'a file marked with --assume-unchanged',
      /told not to show.*README/,
      (path, { run, write }) => {
        run(path, 'update-index', '--assume-unchanged', 'README.md');
        write(path, { 'README.md': 'x' });
      },
    ],
    [
      'a file marked with --skip-worktree',
      /README/,
      (path, { run, write }) => {
        run(path, 'update-index', '--skip-worktree', 'README.md');
        write(path, { 'README.md': 'x' });
      },
    ],
    [
      'a stash entry',
      /1 stash entry: WIP on feat\/cart/,
      (path, { run, write }) => {
        write(path, { 'README.md': 'x' });
        run(path, 'stash');
      },
    ],
    [
      'a commit of its branch',
      /1 commit is nowhere else: \w+ Change new\.ts/,
      (path, repository) => {
        repository.commit(path, { 'new.ts': 'x' });
      },
    ],
    [
      'a commit of a detached HEAD',
      /1 commit is nowhere else/,
      (path, repository) => {
        repository.run(path, 'checkout', '-q', '--detach');
        repository.commit(path, { 'new.ts': 'x' });
      },
    ],
    [
      'a commit of a ref of this worktree alone',
      /1 commit is nowhere else/,
      (path, repository) => {
        repository.run(path, 'checkout', '-q', '--detach');
        repository.commit(path, { 'new.ts': 'x' });
        repository.run(path, 'update-ref', 'refs/worktree/kept', 'HEAD');
        repository.run(path, 'checkout', '-q', 'feat/cart');
      },
    ],
    [
      'a merge',
      /A merge is under way/,
      (path, repository) => {
        conflicting(path, repository);
        expect(() => repository.run(path, 'merge', 'main')).toThrow('failed');
      },
    ],
    [
      'a rebase',
      /A rebase is under way/,
      (path, repository) => {
        conflicting(path, repository);
        expect(() => repository.run(path, 'rebase', 'main')).toThrow('failed');
      },
    ],
    [
      'a cherry-pick',
      /A cherry-pick is under way/,
      (path, repository) => {
        conflicting(path, repository);
        expect(() => repository.run(path, 'cherry-pick', 'main')).toThrow('failed');
      },
    ],
    ['a bisect', /A bisect is under way/, (path, { run }) => run(path, 'bisect', 'start')],
    [
      'a git at work',
      /index\.lock/,
      (path, { run }) => {
        writeFileSync(join(run(path, 'rev-parse', '--absolute-git-dir').trim(), 'index.lock'), '');
      },
    ],
    [
      'a lock',
      /locked: on a stick/,
      (path, { run }) => run(path, 'worktree', 'lock', '--reason', 'on a stick', '.'),
    ],
    [
      'a clone in an ignored folder',
      /In out\/clone: 1 file is untracked/,
      (path, { main, run, write }) => {
        run(path, 'clone', '-q', main, 'out/clone');
        write(path, { '.git-ignored': '' });
        write(join(path, 'out/clone'), { 'x.ts': '' });
      },
    ],
    [
      'commits of a clone',
      /In out: 1 commit is nowhere else/,
      (path, repository) => {
        repository.run(path, 'clone', '-q', repository.main, 'out');
        repository.commit(join(path, 'out'), { 'x.ts': '' });
      },
    ],
    [
      'a bare repository',
      /In out\/bare: 1 commit is nowhere else/,
      (path, { main, run }) => {
        run(path, 'clone', '-q', '--bare', main, 'out/bare');
      },
    ],
    [
      'a worktree of another repository',
      /In out: 1 commit is nowhere else/,
      (path, repository) => {
        repository.run(repository.folder, 'clone', '-q', repository.main, 'other');
        repository.run(
          join(repository.folder, 'other'),
          'worktree',
          'add',
          '-q',
          '--detach',
          join(path, 'out'),
        );
        repository.commit(join(path, 'out'), { 'x.ts': '' });
      },
    ],
    [
      'another folder in its place',
      /is not the worktree any more/,
      (path) => {
        rmSync(path, { recursive: true });
        mkdirSync(path);
      },
    ],
    [
      'what is staged, where the folder is gone',
      /staged.*new\.ts/,
      (path, { write, run }) => {
        write(path, { 'new.ts': 'x' });
        run(path, 'add', '.');
        rmSync(path, { recursive: true });
      },
    ],
    [
      'a file in a worktree that was moved',
      /untracked: new\.ts/,
      (path, { write, run }) => {
        run(path, 'worktree', 'move', '.', '../elsewhere');
        write(`${path}/../elsewhere`, { 'new.ts': 'x' });
      },
    ],
    [
      'something that took the path of a removed worktree',
      /is not the worktree that Lalia made/,
      (path, { main, run }) => {
        run(main, 'worktree', 'remove', path);
        run(main, 'worktree', 'add', '-q', path, 'feat/cart');
      },
    ],
  ];

  test.each(cases)('%s', async (_what, sentence, work) => {
    await using repository = new TestRepository();
    repository.write(repository.main, { '.git/info/exclude': 'out/\n' });
    await expect(workAfter(repository, work)).resolves.toEqual(
      expect.arrayContaining([expect.stringMatching(sentence)]),
    );
  });

  const inSubmodule: Case[] = [
    ['a changed file', /In lib: 1 file is changed/, (path, { write }) => write(path, { 'lib.ts': 'x' })],
    [
      'a commit',
      /In lib: 1 commit is nowhere else/,
      (path, repository) => {
        repository.commit(path, { 'lib.ts': 'x' });
      },
    ],
    [
      'a commit of another branch',
      /In lib: 1 commit is nowhere else/,
      (path, repository) => {
        repository.run(path, 'checkout', '-q', '-b', 'side');
        repository.commit(path, { 'lib.ts': 'x' });
        repository.run(path, 'checkout', '-q', 'origin/main');
      },
    ],
    [
      'a stash entry',
      /In lib: 1 stash entry/,
      (path, repository) => {
        repository.write(path, { 'lib.ts': 'x' });
        repository.run(path, 'stash');
      },
    ],
    [
      'a commit where its files are gone',
      /In the submodule lib: 1 commit is nowhere else/,
      (path, repository) => {
        repository.run(path, 'checkout', '-q', '-b', 'side');
        repository.commit(path, { 'lib.ts': 'x' });
        repository.run(join(path, '..'), 'submodule', '--quiet', 'update');
        repository.run(join(path, '..'), 'submodule', '--quiet', 'deinit', 'lib');
      },
    ],
  ];

  test.each(inSubmodule)('%s in a submodule', async (_what, sentence, work) => {
    await using repository = new TestRepository();
    withSubmodule(repository);
    const found = await workAfter(repository, (path) => {
      repository.run(path, 'submodule', '--quiet', 'update', '--init');
      work(join(path, 'lib'), repository);
    });
    expect(found).toEqual(expect.arrayContaining([expect.stringMatching(sentence)]));
  });
});

describe('Nothing stands in the way of removing', () => {
  const cases: [string, (path: string, repository: TestRepository) => void][] = [
    ['a worktree where nothing was done', () => undefined],
    ['one with files that were only touched', (path) => utimesSync(join(path, 'README.md'), 1, 1)],
    ['one with ignored files', (path, { write }) => write(path, { 'out/x': '' })],
    [
      'one with a clean clone in an ignored folder',
      (path, { main, run }) => run(path, 'clone', '-q', main, 'out'),
    ],
    [
      'one whose commits are on another branch',
      (path, repository) => {
        repository.commit(path, { 'new.ts': 'x' });
        repository.run(repository.main, 'merge', '-q', 'feat/cart');
      },
    ],
    [
      'one whose commits are on a remote',
      (path, repository) => {
        repository.commit(path, { 'new.ts': 'x' });
        repository.run(path, 'update-ref', 'refs/remotes/origin/feat/cart', 'HEAD');
      },
    ],
    ['one whose folder is gone', (path) => rmSync(path, { recursive: true })],
    ['one that git has removed', (path, { main, run }) => run(main, 'worktree', 'remove', path)],
    ['one that was moved', (path, { run }) => run(path, 'worktree', 'move', '.', '../elsewhere')],
    [
      'one with a stash entry of another branch',
      (_path, { main, run, write }) => {
        write(main, { 'README.md': 'x' });
        run(main, 'stash');
      },
    ],
  ];

  test.each(cases)('%s', async (_what, work) => {
    await using repository = new TestRepository();
    repository.write(repository.main, { '.git/info/exclude': 'out/\n' });
    await expect(workAfter(repository, work)).resolves.toEqual([]);
  });

  test('one with a submodule in which all is on its remote', async () => {
    await using repository = new TestRepository();
    withSubmodule(repository);
    const update = (path: string) => repository.run(path, 'submodule', '--quiet', 'update', '--init');
    await expect(workAfter(repository, update)).resolves.toEqual([]);
  });
});

describe('The branch', () => {
  test('that Lalia made goes with its settings, once the worktree is gone and all of it is elsewhere', async () => {
    await using repository = new TestRepository();
    const opened = await repository.open();
    await repository.add();
    repository.run(repository.main, 'config', 'branch.feat/cart.remote', 'origin');
    const plan = await opened.planRemoval(repository.request());
    await expect(opened.removeBranch(plan)).resolves.toBe(false);
    await opened.removeWorktree(plan);
    await expect(opened.removeBranch(plan)).resolves.toBe(true);
    await expect(opened.removeBranch(plan)).resolves.toBe(true);
    expect(repository.state()).not.toContain('feat/cart');
    expect(() => repository.run(repository.main, 'config', '--get-regexp', 'branch.feat/cart')).toThrow(
      'failed',
    );
  });

  test('stays when it was there before, also with commits that are nowhere else', async () => {
    await using repository = new TestRepository();
    repository.run(repository.main, 'branch', 'feat/cart');
    const opened = await repository.open();
    const path = await repository.add();
    const commit = repository.commit(path, { 'new.ts': '' });
    const plan = await opened.planRemoval(repository.request());
    await opened.removeWorktree(plan);
    await expect(opened.removeBranch(plan)).resolves.toBe(false);
    expect(repository.run(repository.main, 'rev-parse', 'feat/cart').trim()).toBe(commit);
  });

  test('stays when somebody commits to it, or checks it out, before it is removed', async () => {
    await using repository = new TestRepository();
    const opened = await repository.open();
    await repository.add();
    const plan = await opened.planRemoval(repository.request());
    await opened.removeWorktree(plan);
    repository.run(repository.main, 'checkout', '-q', 'feat/cart');
    await expect(opened.removeBranch(plan)).resolves.toBe(false);
    repository.commit(repository.main, { 'new.ts': '' });
    repository.run(repository.main, 'checkout', '-q', 'main');
    await expect(opened.removeBranch(plan)).resolves.toBe(false);
    expect(repository.state()).toContain('refs/heads/feat/cart');
  });
});

test('A removal that was cut off is finished; what was put there since is not deleted', async () => {
  await using repository = new TestRepository();
  const opened = await repository.open();
  const path = await repository.add();
  const plan = await opened.planRemoval(repository.request());
  const gitDir = repository.run(path, 'rev-parse', '--absolute-git-dir').trim();
  writeFileSync(join(gitDir, 'lalia-removing'), '');
  rmSync(join(path, '.git'));
  rmSync(join(path, 'src'), { recursive: true });
  repository.write(path, { 'mine.ts': 'x' });
  await expect(opened.removeWorktree(plan)).rejects.toMatchObject({ reason: 'unsaved_work' });
  renameSync(join(path, 'mine.ts'), join(repository.folder, 'mine.ts'));
  await opened.removeWorktree(plan);
  await opened.removeWorktree(plan);
  expect(repository.state()).not.toContain('wt/cart');
  expect(existsSync(join(repository.folder, 'wt'))).toBe(false);
});

test.each(['before', 'while it was cut off'])(
  'A clone in the place of a worktree, made %s, is not removed',
  async (when) => {
    await using repository = new TestRepository();
    const opened = await repository.open();
    const path = await repository.add();
    const plan = await opened.planRemoval(repository.request());
    const gitDir = repository.run(path, 'rev-parse', '--absolute-git-dir').trim();
    if (when !== 'before') writeFileSync(join(gitDir, 'lalia-removing'), '');
    rmSync(path, { recursive: true });
    repository.run(repository.folder, 'clone', '-q', repository.main, path);
    await expect(opened.removeWorktree(plan)).rejects.toMatchObject({ reason: 'unsaved_work' });
    expect(repository.run(path, 'status', '--porcelain')).toBe('');
  },
);
