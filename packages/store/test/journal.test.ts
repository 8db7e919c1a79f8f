import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
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
