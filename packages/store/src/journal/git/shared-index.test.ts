import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeIndex, type IndexEntry, indexEntry } from './index-file.ts';
import { oidOf } from './object-id.ts';
import { checkShared, extendShared } from './shared-index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lalia-shared-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Larger together than what is read at once. */
const entries = Array.from({ length: 3000 }, (_, at): IndexEntry => {
  const path = `peers/${'a'.repeat(at % 90)}/${String(at).padStart(6, '0')}-alice.md`;
  return indexEntry({ path, oid: oidOf('blob', Buffer.from(path)), stat: undefined });
});
const inFolder = (name: string): string => join(folder, name);

test('a shared file that grew in steps is the one that would have been written at once', () => {
  let base: string | undefined;
  for (const part of [0, 1, 2]) {
    const draft = inFolder(String(part));
    const added = entries.filter((_, at) => at % 3 === part);
    expect(extendShared({ base, entries: added, draft })?.count).toBe(1000 * (part + 1));
    base = draft;
  }
  const { bytes, checksum } = encodeIndex(entries, undefined);
  expect(readFileSync(inFolder('2')).equals(bytes)).toBe(true);
  expect(checkShared(inFolder('2'))).toEqual({ checksum, count: entries.length });
});

test('a shared file that is missing, cut off, damaged, or has the entry already is not built upon', () => {
  const base = inFolder('base');
  const { bytes } = encodeIndex(entries.slice(0, 100), undefined);
  const extended = (draft: string) =>
    extendShared({ base, entries: entries.slice(100, 200), draft: inFolder(draft) });
  expect(extended('missing')).toBeUndefined();
  writeFileSync(base, bytes);
  expect(extended('whole')?.count).toBe(200);
  expect(extendShared({ base, entries: entries.slice(99, 200), draft: inFolder('twice') })).toBeUndefined();
  truncateSync(base, bytes.length - 30);
  expect(extended('cut')).toBeUndefined();
  expect(checkShared(base)).toBeUndefined();
  bytes.writeUInt8(bytes.readUInt8(50) ^ 1, 50);
  writeFileSync(base, bytes);
  expect(extended('damaged')).toBeUndefined();
  expect(checkShared(base)).toBeUndefined();
});
