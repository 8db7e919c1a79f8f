import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeBranch } from '../../src/git/branches.ts';
import { Git } from '../../src/git/git.ts';
import { findWorktree, lockReason } from '../../src/git/worktree-admin.ts';
import { openRepository } from '../../src/git/worktrees.ts';
import { TASK, TestRepository } from './_repository.ts';

/** Ends git and all that it started, at the moment when a file is checked out; once. */
function killAtCheckout(repository: TestRepository): void {
  const flag = join(repository.folder, 'kill');
  repository.commit(repository.main, { '.gitattributes': '*.slow filter=slow\n', 'b.slow': 'b\n' });
  repository.write(repository.folder, {
    kill: '',
    'smudge.sh': `test -f "${flag}" && rm "${flag}" && kill -9 0\ncat\n`,
  });
  repository.run(repository.main, 'config', 'filter.slow.smudge', `sh "${repository.folder}/smudge.sh"`);
}

describe('A worktree is made', () => {
  const kinds: [string, (repository: TestRepository) => string][] = [
    ['a repository with spaces and umlauts in its path', ({ main }) => main],
    [
      'a bare main repository',
      ({ folder, main, run }) => {
        run(folder, 'clone', '-q', '--bare', main, 'bare repo.git');
        return join(folder, 'bare repo.git');
      },
    ],
    [
      'a worktree of a bare repository',
      ({ folder, main, run }) => {
        run(folder, 'clone', '-q', '--bare', main, 'bare.git');
        run(join(folder, 'bare.git'), 'worktree', 'add', '-q', '../other', 'main');
        return join(folder, 'other');
      },
    ],
    [
      'a repository that is itself a worktree',
      ({ main, run }) => {
        run(main, 'worktree', 'add', '-q', '../linked', '-b', 'linked');
        return join(main, '..', 'linked');
      },
    ],
    [
      'a submodule',
      ({ folder, main, run }) => {
        run(folder, 'init', '-q', '-b', 'main', 'super');
        run(join(folder, 'super'), 'submodule', '--quiet', 'add', main, 'sub');
        return join(folder, 'super', 'sub');
      },
    ],
    [
      'a repository whose git folder is elsewhere',
      ({ folder, main, run }) => {
        run(folder, 'clone', '-q', '--separate-git-dir=elsewhere', main, 'apart');
        return join(folder, 'apart');
      },
    ],
    [
      'a repository with extensions.worktreeConfig',
      ({ main, run }) => {
        run(main, 'config', 'extensions.worktreeConfig', 'true');
        run(main, 'config', '--worktree', 'core.bare', 'false');
        return main;
      },
    ],
  ];

  test.each(kinds)('in %s, on a new branch at its HEAD, and can be taken back', async (_kind, make) => {
    await using repository = new TestRepository();
    const root = make(repository);
    const before = repository.state(root);
    const opened = await openRepository(repository.git, root);
    const plan = await opened.preflight().plan(repository.request());
    await opened.add(JSON.parse(JSON.stringify(plan)) as typeof plan);
    expect(readFileSync(join(plan.path, 'src/cart.ts'), 'utf8')).toBe('export {};\n');
    expect(repository.run(plan.path, 'status', '--porcelain', '-b')).toBe('## feat/cart\n');
    expect(repository.run(plan.path, 'rev-parse', 'HEAD')).toBe(repository.run(root, 'rev-parse', 'HEAD'));
    await expect(opened.undoAdd(plan)).resolves.toEqual([]);
    await expect(opened.undoAdd(plan)).resolves.toEqual([]);
    expect(repository.state(root)).toBe(before);
    expect(existsSync(join(repository.folder, 'wt'))).toBe(false);
  });

  test('on a branch that exists, which is left where it is when it is taken back', async () => {
    await using repository = new TestRepository();
    repository.run(repository.main, 'branch', 'feat/cart');
    repository.run(repository.main, 'tag', 'feat/cart');
    const branch = repository.run(repository.main, 'rev-parse', 'refs/heads/feat/cart');
    repository.commit(repository.main, { 'later.ts': '' });
    const opened = await repository.open();
    const plan = await repository.plan();
    await opened.add(plan);
    expect(plan.branchIsNew).toBe(false);
    expect(repository.run(plan.path, 'symbolic-ref', 'HEAD')).toBe('refs/heads/feat/cart\n');
    expect(repository.run(plan.path, 'rev-parse', 'HEAD')).toBe(branch);
    await opened.undoAdd(plan);
    expect(repository.run(repository.main, 'rev-parse', 'refs/heads/feat/cart')).toBe(branch);
  });

  test('from HEAD and with a warning when only a remote has the branch', async () => {
    await using repository = new TestRepository();
    repository.run(repository.main, 'update-ref', 'refs/remotes/origin/feat/cart', 'HEAD');
    const head = repository.commit(repository.main, { 'later.ts': '' });
    const plan = await repository.plan();
    expect(plan).toMatchObject({ branchIsNew: true, base: head });
    expect(plan.warnings).toEqual([expect.stringContaining('origin/feat/cart')]);
  });

  test('without the hooks of the repository, with the person’s own mask, and twice is once', async () => {
    await using repository = new TestRepository();
    repository.write(repository.main, { '.git/hooks/post-checkout': '#!/bin/sh\ntouch hooked\n' });
    chmodSync(join(repository.main, '.git/hooks/post-checkout'), 0o755);
    const opened = await repository.open();
    const plan = await repository.plan();
    await opened.add(plan);
    repository.write(plan.path, { 'README.md': 'mine\n' });
    await opened.add(plan);
    expect(existsSync(join(plan.path, 'hooked'))).toBe(false);
    expect(readFileSync(join(plan.path, 'README.md'), 'utf8')).toBe('mine\n');
    await expect(opened.undoAdd(plan)).resolves.toEqual([
      expect.stringContaining('somebody has worked in it'),
    ]);
    expect(existsSync(plan.path)).toBe(true);
  });

  test('beside others, and the last one takes the folder along', async () => {
    await using repository = new TestRepository();
    const opened = await repository.open();
    const other = { slug: 'tax', branch: 'feat/tax', taskId: `${TASK.slice(0, -1)}2` };
    const [first, second] = [await repository.plan(), repository.request(other)];
    await opened.add(first);
    await opened.add(await opened.preflight().plan(second));
    await opened.undoAdd(first);
    expect(readdirSync(join(repository.folder, 'wt'))).toEqual(['tax']);
    await opened.removeWorktree(await opened.planRemoval(second));
    expect(existsSync(join(repository.folder, 'wt'))).toBe(false);
  });
});

describe('What is in use is refused, never taken over:', () => {
  const paths: [string, (repository: TestRepository) => void][] = [
    ['a folder', ({ folder }) => mkdirSync(join(folder, 'wt', 'cart'), { recursive: true })],
    [
      'a link to nowhere',
      ({ folder }) => {
        mkdirSync(join(folder, 'wt'));
        symlinkSync('/nowhere', join(folder, 'wt', 'cart'));
      },
    ],
    [
      'a link to elsewhere on the way',
      ({ folder }) => {
        mkdirSync(join(folder, 'elsewhere'));
        symlinkSync('elsewhere', join(folder, 'wt'));
      },
    ],
    [
      'a file on the way',
      (repository) => {
        repository.write(repository.folder, { wt: '' });
      },
    ],
    [
      'a worktree whose folder is gone',
      ({ folder, main, run }) => {
        run(main, 'worktree', 'add', '-q', '../wt/cart', '-b', 'old');
        rmSync(join(folder, 'wt'), { recursive: true });
      },
    ],
  ];

  test.each(paths)('a path with %s', async (_what, occupy) => {
    await using repository = new TestRepository();
    occupy(repository);
    const before = repository.state();
    await expect(repository.plan()).rejects.toMatchObject({ reason: 'path_in_use' });
    expect(repository.state()).toBe(before);
  });

  const branches: [string, (repository: TestRepository) => void][] = [
    ['checked out in the main worktree', ({ main, run }) => run(main, 'checkout', '-q', '-b', 'feat/cart')],
    [
      'checked out in another one',
      ({ main, run }) => run(main, 'worktree', 'add', '-q', '../x', '-b', 'feat/cart'),
    ],
    [
      'being rebased',
      (repository) => {
        const { main } = repository;
        repository.run(main, 'checkout', '-q', '-b', 'feat/cart');
        repository.commit(main, { 'README.md': 'one\n' });
        repository.run(main, 'checkout', '-q', 'main');
        repository.commit(main, { 'README.md': 'two\n' });
        repository.run(main, 'checkout', '-q', 'feat/cart');
        expect(() => repository.run(main, 'rebase', 'main')).toThrow('could not apply');
      },
    ],
    [
      'being bisected',
      ({ main, run }) => {
        run(main, 'checkout', '-q', '-b', 'feat/cart');
        run(main, 'bisect', 'start');
        run(main, 'checkout', '-q', '--detach');
      },
    ],
    ['above another', ({ main, run }) => run(main, 'branch', 'feat/cart/total')],
    ['below another', ({ main, run }) => run(main, 'branch', 'feat')],
  ];

  test.each(branches)('a branch that is %s', async (_what, occupy) => {
    await using repository = new TestRepository();
    occupy(repository);
    const before = repository.state();
    await expect(repository.plan()).rejects.toMatchObject({ reason: 'branch_in_use' });
    expect(repository.state()).toBe(before);
  });

  test.each(['-x', 'HEAD', 'a..b', 'a b', 'x.lock', '@'])(
    'the name %s is none for a branch',
    async (branch) => {
      await using repository = new TestRepository();
      await expect(repository.plan({ branch })).rejects.toMatchObject({ reason: 'invalid_params' });
    },
  );

  test('what came between the plan and its making stays, and nothing of ours does', async () => {
    await using repository = new TestRepository();
    const opened = await repository.open();
    const plan = await repository.plan();
    repository.run(repository.main, 'worktree', 'add', '-q', plan.path, '-b', 'theirs');
    const before = repository.state();
    await expect(opened.add(plan)).rejects.toMatchObject({ reason: 'path_in_use' });
    expect(repository.state()).toBe(before);
    repository.run(repository.main, 'worktree', 'remove', plan.path);
    repository.run(repository.main, 'branch', 'feat/cart');
    await expect(opened.add(plan)).rejects.toMatchObject({ reason: 'branch_in_use' });
    expect(repository.state()).toContain('refs/heads/feat/cart');
  });
});

describe('Nothing stays half-made:', () => {
  test('when git is killed in the middle of a checkout, all is taken back, and again makes it', async () => {
    await using repository = new TestRepository();
    killAtCheckout(repository);
    const before = repository.state();
    const opened = await repository.open();
    const plan = await repository.plan();
    await expect(opened.add(plan)).rejects.toMatchObject({
      reason: 'git_failed',
      message: expect.stringContaining('SIGKILL') as string,
    });
    expect(repository.state()).toBe(before);
    expect(existsSync(join(repository.folder, 'wt'))).toBe(false);
    await opened.add(plan);
    expect(repository.run(plan.path, 'status', '--porcelain')).toBe('');
  });

  async function leaveHalf(repository: TestRepository) {
    killAtCheckout(repository);
    const opened = await repository.open();
    const plan = await repository.plan();
    mkdirSync(join(repository.folder, 'wt'));
    await makeBranch(opened.place, plan);
    const args = ['worktree', 'add', '--lock', '--reason', lockReason(TASK), plan.path, plan.branch];
    await expect(repository.git.run({ cwd: repository.main }, ...args)).rejects.toThrow('SIGKILL');
    return { opened, plan };
  }

  test('what a killed daemon left is done again', async () => {
    await using repository = new TestRepository();
    const { opened, plan } = await leaveHalf(repository);
    await opened.add(plan);
    expect(repository.run(plan.path, 'status', '--porcelain', '-b')).toBe('## feat/cart\n');
    await expect(findWorktree(opened.place.commonDir, TASK)).resolves.toMatchObject({
      lock: null,
      mark: { isBranchOurs: true },
    });
  });

  test('what a killed daemon left is taken back', async () => {
    await using repository = new TestRepository();
    const { opened, plan } = await leaveHalf(repository);
    await expect(opened.undoAdd(plan)).resolves.toEqual([]);
    expect(repository.state()).not.toContain('cart');
    expect(existsSync(join(repository.folder, 'wt'))).toBe(false);
  });

  test('a file that somebody put into a half-made worktree is not deleted with it', async () => {
    await using repository = new TestRepository();
    const { opened, plan } = await leaveHalf(repository);
    repository.write(plan.path, { 'src/mine.ts': 'work\n' });
    await expect(opened.add(plan)).rejects.toMatchObject({
      reason: 'path_in_use',
      context: { file: 'src/mine.ts' },
    });
    expect(readFileSync(join(plan.path, 'src/mine.ts'), 'utf8')).toBe('work\n');
  });

  test.each([
    ['add', undefined],
    ['undoAdd', [expect.stringContaining('has worked in it')]],
  ] as const)(
    'one whose mark alone was missing is finished by %s, and what somebody changed in it since is not deleted',
    async (step, stays) => {
      await using repository = new TestRepository();
      const opened = await repository.open();
      const plan = await repository.plan();
      mkdirSync(join(repository.folder, 'wt'));
      await makeBranch(opened.place, plan);
      const args = ['worktree', 'add', '-q', '--lock', '--reason', lockReason(TASK), plan.path, plan.branch];
      repository.run(repository.main, ...args);
      repository.write(plan.path, { 'README.md': 'work\n' });
      const left = await opened[step](plan);
      expect(left).toEqual(stays);
      expect(readFileSync(join(plan.path, 'README.md'), 'utf8')).toBe('work\n');
      await expect(findWorktree(opened.place.commonDir, TASK)).resolves.toMatchObject({
        lock: null,
        mark: { isBranchOurs: true, isFolderOurs: true },
      });
    },
  );

  test('a branch that was made before the crash is known as ours, and one that moved stays', async () => {
    await using repository = new TestRepository();
    const opened = await repository.open();
    const plan = await repository.plan();
    await makeBranch(opened.place, plan);
    await opened.undoAdd(plan);
    expect(repository.state()).not.toContain('feat/cart');
    await makeBranch(opened.place, plan);
    const commit = repository.commit(repository.main, { 'later.ts': '' });
    repository.run(repository.main, 'update-ref', 'refs/heads/feat/cart', commit);
    await expect(opened.undoAdd(plan)).resolves.toEqual([expect.stringContaining('feat/cart stays')]);
  });
});

describe('A clear error', () => {
  test('where the folder of the worktrees cannot be made, and nothing is left', async () => {
    await using repository = new TestRepository();
    const request = { ...repository.request(), path: join(repository.folder, 'not', 'there', 'cart') };
    const opened = await repository.open();
    const before = repository.state();
    await expect(opened.add(await opened.preflight().plan(request))).rejects.toMatchObject({
      reason: 'git_failed',
    });
    expect(repository.state()).toBe(before);
  });

  test('for a folder that is no repository, or is not there', async () => {
    await using repository = new TestRepository();
    await expect(repository.open(repository.folder)).rejects.toMatchObject({ reason: 'invalid_params' });
    await expect(repository.open(join(repository.folder, 'x'))).rejects.toMatchObject({
      reason: 'invalid_params',
    });
  });

  test('for a repository without commits', async () => {
    await using repository = new TestRepository();
    repository.run(repository.folder, 'init', '-q', 'empty');
    const opened = await repository.open(join(repository.folder, 'empty'));
    await expect(opened.head()).rejects.toMatchObject({ reason: 'no_commits' });
    await expect(opened.preflight().plan(repository.request())).rejects.toMatchObject({
      reason: 'no_commits',
    });
  });

  test('where there is no git', async () => {
    await using repository = new TestRepository();
    const git = new Git({ env: { PATH: repository.folder }, umask: 0o022, folder: repository.folder });
    await expect(openRepository(git, repository.main)).rejects.toMatchObject({ reason: 'git_missing' });
  });
});

test('The files of HEAD are listed as they are named', async () => {
  await using repository = new TestRepository();
  repository.commit(repository.main, { 'ü/"a"\n.ts': '' });
  const opened = await repository.open();
  await expect(opened.trackedFiles()).resolves.toEqual(['README.md', 'src/cart.ts', 'ü/"a"\n.ts']);
});
