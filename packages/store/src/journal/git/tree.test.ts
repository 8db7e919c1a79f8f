import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { GrowingTree } from './growing-tree.ts';
import { oidOf } from './object-id.ts';
import {
  diffTrees,
  EMPTY_TREE,
  encodeTree,
  FILE_MODE,
  FOLDER_MODE,
  findEntry,
  parseTree,
  withEntry,
} from './tree.ts';

const folder = mkdtempSync(join(tmpdir(), 'lalia-tree-'));
const git = (args: string[], input = ''): string =>
  execFileSync('git', ['-C', folder, ...args], {
    input,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder },
  });
git(['init', '-q']);
const blob = oidOf('blob', Buffer.alloc(0));
const emptyTree = oidOf('tree', EMPTY_TREE);
git(['hash-object', '-w', '--stdin']);
git(['mktree']);
afterAll(() => rmSync(folder, { recursive: true }));

/** Names that sort differently as files and as folders: `a` and `a-b` and `a/`. */
const name = fc.stringMatching(/^[a-c]{1,2}[-.0~]?[a-c]?$/).filter((text) => text !== '');
const entries = fc.uniqueArray(
  fc.record({ name, mode: fc.constantFrom(FILE_MODE, FOLDER_MODE) }).map((entry) => ({
    ...entry,
    oid: entry.mode === FILE_MODE ? blob : emptyTree,
  })),
  { selector: (entry) => entry.name, maxLength: 12 },
);

test('a tree built entry by entry, in any order, is the tree that git builds', () => {
  const law = fc.property(entries, (list) => {
    const tree = list.reduce((before, entry) => withEntry(before, entry), EMPTY_TREE);
    const lines = list.map(
      ({ mode, name, oid }) => `${mode} ${mode === FILE_MODE ? 'blob' : 'tree'} ${oid}\t${name}\n`,
    );
    expect(oidOf('tree', tree)).toBe(git(['mktree'], lines.join('')).trim());
    expect(tree.equals(encodeTree(list))).toBe(true);
    expect(
      parseTree(tree)
        .map((entry) => entry.name)
        .toSorted(),
    ).toEqual(list.map((entry) => entry.name).toSorted());
    for (const entry of list) expect(findEntry(tree, entry.name)).toEqual(entry);
  });
  fc.assert(law, { numRuns: 60 });
});

test('an entry that is put again is changed in its place', () => {
  const other = oidOf('blob', Buffer.from('other'));
  const law = fc.property(entries, fc.nat(), (list, pick) => {
    const chosen = list[pick % Math.max(list.length, 1)];
    const changed = list.map((entry) => (entry === chosen ? { ...entry, oid: other } : entry));
    const tree =
      chosen === undefined ? encodeTree(list) : withEntry(encodeTree(list), { ...chosen, oid: other });
    expect(tree.equals(encodeTree(changed))).toBe(true);
  });
  fc.assert(law);
});

test('a growing tree is, after each entry that is put, what the tree with that entry is', () => {
  const puts = fc.array(fc.record({ name, mode: fc.constantFrom(FILE_MODE, FOLDER_MODE) }), {
    maxLength: 12,
  });
  const law = fc.property(entries, puts, fc.boolean(), (given, list, isInOrder) => {
    let expected = encodeTree(given);
    const start = Buffer.from(expected);
    const tree = new GrowingTree(start);
    for (const { name, mode } of isInOrder ? list.toSorted((a, b) => (a.name < b.name ? -1 : 1)) : list) {
      const before = tree.content();
      const present = findEntry(expected, name);
      expect(tree.find(name)).toEqual(present);
      const entry = { name, mode: present?.mode ?? mode, oid: oidOf('blob', Buffer.from(name)) };
      expected = withEntry(expected, entry);
      tree.put(entry);
      expect(tree.content().equals(expected)).toBe(true);
      expect(tree.find(name)).toEqual(entry);
      expect(before.equals(tree.content())).toBe(
        before.length === expected.length && present?.oid === entry.oid,
      );
    }
    expect(start.equals(encodeTree(given))).toBe(true);
  });
  fc.assert(law, { numRuns: 300 });
});

test('a growing tree takes more entries than it has room for', () => {
  const tree = new GrowingTree(EMPTY_TREE);
  const list = Array.from({ length: 2000 }, (_, n) => ({
    mode: FILE_MODE,
    name: `${String(n).padStart(6, '0')}-alice.md`,
    oid: oidOf('blob', Buffer.from(String(n))),
  }));
  for (const entry of list) tree.put(entry);
  expect(tree.content().equals(encodeTree(list))).toBe(true);
  expect(tree.heldBytes).toBeLessThan(1.2 * tree.content().length + 4096);
});

test('the difference of two trees names exactly what differs', () => {
  const law = fc.property(entries, entries, (before, after) => {
    const expected = new Set<string>();
    const key = (list: typeof before, wanted: string) =>
      JSON.stringify(list.find((entry) => entry.name === wanted));
    for (const { name } of [...before, ...after])
      if (key(before, name) !== key(after, name)) expected.add(name);
    const changes = diffTrees(encodeTree(before), encodeTree(after));
    expect(changes.map((change) => change.name).toSorted()).toEqual([...expected].toSorted());
    for (const change of changes) {
      expect(change.before).toEqual(before.find((entry) => entry.name === change.name));
      expect(change.after).toEqual(after.find((entry) => entry.name === change.name));
    }
  });
  fc.assert(law);
});
