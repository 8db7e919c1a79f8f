import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { verifyTranscript } from '../src/verify/index.ts';
import { git, gitProblems, openJournal, TestFolder, TestOutbox, TestTalk } from './_transcript.ts';

const A_LONG_TIME_MS = 60_000;

test('a message becomes one commit, one file and one line of the log', async () => {
  using folder = new TestFolder();
  const { workspace } = folder;
  const outbox = new TestOutbox();
  const talk = new TestTalk();
  await using journal = await openJournal(workspace, outbox);
  outbox.add(talk.tell('alice', 'bob', 'The parser is done.\nLook at it.'));
  expect(await journal.flush(A_LONG_TIME_MS)).toBe(true);

  expect(git(workspace, 'log', '--format=%s|%an|%ae|%cn|%ct', 'peers/')).toBe(
    'alice -> bob 1: The parser is done. Look at it.|alice|alice@lalia.local|alice|1767323046\n',
  );
  expect(readFileSync(join(workspace, 'peers/alice--bob/000001-alice.md'), 'utf8')).toMatch(
    /The parser is done.\nLook at it.$/,
  );
  expect(git(workspace, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main\n');
  expect(gitProblems(workspace)).toBe('');
  expect(journal.status()).toEqual({ lastCommitMs: 1767323045000, error: null });
});

test('a few messages have a commit each; a backlog is grouped, and each subject is in the body', async () => {
  using folder = new TestFolder();
  const { workspace } = folder;
  const outbox = new TestOutbox();
  const talk = new TestTalk();
  await using journal = await openJournal(workspace, outbox);
  for (let at = 0; at < 3; at++) outbox.add(talk.tell('alice', 'bob', `Message ${String(at)}`));
  await journal.flush(A_LONG_TIME_MS);
  expect(git(workspace, 'log', '--format=%s', 'peers/').split('\n')).toHaveLength(4);

  for (let at = 0; at < 300; at++)
    outbox.add(talk.post(at % 2 ? 'alice' : 'bob', 'auth', `Message ${String(at)}`));
  expect(await journal.flush(A_LONG_TIME_MS)).toBe(true);
  expect(git(workspace, 'log', '--format=%an: %s', 'rooms/auth/')).toBe(
    'lalia: 44 changes\nlalia: 256 changes\n',
  );
  expect(git(workspace, 'log', '-1', '--format=%b', 'rooms/auth/').split('\n')[0]).toBe(
    'bob in auth 257: Message 256',
  );
  expect(gitProblems(workspace)).toBe('');
});

test('what is said right after a message was written waits for its successors, and a flush waits for nobody', async () => {
  using folder = new TestFolder();
  const outbox = new TestOutbox();
  const talk = new TestTalk();
  await using journal = await openJournal(folder.workspace, outbox);
  const done = vi.spyOn(outbox, 'done');
  const say = () => {
    outbox.add(talk.tell('alice', 'bob'));
    journal.notify();
  };
  say();
  await vi.waitFor(() => {
    expect(done).toHaveBeenCalledTimes(1);
  });
  say();
  say();
  await vi.waitFor(() => {
    expect(outbox.backlog()).toBe(0);
  });
  expect(done).toHaveBeenCalledTimes(2);

  say();
  expect(await journal.flush(A_LONG_TIME_MS)).toBe(true);
});

test('a conversation of thousands stays true for git, whose index is written in parts', async () => {
  using folder = new TestFolder();
  const { workspace } = folder;
  const outbox = new TestOutbox();
  const talk = new TestTalk();
  for (const entry of talk.registrations()) outbox.add(entry);
  for (let at = 0; at < 1300; at++) outbox.add(talk.tell(at % 3 ? 'alice' : 'bob', at % 3 ? 'bob' : 'alice'));
  await using journal = await openJournal(workspace, outbox);
  expect(await journal.flush(A_LONG_TIME_MS)).toBe(true);

  expect(existsSync(join(workspace, 'peers/alice--bob/001/001300-bob.md'))).toBe(true);
  expect(readdirSync(join(workspace, '.git')).filter((name) => name.startsWith('sharedindex.'))).not.toEqual(
    [],
  );
  expect(git(workspace, 'ls-files').trim().split('\n')).toHaveLength(1304);
  expect(gitProblems(workspace)).toBe('');
  expect(await verifyTranscript(workspace)).toMatchObject({
    problems: [],
    counts: { messages: 1300, agents: 3 },
  });
});

test('clone, remote and push work with real git', async () => {
  using folder = new TestFolder();
  const { workspace, path } = folder;
  const outbox = new TestOutbox();
  const talk = new TestTalk();
  for (const entry of talk.registrations()) outbox.add(entry);
  outbox.add(talk.tell('alice', 'bob', 'line\r\nending\r\n'));
  await using journal = await openJournal(workspace, outbox);
  await journal.flush(A_LONG_TIME_MS);
  git(path, 'init', '--bare', 'remote.git');
  git(workspace, 'remote', 'add', 'origin', join(path, 'remote.git'));
  git(workspace, 'push', '-u', 'origin', 'main');
  git(path, '-c', 'core.autocrlf=true', 'clone', '-b', 'main', join(path, 'remote.git'), 'copy');
  expect(gitProblems(join(path, 'copy'))).toBe('');
  expect((await verifyTranscript(join(path, 'copy'))).problems).toEqual([]);
  expect((await verifyTranscript(join(path, 'remote.git'))).problems).toEqual([]);

  outbox.add(talk.tell('bob', 'alice'));
  await journal.flush(A_LONG_TIME_MS);
  git(workspace, 'push');
  expect(gitProblems(workspace)).toBe('');
});

test('the same workspace goes on after a restart, with cold caches, also when real git has packed everything', async () => {
  using folder = new TestFolder();
  const { workspace } = folder;
  const outbox = new TestOutbox();
  const talk = new TestTalk();
  for (const entry of talk.registrations()) outbox.add(entry);
  for (let round = 0; round < 3; round++) {
    await using journal = await openJournal(workspace, outbox);
    for (let at = 0; at < 5; at++) outbox.add(talk.tell('alice', 'bob'));
    outbox.add(talk.post('bob', 'auth'));
    await journal.flush(A_LONG_TIME_MS);
    git(workspace, 'gc', '-q', '--prune=now');
    outbox.add(talk.tell('alice', 'bob'));
    expect(await journal.flush(A_LONG_TIME_MS)).toBe(true);
    expect(gitProblems(workspace)).toBe('');
  }
  expect((await verifyTranscript(workspace)).problems).toEqual([]);
});

test('a workspace with files, or with a history of its own, is refused and left as it is', async () => {
  using folder = new TestFolder();
  const { workspace } = folder;
  mkdirSync(workspace);
  writeFileSync(join(workspace, 'notes.txt'), 'mine');
  await expect(openJournal(workspace, new TestOutbox())).rejects.toMatchObject({
    reason: 'foreign_workspace',
  });
  git(workspace, 'init', '-b', 'main');
  git(workspace, 'add', '.');
  git(workspace, 'commit', '-m', 'mine');
  await expect(openJournal(workspace, new TestOutbox())).rejects.toMatchObject({
    reason: 'foreign_workspace',
  });
  expect(git(workspace, 'log', '--format=%s')).toBe('mine\n');
  expect(git(workspace, 'status', '--porcelain')).toBe('');
});

test('a workspace belongs to one database, and so does a clone of it', async () => {
  using folder = new TestFolder();
  const { workspace, path } = folder;
  const outbox = new TestOutbox();
  await using first = await openJournal(workspace, outbox, { owner: '01K0000000000000000000000A' });
  await first.close();
  const other = openJournal(workspace, outbox, { owner: '01K0000000000000000000000B' });
  await expect(other).rejects.toMatchObject({ reason: 'foreign_workspace' });
  git(path, 'clone', '-q', workspace, 'copy');
  const stranger = openJournal(join(path, 'copy'), outbox, { owner: '01K0000000000000000000000B' });
  await expect(stranger).rejects.toMatchObject({ reason: 'foreign_workspace' });
  await using adopted = await openJournal(join(path, 'copy'), outbox, {
    owner: '01K0000000000000000000000A',
  });
  expect(adopted.status().error).toBeNull();
});

test('a git command that holds the index delays the index, not the journal', async () => {
  using folder = new TestFolder();
  const { workspace } = folder;
  const outbox = new TestOutbox();
  const talk = new TestTalk();
  await using journal = await openJournal(workspace, outbox);
  const lock = join(workspace, '.git/index.lock');
  writeFileSync(lock, '');
  outbox.add(talk.tell('alice', 'bob'));
  expect(await journal.flush(A_LONG_TIME_MS)).toBe(true);
  expect(git(workspace, 'log', '--format=%an', 'peers/')).toBe('alice\n');
  rmSync(lock);
  await vi.waitFor(() => expect(gitProblems(workspace)).toBe(''), A_LONG_TIME_MS);
});

test('an index that was behind when the process ended is made true by the next start', async () => {
  using folder = new TestFolder();
  const { workspace } = folder;
  const outbox = new TestOutbox();
  const talk = new TestTalk();
  const lock = join(workspace, '.git/index.lock');
  {
    await using journal = await openJournal(workspace, outbox);
    writeFileSync(lock, '');
    outbox.add(talk.tell('alice', 'bob'));
    await journal.flush(A_LONG_TIME_MS);
  }
  rmSync(lock);
  await using again = await openJournal(workspace, outbox);
  expect(again.status().error).toBeNull();
  expect(gitProblems(workspace)).toBe('');
});

test('what a person did to the index survives: staged files, an index without its shared part, git status at any time', async () => {
  using folder = new TestFolder();
  const { workspace } = folder;
  const outbox = new TestOutbox();
  const talk = new TestTalk();
  await using journal = await openJournal(workspace, outbox);
  for (let at = 0; at < 700; at++) outbox.add(talk.tell('alice', 'bob'));
  await journal.flush(A_LONG_TIME_MS);
  writeFileSync(join(workspace, 'mine.txt'), 'mine');
  git(workspace, 'add', 'mine.txt');
  outbox.add(talk.tell('alice', 'bob'));
  await journal.flush(A_LONG_TIME_MS);
  expect(git(workspace, 'status', '--porcelain')).toBe('A  mine.txt\n');
  git(workspace, 'update-index', '--no-split-index');
  outbox.add(talk.tell('alice', 'bob'));
  await journal.flush(A_LONG_TIME_MS);
  expect(git(workspace, 'status', '--porcelain')).toBe('A  mine.txt\n');
  git(workspace, 'commit', '-m', 'mine');
  outbox.add(talk.tell('alice', 'bob'));
  await journal.flush(A_LONG_TIME_MS);
  expect(gitProblems(workspace)).toBe('');
  rmSync(join(workspace, '.git/index'));
  outbox.add(talk.tell('alice', 'bob'));
  await journal.flush(A_LONG_TIME_MS);
  expect(gitProblems(workspace)).toBe('');
});

test('messages go on to main while a person looks at an older commit, and are all there when they come back', async () => {
  using folder = new TestFolder();
  const { workspace } = folder;
  const outbox = new TestOutbox();
  const talk = new TestTalk();
  await using journal = await openJournal(workspace, outbox);
  outbox.add(talk.tell('alice', 'bob'));
  await journal.flush(A_LONG_TIME_MS);
  git(workspace, 'checkout', '-q', '--detach', 'HEAD~1');
  outbox.add(talk.tell('alice', 'bob'));
  expect(await journal.flush(A_LONG_TIME_MS)).toBe(true);
  expect(git(workspace, 'status', '--porcelain')).toBe('');
  git(workspace, 'checkout', '-q', 'main');
  outbox.add(talk.tell('alice', 'bob'));
  await journal.flush(A_LONG_TIME_MS);
  expect(gitProblems(workspace)).toBe('');
  expect(readdirSync(join(workspace, 'peers/alice--bob'))).toHaveLength(3);
});

test('a path that holds another message is reported and left as it is; what comes before it is written', async () => {
  using folder = new TestFolder();
  const { workspace } = folder;
  const outbox = new TestOutbox();
  const talk = new TestTalk();
  await using journal = await openJournal(workspace, outbox);
  const message = talk.tell('alice', 'bob', 'The first.');
  outbox.add(message);
  await journal.flush(A_LONG_TIME_MS);
  outbox.add(talk.post('bob', 'auth'));
  outbox.add({ ...message, content: 'Something else.' });
  expect(await journal.flush(A_LONG_TIME_MS)).toBe(false);
  expect(journal.status().error).toMatch(/000001-alice.md is in the transcript already, with other content/);
  expect(readFileSync(join(workspace, message.path), 'utf8')).toBe(message.content);
  expect(outbox.donePaths).toContain('rooms/auth/000001-bob.md');
  expect(outbox.backlog()).toBe(1);
});

test('a link in the place of a folder is never followed out of the workspace', async () => {
  using folder = new TestFolder();
  const { workspace, path } = folder;
  const outbox = new TestOutbox();
  const talk = new TestTalk();
  await using journal = await openJournal(workspace, outbox);
  mkdirSync(join(path, 'outside'));
  symlinkSync(join(path, 'outside'), join(workspace, 'peers'));
  outbox.add(talk.tell('alice', 'bob'));
  expect(await journal.flush(A_LONG_TIME_MS)).toBe(false);
  expect(journal.status().error).toMatch(/peers must be a folder/);
  expect(readdirSync(join(path, 'outside'))).toEqual([]);
  rmSync(join(workspace, 'peers'));
  expect(await journal.flush(A_LONG_TIME_MS)).toBe(true);
  expect(journal.status().error).toBeNull();
  expect(gitProblems(workspace)).toBe('');
});

test('a workspace that is moved away is reported, not made again, and goes on when it is back', async () => {
  using folder = new TestFolder();
  const { workspace, path } = folder;
  const outbox = new TestOutbox();
  const talk = new TestTalk();
  await using journal = await openJournal(workspace, outbox);
  renameSync(workspace, join(path, 'elsewhere'));
  outbox.add(talk.tell('alice', 'bob'));
  expect(await journal.flush(A_LONG_TIME_MS)).toBe(false);
  expect(journal.status().error).toMatch(/is gone; put it back/);
  expect(existsSync(workspace)).toBe(false);
  renameSync(join(path, 'elsewhere'), workspace);
  expect(await journal.flush(A_LONG_TIME_MS)).toBe(true);
  expect(gitProblems(workspace)).toBe('');
});

test('a workspace that cannot be made does not fail the start: it is reported and tried again', async () => {
  using folder = new TestFolder();
  const { path } = folder;
  const outbox = new TestOutbox();
  const talk = new TestTalk();
  writeFileSync(join(path, 'parent'), 'a file where a folder should be');
  await using journal = await openJournal(join(path, 'parent/workspace'), outbox);
  expect(journal.status().error).not.toBeNull();
  outbox.add(talk.tell('alice', 'bob'));
  rmSync(join(path, 'parent'));
  expect(await journal.flush(A_LONG_TIME_MS)).toBe(true);
  expect(gitProblems(join(path, 'parent/workspace'))).toBe('');
});

// Only root may mount a small disk; test/faults/full-disk.test.ts fills one without that.
test.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
  'a full disk keeps the backlog; after space is freed everything is written, whole',
  async () => {
    using folder = new TestFolder();
    const disk = join(folder.path, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk]);
    try {
      const outbox = new TestOutbox();
      const talk = new TestTalk();
      const workspace = join(disk, 'workspace');
      await using journal = await openJournal(workspace, outbox);
      for (const entry of talk.registrations()) outbox.add(entry);
      await journal.flush(A_LONG_TIME_MS);
      spawnSync('sh', ['-c', `cat /dev/zero > ${join(disk, 'ballast')}`]);
      for (let at = 0; at < 40; at++)
        outbox.add(talk.tell('alice', 'bob', `${String(at)} ${'x'.repeat(5000)}`));
      expect(await journal.flush(A_LONG_TIME_MS)).toBe(false);
      expect(journal.status().error).toMatch(/the disk is full/);
      expect(outbox.backlog()).toBe(40);
      rmSync(join(disk, 'ballast'));
      expect(await journal.flush(A_LONG_TIME_MS)).toBe(true);
      expect(gitProblems(workspace)).toBe('');
      expect((await verifyTranscript(workspace)).problems).toEqual([]);
    } finally {
      execFileSync('umount', [disk]);
    }
  },
);
