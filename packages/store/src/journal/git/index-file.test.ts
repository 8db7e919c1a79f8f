import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  encodeIndex,
  type IndexEntry,
  indexEntry,
  mergeShared,
  oidOfEntry,
  parseIndex,
  pathOfKey,
} from './index-file.ts';
import { oidOf } from './object-id.ts';

let folder: string;
const git = (args: string[], input = ''): string =>
  execFileSync('git', ['-C', folder, ...args], {
    input,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder },
  });
const inGit = (name: string): string => join(folder, '.git', name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lalia-index-'));
  git(['init', '-q']);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What git reads out of the index: mode, object, stage and path of each entry. */
const stagedByGit = (): string[] =>
  git(['ls-files', '-s', '-z'])
    .split('\0')
    .filter((line) => line !== '');
const stagedByUs = (entries: readonly IndexEntry[]): string[] =>
  entries
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map(
      (entry) =>
        `${entry.bytes.readUInt32BE(24).toString(8)} ${oidOfEntry(entry)} ${entry.key.slice(-1)}\t${pathOfKey(entry.key)}`,
    );
const entryOf = (path: string, content = ''): IndexEntry =>
  indexEntry({ path, oid: oidOf('blob', Buffer.from(content)), stat: undefined });

function readByUs(): IndexEntry[] {
  const split = parseIndex(readFileSync(inGit('index')));
  if (split === undefined) throw new Error('the index cannot be read');
  const shared = split.link && parseIndex(readFileSync(inGit(`sharedindex.${split.link.base}`)));
  return mergeShared(shared?.entries ?? [], split);
}

const path = fc.stringMatching(/^[a-e](\/?[a-eé.~-]){0,20}$/).filter((text) => !/(^|\/)\.|\/$/.test(text));
/** Without a path that is a folder of another one. */
const paths = fc
  .uniqueArray(path, { maxLength: 15 })
  .map((list) => list.filter((one) => !list.some((other) => other.startsWith(`${one}/`))));

test('an index that we write, whole or split, is read by git as the same entries', () => {
  const law = fc.property(paths, paths, (first, second) => {
    const base = encodeIndex(
      first.map((one) => entryOf(one)),
      undefined,
    );
    const own = second.filter(
      (one) =>
        !first.some((other) => one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`)),
    );
    writeFileSync(inGit('index'), base.bytes);
    expect(stagedByGit()).toEqual(stagedByUs(first.map((one) => entryOf(one))));
    writeFileSync(inGit(`sharedindex.${base.checksum}`), base.bytes);
    writeFileSync(
      inGit('index'),
      encodeIndex(
        own.map((one) => entryOf(one, one)),
        base.checksum,
      ).bytes,
    );
    const all = [...first.map((one) => entryOf(one)), ...own.map((one) => entryOf(one, one))];
    expect(stagedByGit()).toEqual(stagedByUs(all));
    expect(stagedByUs(readByUs())).toEqual(stagedByUs(all));
  });
  fc.assert(law, { numRuns: 25 });
});

test('an index that git split, with deleted, changed and added entries, is read by us as git reads it', () => {
  const law = fc.property(fc.uniqueArray(fc.nat(199), { maxLength: 60 }), fc.nat(3), (touched, kind) => {
    const lines = Array.from(
      { length: 200 },
      (_, at) => `100644 ${oidOf('blob', Buffer.from(String(at)))}\tf/${String(at)}\n`,
    );
    rmSync(inGit('index'), { force: true });
    git(
      ['-c', 'splitIndex.maxPercentChange=100', 'update-index', '--split-index', '--index-info'],
      lines.join(''),
    );
    const removed = `0 ${'0'.repeat(40)}`;
    const changes = touched.map((at) => {
      const how = (at + kind) % 3;
      const changed = `100755 ${oidOf('blob', Buffer.from('changed'))}`;
      return `${how === 0 ? removed : changed}\t${how === 2 ? `g/${String(at)}` : `f/${String(at)}`}\n`;
    });
    git(['-c', 'splitIndex.maxPercentChange=100', 'update-index', '--index-info'], changes.join(''));
    expect(readdirSync(join(folder, '.git')).some((name) => name.startsWith('sharedindex.'))).toBe(true);
    expect(stagedByUs(readByUs())).toEqual(stagedByGit());
  });
  fc.assert(law, { numRuns: 25 });
});

test('an index that is torn anywhere is not taken for one', () => {
  const { bytes } = encodeIndex(
    ['a', 'b/c', 'd'].map((one) => entryOf(one)),
    undefined,
  );
  for (let length = 0; length < bytes.length; length++)
    expect(parseIndex(bytes.subarray(0, length))).toBeUndefined();
  expect(parseIndex(bytes)?.entries).toHaveLength(3);
});
