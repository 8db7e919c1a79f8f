import { spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JournalEntry } from '../src/journal/entry.ts';
import { verifyTranscript } from '../src/verify/index.ts';
import { git, gitProblems, TestFolder, TestTalk } from './_transcript.ts';

const PROCESS = join(import.meta.dirname, '_journal-process.ts');
const MESSAGES = 12;

/** A conversation, a room and a document with several versions, waiting in the outbox file. */
function fillOutbox(folder: TestFolder): JournalEntry[] {
  const talk = new TestTalk();
  const document = (version: number): Omit<JournalEntry, 'ord'> => ({
    path: 'tasks/lalia/task-list.json',
    content: `{"version": ${String(version)}}\n`,
    mode: 'replace',
    subject: `tasks ${String(version)}`,
    author: talk.agent('alice'),
    tsMs: Date.UTC(2026, 0, 3),
  });
  const entries = talk.registrations();
  for (let at = 0; at < MESSAGES / 2; at++)
    entries.push(talk.tell('alice', 'bob'), document(at), talk.post('bob', 'auth'));
  const rows = entries.map((entry, index) => ({ ord: index + 1, ...entry }));
  writeFileSync(join(folder.path, 'outbox'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  writeFileSync(join(folder.path, 'done'), '0\n');
  return rows;
}

function runJournal(folder: TestFolder, failpoints: string): ReturnType<typeof spawnSync> {
  return spawnSync(process.execPath, ['--conditions=@lalia/source', PROCESS, folder.path, failpoints], {
    encoding: 'utf8',
  });
}

async function expectComplete(folder: TestFolder, entries: readonly JournalEntry[]): Promise<void> {
  const { workspace } = folder;
  expect(gitProblems(workspace)).toBe('');
  expect((await verifyTranscript(workspace)).problems).toEqual([]);
  expect(git(workspace, 'log', '--format=%s').trim().split('\n').toSorted()).toEqual(
    [...entries.map(({ subject }) => subject), 'Begin the transcript'].toSorted(),
  );
  for (const path of new Set(entries.map((entry) => entry.path))) {
    expect(readFileSync(join(workspace, path), 'utf8')).toBe(
      entries.findLast((entry) => entry.path === path)?.content,
    );
  }
  expect(readdirSync(join(workspace, '.git/lalia/tmp'))).toEqual([]);
}

const IN_WORKER = [
  'journal.objects_written',
  'journal.ref_updated',
  'journal.worktree_written',
  'journal.index_written',
];
const IN_MAIN = ['journal.before_done', 'journal.after_done'];

// The first hit in the worker is the commit that begins the transcript.
test.each([...IN_WORKER.flatMap((place) => [`${place}:1`, `${place}:3`]), ...IN_MAIN])(
  'a kill -9 at %s loses nothing and writes nothing twice',
  async (failpoint) => {
    using folder = new TestFolder();
    const entries = fillOutbox(folder);
    expect(runJournal(folder, failpoint).signal).toBe('SIGKILL');
    const second = runJournal(folder, '');
    expect(second.stderr).toBe('');
    expect(second.status).toBe(0);
    await expectComplete(folder, entries);
  },
);

test('a kill at every step in turn still ends in a complete transcript', async () => {
  using folder = new TestFolder();
  const entries = fillOutbox(folder);
  for (const place of [...IN_WORKER, ...IN_MAIN]) runJournal(folder, place);
  expect(runJournal(folder, '').status).toBe(0);
  await expectComplete(folder, entries);
});

test('what a power cut leaves behind is put right: an empty file, our own locks, drafts, an empty object, a torn index', async () => {
  using folder = new TestFolder();
  const entries = fillOutbox(folder);
  expect(runJournal(folder, 'journal.worktree_written:2').signal).toBe('SIGKILL');
  const { workspace } = folder;
  const gitDir = join(workspace, '.git');
  const [, redone = ''] =
    /^(\d+)$/m.exec(readFileSync(join(folder.path, 'done'), 'utf8').trim().split('\n').at(-1) ?? '') ?? [];
  const half = entries.find(({ ord, path }) => ord > Number(redone) && existsSync(join(workspace, path)));
  truncateSync(join(workspace, half?.path ?? 'none'));
  writeFileSync(join(gitDir, 'lalia/tmp/77'), 'half a file');
  linkSync(join(gitDir, 'lalia/tmp/77'), join(gitDir, 'index.lock'));
  linkSync(join(gitDir, 'lalia/tmp/77'), join(gitDir, 'refs/heads/main.lock'));
  truncateSync(join(gitDir, 'index'), 100);
  expect(runJournal(folder, '').status).toBe(0);
  await expectComplete(folder, entries);
});

test('a crash while the repository is made leaves a folder that the next start takes', async () => {
  using folder = new TestFolder();
  const entries = fillOutbox(folder);
  expect(runJournal(folder, 'journal.objects_written:1').signal).toBe('SIGKILL');
  rmSync(join(folder.workspace, '.git'), { recursive: true });
  spawnSync('mkdir', ['-p', join(folder.workspace, '.git.lalia-tmp/objects')]);
  expect(runJournal(folder, '').status).toBe(0);
  await expectComplete(folder, entries);
});
