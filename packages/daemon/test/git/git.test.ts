import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Git, lastWords } from '../../src/git/git.ts';
import { TestRepository } from './_repository.ts';

const source = fileURLToPath(new URL('../../src/git/git.ts', import.meta.url));

test('git sees nothing of the daemon’s own settings of git, and asks nobody anything', async () => {
  await using repository = new TestRepository();
  const env = { ...process.env, GIT_DIR: '/nowhere', GIT_INDEX_FILE: '/nowhere', LC_MESSAGES: 'de_DE.UTF-8' };
  await using stack = new AsyncDisposableStack();
  const git = stack.adopt(new Git({ env, umask: 0o022, folder: repository.main }), async (one) =>
    one.close(),
  );
  const seen = await git.run({ cwd: repository.main }, '-c', 'alias.seen=!env; umask', 'seen');
  expect(seen).toContain('GIT_TERMINAL_PROMPT=0');
  expect(seen).toContain('LC_ALL=C\n');
  expect(seen).not.toMatch(/nowhere|de_DE/);
  expect(seen.trimEnd().endsWith('0022')).toBe(true);
});

test('why git ended is said in one line, in its own words', async () => {
  await using repository = new TestRepository();
  await expect(repository.git.run({ cwd: repository.main }, 'checkout', 'nowhere')).rejects.toMatchObject({
    reason: 'git_failed',
    message: "git checkout failed: error: pathspec 'nowhere' did not match any file(s) known to git",
  });
  expect(lastWords({ code: 128, stdout: '', stderr: 'Preparing\rerror: one\nhint: x\nfatal: two\n' })).toBe(
    'error: one; fatal: two',
  );
  expect(lastWords({ code: 3, stdout: '', stderr: '' })).toBe('it ended with exit code 3.');
});

test('a git that does not end is ended with the daemon', async () => {
  await using repository = new TestRepository();
  execFileSync('mkfifo', [join(repository.folder, 'began'), join(repository.folder, 'never')]);
  const alias = `alias.wait=!echo > ${repository.folder}/began; cat ${repository.folder}/never`;
  const waiting = repository.git.run({ cwd: repository.main }, '-c', alias, 'wait');
  const outcome = waiting.catch((error: unknown) => error);
  await once(createReadStream(join(repository.folder, 'began')), 'data');
  await repository.restart();
  await expect(outcome).resolves.toMatchObject({ reason: 'daemon_stopping' });
  await expect(
    repository.git.run({ cwd: repository.main }, 'rev-parse', '--is-bare-repository'),
  ).resolves.toBe('false\n');
});

test('a git that is ended takes its lock with it', async () => {
  await using repository = new TestRepository();
  const { folder, main } = repository;
  execFileSync('mkfifo', [join(folder, 'began'), join(folder, 'never')]);
  writeFileSync(join(main, '.gitattributes'), '*.slow filter=slow\n');
  writeFileSync(join(main, 'a.slow'), 'a\n');
  const filter = `filter.slow.clean=echo > ${folder}/began; cat ${folder}/never`;
  const adding = repository.git.run({ cwd: main }, '-c', filter, 'add', 'a.slow');
  const outcome = adding.catch((error: unknown) => error);
  await once(createReadStream(join(folder, 'began')), 'data');
  const lock = join(main, '.git/index.lock');
  expect(existsSync(lock)).toBe(true);
  await repository.restart();
  await expect(outcome).resolves.toMatchObject({ reason: 'daemon_stopping' });
  expect(existsSync(lock)).toBe(false);
});

test('a git that does not end in time is ended with what it started, and the error says so', async () => {
  await using repository = new TestRepository();
  await using stack = new AsyncDisposableStack();
  const options = { env: process.env, umask: 0o022, folder: repository.folder, timeoutMs: 50 };
  const git = stack.adopt(new Git(options), async (one) => one.close());
  await expect(
    git.run({ cwd: repository.main }, '-c', 'alias.wait=!tail -f /dev/null', 'wait'),
  ).rejects.toMatchObject({
    reason: 'git_failed',
    message: 'git wait did not end within 1 s, and was ended.',
    hint: expect.stringContaining('LALIA_GIT_TIMEOUT_MS') as unknown,
  });
});

test('the next daemon waits for a git that the one before it left behind', async () => {
  await using repository = new TestRepository();
  const { folder, main } = repository;
  execFileSync('mkfifo', [join(folder, 'began'), join(folder, 'go')]);
  writeFileSync(
    join(folder, 'daemon.ts'),
    `import { Git } from ${JSON.stringify(source)};
     const git = new Git({ env: process.env, umask: 0o022, folder: ${JSON.stringify(folder)} });
     const alias = 'alias.wait=!echo > ${folder}/began; cat ${folder}/go; git tag left-behind';
     await git.run({ cwd: ${JSON.stringify(main)} }, '-c', alias, 'wait');`,
  );
  const args = ['--experimental-strip-types', '--conditions=@lalia/source', join(folder, 'daemon.ts')];
  const daemon = spawn(process.execPath, args, { stdio: 'ignore' });
  await once(createReadStream(join(folder, 'began')), 'data');
  daemon.kill('SIGKILL');
  await once(daemon, 'close');
  const tags = repository.git.run({ cwd: main }, 'tag', '--list');
  writeFileSync(join(folder, 'go'), 'go');
  await expect(tags).resolves.toBe('left-behind\n');
});
