/**
 * A daemon's stand-in for tests that kill: writes `messages` messages through a journal whose outbox is a file, one line an
 * entry, with a second file for how far it is done. Both are written as a database would: synced, and never half.
 *
 *   node _journal-process.ts <folder> <failpoint spec>
 */
import { fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { failpointsFrom } from '../src/failpoints.ts';
import type { JournalEntry } from '../src/journal/entry.ts';
import { openJournal } from './_transcript.ts';

const [folder = '', spec = ''] = process.argv.slice(2);
const entries = readFileSync(join(folder, 'outbox'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as JournalEntry);
const doneFile = openSync(join(folder, 'done'), 'a+');
let doneThrough = Number(readFileSync(join(folder, 'done'), 'utf8').trim().split('\n').at(-1));

const left = (): JournalEntry[] => entries.filter(({ ord }) => ord > doneThrough);
const source = {
  // Small groups, so that a kill falls between groups as well as inside one.
  next: () => left().slice(0, 5),
  begin: () => Promise.resolve(),
  backlog: () => left().length,
  done(throughOrd: number): Promise<void> {
    writeSync(doneFile, `${String(throughOrd)}\n`);
    fsyncSync(doneFile);
    doneThrough = throughOrd;
    return Promise.resolve();
  },
};
const failpoint = failpointsFrom(spec);
const journal = await openJournal(join(folder, 'workspace'), source, { failpoint, failpoints: spec });
const isDone = await journal.flush(60_000);
await journal.close();
process.exitCode = isDone ? 0 : 1;
