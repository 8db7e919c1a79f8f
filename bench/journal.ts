/**
 * How fast the journal writes, and whether its cost grows with history. Prints ratios to what the machine can do in the same
 * run: a synced file, and git's own bulk writer.
 *
 *   node --conditions=@lalia/source bench/journal.ts [messages]
 */
import { spawnSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyTranscript } from '../packages/store/src/verify/index.ts';
import { openJournal, TestOutbox, TestTalk } from '../packages/store/test/_transcript.ts';

const total = Number(process.argv[2] ?? 20_000);
const folder = mkdtempSync(join(tmpdir(), 'lalia-bench-'));
const workspace = join(folder, 'workspace');
const minute = 60_000;

const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

const row = (what: string, perSecond: number, raw: number): void => {
  console.log(
    `${what.padEnd(52)} ${perSecond.toFixed(0).padStart(8)}/s ${(perSecond / raw).toFixed(3).padStart(8)} of raw`,
  );
};

const syncs = fsyncsPerSecond();
row('raw: write and fsync of a small file', syncs, syncs);
row('raw: git fast-import, one commit a message', fastImportsPerSecond(), syncs);

const talk = new TestTalk();
const outbox = new TestOutbox();
const journal = await openJournal(workspace, outbox);
for (const entry of talk.registrations()) outbox.add(entry);
await journal.flush(minute);

let written = 0;
for (const goal of [1000, total]) {
  const count = goal - 300 - written;
  if (count <= 0) continue;
  for (let at = 0; at < count; at++) outbox.add(message());
  const backlog = await secondsOf(() => journal.flush(60 * minute));
  row(`a backlog of ${String(count)}, up to ${String(goal - 300)} messages`, count / backlog, syncs);
  const single = await secondsOf(async () => {
    for (let at = 0; at < 300; at++) {
      outbox.add(message());
      await journal.flush(minute);
    }
  });
  row(`one at a time, at ${String(goal)} messages`, 300 / single, syncs);
  written = goal;
}
await journal.close();
const verified = await secondsOf(() => Promise.resolve(verifyTranscript(workspace)));
row(`verify, ${String(written)} messages in ${verified.toFixed(1)} s`, written / verified, syncs);
rmSync(folder, { recursive: true, force: true });

/** Half of the talk in one conversation, so that its folder becomes as full as folders get. */
function message(): ReturnType<TestTalk['tell']> {
  const body = 'The parser is done; the tests are in test/parser. '.repeat(6);
  if (Math.random() < 0.5) return talk.tell('alice', 'bob', body);
  return Math.random() < 0.5 ? talk.tell('carol', 'bob', body) : talk.post('alice', 'auth', body);
}

function fsyncsPerSecond(): number {
  const count = 1000;
  const start = performance.now();
  for (let at = 0; at < count; at++) {
    const file = openSync(join(folder, 'raw'), 'w');
    writeSync(file, 'x'.repeat(1000));
    fsyncSync(file);
    closeSync(file);
  }
  return (count * 1000) / (performance.now() - start);
}

function fastImportsPerSecond(): number {
  const repository = join(folder, 'raw.git');
  if (spawnSync('git', ['init', '--bare', repository]).status !== 0) return Number.NaN;
  const count = 5000;
  const body = 'x'.repeat(500);
  const commits = Array.from({ length: count }, (_, at) => {
    const path = `peers/a--b/${String(at).padStart(6, '0')}-a.md`;
    const person = `a <a@lalia.local> ${String(1_700_000_000 + at)} +0000`;
    return `commit refs/heads/main\ncommitter ${person}\ndata 1\nx\nM 100644 inline ${path}\ndata ${String(body.length)}\n${body}\n`;
  });
  const start = performance.now();
  spawnSync('git', ['-C', repository, 'fast-import', '--quiet'], { input: commits.join('') });
  return (count * 1000) / (performance.now() - start);
}
