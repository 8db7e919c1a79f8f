import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { installGuard, uninstallGuard } from '../../src/git/guard.ts';
import { TASK, TestRepository } from './_repository.ts';

/** A program in place of `lalia`, which ends with a code and notes how it was called. */
function checker(repository: TestRepository, code: number): string[] {
  script(
    repository,
    join(repository.folder, "the lalia's.sh"),
    `echo "$@" >> "${repository.folder}/asked"; exit ${code}`,
  );
  return ['sh', join(repository.folder, "the lalia's.sh")];
}

function script(repository: TestRepository, path: string, text: string): void {
  repository.write('/', { [path]: `#!/bin/sh\n${text}\n` });
  chmodSync(path, 0o755);
}

/** What a hook or the check wrote down. */
function noted({ folder }: TestRepository, name: string): string {
  return existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '';
}

async function guarded(repository: TestRepository, code = 0, root = repository.main): Promise<string> {
  const path = await repository.add({}, root);
  const opened = await repository.open(root);
  const outcome = await installGuard(opened, { taskId: TASK, command: checker(repository, code) });
  expect(outcome).toEqual({ done: true, note: 'Commits are checked from now on.' });
  return path;
}

describe('Before a commit', () => {
  test('the check is asked, and a commit that it lets pass goes on', async () => {
    await using repository = new TestRepository();
    const path = await guarded(repository);
    repository.commit(path, { 'a.ts': '' });
    expect(noted(repository, 'asked')).toBe('task check --staged\n');
    repository.commit(repository.main, { 'b.ts': '' });
    expect(noted(repository, 'asked')).toBe('task check --staged\n');
  });

  test('an owned path refuses it', async () => {
    await using repository = new TestRepository();
    const path = await guarded(repository, 6);
    expect(() => repository.commit(path, { 'a.ts': '' })).toThrow('failed');
    expect(repository.run(path, 'log', '--format=%s', '-1')).toBe('Change README.md, src/cart.ts\n');
    expect(repository.run(path, 'status', '--porcelain')).toBe('A  a.ts\n');
  });

  test.each([1, 2, 127])('a check that fails with %i is a warning', async (code) => {
    await using repository = new TestRepository();
    const path = await guarded(repository, code);
    repository.commit(path, { 'a.ts': '' });
    expect(repository.run(path, 'log', '--format=%s', '-1')).toBe('Change a.ts\n');
  });

  test('the `lalia` on the PATH is the one that is asked', async () => {
    await using repository = new TestRepository();
    const path = await guarded(repository, 6);
    script(
      repository,
      join(repository.folder, 'bin', 'lalia'),
      `echo "on the PATH: $@" >> "${repository.folder}/asked"`,
    );
    repository.path.unshift(join(repository.folder, 'bin'));
    repository.commit(path, { 'a.ts': '' });
    expect(noted(repository, 'asked')).toBe('on the PATH: task check --staged\n');
  });

  test('no `lalia` at all is a warning', async () => {
    await using repository = new TestRepository();
    const path = await repository.add();
    await installGuard(await repository.open(), { taskId: TASK, command: ['/nowhere/lalia'] });
    repository.commit(path, { 'a.ts': '' });
    expect(repository.run(path, 'log', '--format=%s', '-1')).toBe('Change a.ts\n');
  });

  test('what a merge brings in is not checked', async () => {
    await using repository = new TestRepository();
    const path = await guarded(repository);
    repository.commit(path, { 'README.md': 'mine\n' });
    repository.commit(repository.main, { 'README.md': 'theirs\n' });
    expect(() => repository.run(path, 'merge', 'main')).toThrow('failed');
    await installGuard(await repository.open(), { taskId: TASK, command: checker(repository, 6) });
    repository.commit(path, { 'README.md': 'both\n' });
    expect(repository.run(path, 'status', '--porcelain')).toBe('');
  });
});

describe('The hooks that were there', () => {
  type Setup = (repository: TestRepository, path: string) => string;
  const places: [string, Setup][] = [
    ['in the repository', ({ main }) => join(main, '.git/hooks')],
    [
      'where a relative core.hooksPath says',
      ({ main, run }, path) => {
        run(main, 'config', 'core.hooksPath', '.husky/_ ö');
        return join(path, '.husky/_ ö');
      },
    ],
    [
      'where an absolute one says',
      ({ folder, main, run }) => {
        run(main, 'config', 'core.hooksPath', join(folder, 'my hooks'));
        return join(folder, 'my hooks');
      },
    ],
    [
      'where one of the worktree alone says',
      ({ folder, main, run }, path) => {
        run(main, 'config', 'core.hooksPath', '/nowhere');
        run(main, 'config', 'extensions.worktreeConfig', 'true');
        run(path, 'config', '--worktree', 'core.hooksPath', join(folder, 'mine'));
        return join(folder, 'mine');
      },
    ],
  ];

  test.each(places)(
    '%s run with their arguments and their input, also those that come later',
    async (_place, setup) => {
      await using repository = new TestRepository();
      const path = await repository.add();
      const hooks = setup(repository, path);
      script(repository, join(hooks, 'pre-commit'), `echo pre-commit >> "${repository.folder}/ran"`);
      await installGuard(await repository.open(), { taskId: TASK, command: checker(repository, 0) });
      script(
        repository,
        join(hooks, 'commit-msg'),
        `echo "commit-msg $(cat "$1")" >> "${repository.folder}/ran"`,
      );
      script(
        repository,
        join(hooks, 'post-rewrite'),
        `echo "post-rewrite $1 $(wc -l)" >> "${repository.folder}/ran"`,
      );
      repository.write(path, { 'a.ts': '' });
      repository.run(path, 'add', 'a.ts');
      repository.run(path, 'commit', '-q', '-m', 'One');
      repository.run(path, 'commit', '-q', '--amend', '-m', 'Two');
      expect(noted(repository, 'ran').replaceAll(/ +/g, ' ')).toBe(
        'pre-commit\ncommit-msg One\npre-commit\ncommit-msg Two\npost-rewrite amend 1\n',
      );
      expect(noted(repository, 'asked')).toBe('task check --staged\ntask check --staged\n');
    },
  );

  test('decide after the check', async () => {
    await using repository = new TestRepository();
    script(repository, join(repository.main, '.git/hooks/pre-commit'), 'exit 3');
    const path = await guarded(repository);
    expect(() => repository.commit(path, { 'a.ts': '' })).toThrow('failed');
  });

  test('stand in the way of a push to the worktree no more than git alone does', async () => {
    await using repository = new TestRepository();
    const path = await guarded(repository);
    repository.run(repository.main, 'config', 'receive.denyCurrentBranch', 'updateInstead');
    repository.run(repository.folder, 'clone', '-q', path, 'other');
    repository.commit(join(repository.folder, 'other'), { 'pushed.ts': '' });
    repository.run(join(repository.folder, 'other'), 'push', '-q', 'origin', 'HEAD:feat/cart');
    expect(existsSync(join(path, 'pushed.ts'))).toBe(true);
    expect(repository.run(path, 'status', '--porcelain')).toBe('');
  });
});

describe('Uninstalled, everything is as it was, byte for byte:', () => {
  type Prepare = (repository: TestRepository) => string;
  const kinds: [string, Prepare][] = [
    ['in an ordinary repository', ({ main }) => main],
    [
      'in a bare one',
      ({ folder, main, run }) => {
        run(folder, 'clone', '-q', '--bare', main, 'bare.git');
        return join(folder, 'bare.git');
      },
    ],
    [
      'in a submodule',
      ({ folder, main, run }) => {
        run(folder, 'init', '-q', '-b', 'main', 'super');
        run(join(folder, 'super'), 'submodule', '--quiet', 'add', main, 'sub');
        return join(folder, 'super', 'sub');
      },
    ],
    [
      'with extensions.worktreeConfig',
      ({ main, run }) => {
        run(main, 'config', 'extensions.worktreeConfig', 'true');
        run(main, 'config', '--worktree', 'user.name', 'Somebody');
        return main;
      },
    ],
  ];

  test.each(kinds)('%s', async (_kind, prepare) => {
    await using repository = new TestRepository();
    const root = prepare(repository);
    const path = await repository.add({}, root);
    const common = repository.run(root, 'rev-parse', '--path-format=absolute', '--git-common-dir').trim();
    const own = repository.run(path, 'rev-parse', '--absolute-git-dir').trim();
    const files = [join(common, 'config'), join(common, 'config.worktree'), join(own, 'config.worktree')];
    const read = () => files.map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : null));
    const before = read();
    const opened = await repository.open(root);
    const request = { taskId: TASK, command: checker(repository, 0) };
    await installGuard(opened, request);
    const guardedSettings = read();
    await expect(installGuard(opened, request)).resolves.toMatchObject({
      note: 'Commits are checked as before.',
    });
    expect(read()).toEqual(guardedSettings);
    expect(repository.run(root, 'worktree', 'list')).toContain('feat/cart');
    expect(repository.run(root, 'rev-parse', '--is-bare-repository')).toBe(
      root.endsWith('bare.git') ? 'true\n' : 'false\n',
    );
    repository.commit(path, { 'a.ts': '' });
    expect(noted(repository, 'asked')).toBe('task check --staged\n');
    await expect(uninstallGuard(opened, TASK)).resolves.toMatchObject({ done: true });
    expect(read()).toEqual(before);
    expect(existsSync(join(common, 'lalia-hooks'))).toBe(false);
    await expect(uninstallGuard(opened, TASK)).resolves.toMatchObject({ note: 'Commits were not checked.' });
    repository.commit(path, { 'b.ts': '' });
    expect(noted(repository, 'asked')).toBe('task check --staged\n');
  });

  test('but what others set meanwhile stays, and what they need', async () => {
    await using repository = new TestRepository();
    const path = await guarded(repository);
    repository.run(path, 'config', '--worktree', 'user.name', 'Somebody');
    repository.run(repository.main, 'config', 'user.email', 'somebody@example.invalid');
    await uninstallGuard(await repository.open(), TASK);
    expect(repository.run(path, 'config', 'extensions.worktreeConfig')).toBe('true\n');
    expect(repository.run(path, 'config', 'user.name')).toBe('Somebody\n');
    expect(repository.run(path, 'config', 'user.email')).toBe('somebody@example.invalid\n');
    expect(() => repository.run(path, 'config', 'core.hooksPath')).toThrow('failed');
  });

  test('one worktree after the other, also one that only copied the settings', async () => {
    await using repository = new TestRepository();
    const config = readFileSync(join(repository.main, '.git/config'), 'utf8');
    const path = await guarded(repository);
    const second = { slug: 'tax', branch: 'feat/tax', taskId: `${TASK.slice(0, -1)}2` };
    const other = await repository.add(second, path);
    const opened = await repository.open();
    repository.commit(other, { 'a.ts': '' });
    expect(noted(repository, 'asked')).toBe('');
    await installGuard(opened, { taskId: second.taskId, command: checker(repository, 0) });
    await uninstallGuard(opened, TASK);
    repository.commit(other, { 'b.ts': '' });
    repository.commit(path, { 'b.ts': '' });
    expect(noted(repository, 'asked')).toBe('task check --staged\n');
    await uninstallGuard(opened, second.taskId);
    expect(readFileSync(join(repository.main, '.git/config'), 'utf8')).toBe(config);
    expect(repository.run(other, 'config', '--list', '--show-scope')).not.toContain('worktree\t');
  });

  test('with the last guarded worktree its guard goes too', async () => {
    await using repository = new TestRepository();
    const config = readFileSync(join(repository.main, '.git/config'), 'utf8');
    await guarded(repository);
    const opened = await repository.open();
    await opened.removeWorktree(await opened.planRemoval(repository.request()));
    expect(existsSync(join(repository.main, '.git/lalia-hooks'))).toBe(false);
    expect(readFileSync(join(repository.main, '.git/config'), 'utf8')).toBe(config);
  });

  test('a worktree that is not there is left alone', async () => {
    await using repository = new TestRepository();
    const outcome = await installGuard(await repository.open(), { taskId: TASK, command: ['lalia'] });
    expect(outcome).toMatchObject({ done: false });
    expect(existsSync(join(repository.main, '.git/lalia-hooks'))).toBe(false);
  });
});
