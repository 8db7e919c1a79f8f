import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { git, gitProblems, TestFolder, TestTalk } from '../../test/_transcript.ts';
import { verifyTranscript } from '../verify/index.ts';
import { AtomicFs } from './atomic-fs.ts';
import { oidOf } from './git/object-id.ts';
import { ObjectStore } from './git/object-store.ts';
import { PackWriter } from './git/pack-writer.ts';
import { type PackFolderOptions, writePack } from './pack-folder.ts';
import { mergeSmallPacks } from './pack-merging.ts';
import { packLooseObjects } from './packing.ts';
import { Writer } from './writer.ts';

/** Enough for a pack of its own. */
const GROUP = 100;

function openWriter(workspace: string): Promise<Writer> {
  return Writer.open({ workspace, owner: undefined, nowMs: 1e12, failpoint: () => undefined });
}

/** A transcript whose messages lie in so many packs. */
async function writeGroups(workspace: string, talk: TestTalk, groups: number): Promise<void> {
  using writer = await openWriter(workspace);
  for (let group = 0; group < groups; group++) {
    const entries = Array.from({ length: GROUP }, (_, ord) => ({
      ord,
      ...(ord % 3 === 0 ? talk.post('bob', 'auth') : talk.tell('alice', 'bob', `Message ${String(ord)}`)),
    }));
    await writer.write(entries);
  }
}

function packFolder(
  workspace: string,
  failpoint: (name: string) => void = () => undefined,
): PackFolderOptions {
  const atomic = new AtomicFs(join(workspace, '.git/lalia/tmp'));
  return { objects: join(workspace, '.git/objects'), atomic, failpoint };
}

function packs(workspace: string, extension = '.pack'): string[] {
  return readdirSync(join(workspace, '.git/objects/pack')).filter((name) => name.endsWith(extension));
}

/** Every object that git sees, also what nothing names. */
function objectsOf(workspace: string): string[] {
  const lines = git(workspace, 'cat-file', '--batch-all-objects', '--batch-check').trim().split('\n');
  return lines.toSorted();
}

function expectWhole(workspace: string, before: readonly string[]): void {
  expect(objectsOf(workspace)).toEqual(before);
  expect(git(workspace, 'fsck', '--full', '--strict', '--no-dangling')).toBe('');
  expect(git(workspace, 'status', '--porcelain')).toBe('');
  for (const name of packs(workspace)) git(workspace, 'verify-pack', join('.git/objects/pack', name));
  expect(git(workspace, 'count-objects', '-v')).toMatch(/^garbage: 0$/m);
}

test('many small packs become one that git and verify find whole', async () => {
  using folder = new TestFolder();
  const { workspace } = folder;
  await writeGroups(workspace, new TestTalk(), 4);
  const before = objectsOf(workspace);
  expect(await mergeSmallPacks(packFolder(workspace), 4)).toBe(0);
  expect(await mergeSmallPacks(packFolder(workspace), 3)).toBe(4);
  expect(packs(workspace)).toHaveLength(1);
  expectWhole(workspace, before);
  expect((await verifyTranscript(workspace)).counts.messages).toBe(4 * GROUP);
});

test('trees that are deltas stay deltas, and stay readable', async () => {
  using folder = new TestFolder();
  const { workspace } = folder;
  const talk = new TestTalk();
  for (let round = 0; round < 3; round++) {
    using writer = await openWriter(workspace);
    for (let ord = 0; ord < 20; ord++) await writer.write([{ ord, ...talk.tell('alice', 'bob') }]);
    const head = git(workspace, 'rev-parse', 'HEAD').trim();
    await packLooseObjects(head, packFolder(workspace), 1);
  }
  const before = objectsOf(workspace);
  expect(await mergeSmallPacks(packFolder(workspace), 2)).toBe(3);
  expectWhole(workspace, before);
  const [pack = ''] = packs(workspace, '.idx');
  expect(git(workspace, 'verify-pack', '-v', join('.git/objects/pack', pack))).toMatch(/^chain length = 10/m);
});

test('an object that several packs have is in the new one once, and what is a delta of it still is', async () => {
  using folder = new TestFolder();
  const { workspace } = folder;
  await writeGroups(workspace, new TestTalk(), 1);
  const base = Buffer.from('a line that is long enough for a delta\n'.repeat(50));
  const versions = Array.from({ length: 6 }, (_, at) =>
    Buffer.concat([base, Buffer.from(`${String(at)}\n`)]),
  );
  const named = versions.map((content) => ({ oid: oidOf('blob', content), content }));
  for (const [first, ...others] of [
    named.slice(0, 4),
    named.slice(1, 6),
    named.toReversed(),
    named.slice(2, 5),
  ]) {
    if (first === undefined) continue;
    const writer = new PackWriter();
    writer.add(first.oid, { type: 'blob', content: first.content });
    let previous = first;
    for (const next of others) {
      writer.add(next.oid, { type: 'blob', content: next.content }, previous);
      previous = next;
    }
    await writePack(writer, packFolder(workspace));
  }
  const before = objectsOf(workspace);
  expect(await mergeSmallPacks(packFolder(workspace), 1)).toBe(4);
  expectWhole(workspace, before);
  using store = new ObjectStore(join(workspace, '.git/objects'));
  for (const { oid, content } of named) expect(store.readAs(oid, 'blob')).toEqual(content);
});

test('a pack that somebody keeps is left alone', async () => {
  using folder = new TestFolder();
  const { workspace } = folder;
  await writeGroups(workspace, new TestTalk(), 3);
  const names = packs(workspace);
  for (const name of names)
    writeFileSync(join(workspace, '.git/objects/pack', name.replace('.pack', '.keep')), '');
  expect(await mergeSmallPacks(packFolder(workspace), 0)).toBe(0);
  expect(packs(workspace)).toEqual(names);
});

test('a damaged pack is not copied: everything stays as it was', async () => {
  using folder = new TestFolder();
  const { workspace } = folder;
  await writeGroups(workspace, new TestTalk(), 3);
  const [name = ''] = packs(workspace);
  const path = join(workspace, '.git/objects/pack', name);
  const bytes = readFileSync(path);
  const middle = bytes.length >> 1;
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  rmSync(path);
  writeFileSync(path, bytes);
  const names = readdirSync(join(workspace, '.git/objects/pack'));
  await expect(mergeSmallPacks(packFolder(workspace), 1)).rejects.toThrow(/damaged/);
  expect(readdirSync(join(workspace, '.git/objects/pack'))).toEqual(names);
  expect(readdirSync(join(workspace, '.git/lalia/tmp'))).toEqual([]);
});

test('a large pack is not copied for the sake of a few small ones', async () => {
  using folder = new TestFolder();
  const { workspace } = folder;
  const talk = new TestTalk();
  await writeGroups(workspace, talk, 12);
  await mergeSmallPacks(packFolder(workspace), 1);
  const [large] = packs(workspace);
  await writeGroups(workspace, talk, 2);
  expect(await mergeSmallPacks(packFolder(workspace), 2)).toBe(2);
  expect(packs(workspace)).toHaveLength(2);
  expect(packs(workspace)).toContain(large);
  expect(gitProblems(workspace)).toBe('');
});

const PLACES = [
  'journal.merge_written',
  'journal.pack_placed',
  'journal.merge_placed',
  'journal.pack_unindexed',
  'journal.pack_unindexed:2',
];

test.each(PLACES)('a kill -9 at %s loses no object and leaves no rubbish', async (place) => {
  using folder = new TestFolder();
  const { workspace } = folder;
  await writeGroups(workspace, new TestTalk(), 4);
  const before = objectsOf(workspace);
  const script = join(import.meta.dirname, '../../test/_merge-process.ts');
  const { signal, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@lalia/source', script, workspace, place],
    { encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  expect(signal).toBe('SIGKILL');
  expect(git(workspace, 'fsck', '--full', '--strict')).toBe('');
  (await openWriter(workspace))[Symbol.dispose]();
  expect(readdirSync(join(workspace, '.git/lalia/tmp'))).toEqual([]);
  expectWhole(workspace, before);
  await mergeSmallPacks(packFolder(workspace), 1);
  expect(packs(workspace).length).toBeLessThanOrEqual(2);
  expectWhole(workspace, before);
});

test('a writer that gets one group after another never leaves more packs than it should', async () => {
  using folder = new TestFolder();
  const { workspace } = folder;
  const talk = new TestTalk();
  using writer = await openWriter(workspace);
  let most = 0;
  for (let group = 0; group < 40; group++) {
    await writer.write(Array.from({ length: GROUP }, (_, ord) => ({ ord, ...talk.tell('alice', 'bob') })));
    await writer.mergePacks();
    most = Math.max(most, packs(workspace).length);
  }
  expect(most).toBe(32);
  expect(gitProblems(workspace)).toBe('');
});
