/**
 * Git's index (gitformat-index), versions 2 and 3, whole or split. Entries stay as the bytes they were read as, so what this
 * file does not know about (flags, stages) survives a rewrite. Optional extensions are caches and are left out on writing.
 */
import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { bitsOf, EMPTY_BITMAP } from './ewah.ts';
import { OID_BYTES, type Oid } from './object-id.ts';

const SIGNATURE = 'DIRC';
export const HEADER_BYTES = 12;
/** Stat data, object and flags; the path follows. */
const FIXED_BYTES = 62;
const FLAGS_AT = 60;
const OID_AT = 40;
const NAME_LENGTH_MASK = 0xfff;
const EXTENDED = 0x4000;
const STAGE_MASK = 0x3000;
const NULL_OID = Buffer.alloc(OID_BYTES);

export interface IndexEntry {
  /** Sorts as git sorts: the path's bytes as Latin-1, then the stage. */
  readonly key: string;
  readonly bytes: Buffer;
}

export interface IndexFile {
  readonly entries: readonly IndexEntry[];
  readonly checksum: Oid;
  /** The shared file that these entries change; undefined for a whole index. */
  readonly link: IndexLink | undefined;
}

interface IndexLink {
  readonly base: Oid;
  /** Positions in the shared file, in rising order. */
  readonly deleted: readonly number[];
  readonly replaced: readonly number[];
}

interface EntryFields {
  readonly path: string;
  readonly oid: Oid;
  readonly stat: BigIntStats | undefined;
  readonly mode?: number;
}

/** The key of a file that is not in conflict. */
export function indexKey(path: string): string {
  return `${Buffer.from(path).toString('latin1')}\x000`;
}

/** The path that a key stands for. */
export function pathOfKey(key: string): string {
  return Buffer.from(key.slice(0, -2), 'latin1').toString();
}

/** The object that an entry names. */
export function oidOfEntry({ bytes }: IndexEntry): Oid {
  return bytes.toString('hex', OID_AT, OID_AT + OID_BYTES);
}

/**
 * The entry of a file.
 * @param stat lets git see that the file is unchanged without reading it; without it git reads the file.
 */
export function indexEntry({ path, oid, stat, mode = 0o100644 }: EntryFields): IndexEntry {
  const name = Buffer.from(path);
  const bytes = Buffer.alloc(paddedLength(FIXED_BYTES + name.length));
  const values = stat === undefined ? [] : statValues(stat);
  values.forEach((value, index) => {
    bytes.writeUInt32BE(Number(value & 0xffffffffn), index * 4);
  });
  bytes.writeUInt32BE(mode, 24);
  bytes.write(oid, OID_AT, 'hex');
  bytes.writeUInt16BE(Math.min(name.length, NAME_LENGTH_MASK), FLAGS_AT);
  name.copy(bytes, FIXED_BYTES);
  return { key: indexKey(path), bytes };
}

/**
 * Reads an index file.
 * @returns undefined for anything that is damaged, or that this file does not know.
 */
export function parseIndex(file: Buffer): IndexFile | undefined {
  try {
    return parse(file);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function parse(file: Buffer): IndexFile | undefined {
  const { count } = parseHeader(file);
  const end = file.length - OID_BYTES;
  const sum = createHash('sha1').update(file.subarray(0, end)).digest();
  // An index may be written without a checksum (`index.skipHash`).
  if (!file.subarray(end).equals(sum) && !file.subarray(end).equals(NULL_OID)) return undefined;
  const entries: IndexEntry[] = [];
  let at = HEADER_BYTES;
  for (let left = count; left > 0; left--) {
    const entry = entryAt(file, at);
    entries.push(entry);
    at += entry.bytes.length;
  }
  const link = linkAfter(file.subarray(at, end));
  return link === 'unknown' ? undefined : { entries, checksum: file.toString('hex', end), link };
}

interface IndexHeader {
  readonly version: number;
  readonly count: number;
}

/** Reads the beginning of an index file. @throws RangeError when it is not one, or of a version that is not known here. */
export function parseHeader(file: Buffer): IndexHeader {
  if (file.length < HEADER_BYTES || file.toString('latin1', 0, 4) !== SIGNATURE)
    throw new RangeError('This is not an index.');
  const version = file.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw new RangeError('An index has an unknown version.');
  return { version, count: file.readUInt32BE(8) };
}

/** The beginning of an index file. @param before what else there will be beside these entries. */
export function indexHeader(entries: readonly IndexEntry[], before: IndexHeader = NOTHING): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(SIGNATURE, 'latin1');
  header.writeUInt32BE(entries.some(isExtended) ? 3 : before.version, 4);
  header.writeUInt32BE(before.count + entries.length, 8);
  return header;
}

const NOTHING: IndexHeader = { version: 2, count: 0 };

/** The bytes of an index file. @param base the shared file that these entries change; undefined writes a whole index. */
export function encodeIndex(
  entries: Iterable<IndexEntry>,
  base: Oid | undefined,
): { bytes: Buffer; checksum: Oid } {
  const sorted = [...entries].sort((a, b) => (a.key < b.key ? -1 : 1));
  const body = Buffer.concat([
    indexHeader(sorted),
    ...sorted.map(({ bytes }) => bytes),
    ...(base === undefined ? [] : [encodeLink(base)]),
  ]);
  const sum = createHash('sha1').update(body).digest();
  return { bytes: Buffer.concat([body, sum]), checksum: sum.toString('hex') };
}

/** What a split index and its shared file say together. */
export function mergeShared(shared: readonly IndexEntry[], split: IndexFile): IndexEntry[] {
  const merged = new Map<string, IndexEntry>();
  const gone = new Set(split.link?.deleted);
  const replaced = new Map(split.link?.replaced.map((position, index) => [position, split.entries[index]]));
  shared.forEach((entry, position) => {
    if (gone.has(position)) return;
    const replacement = replaced.get(position);
    merged.set(entry.key, replacement === undefined ? entry : renamed(replacement, entry));
  });
  for (const entry of split.entries.slice(replaced.size)) merged.set(entry.key, entry);
  return [...merged.values()];
}

/** A replaced entry is stored without its path. */
function renamed(replacement: IndexEntry, original: IndexEntry): IndexEntry {
  const nameAt = isExtended(replacement) ? FIXED_BYTES + 2 : FIXED_BYTES;
  const name = Buffer.from(original.key.slice(0, -2), 'latin1');
  const bytes = Buffer.alloc(paddedLength(nameAt + name.length));
  replacement.bytes.copy(bytes, 0, 0, nameAt);
  const flags = bytes.readUInt16BE(FLAGS_AT) & ~NAME_LENGTH_MASK;
  bytes.writeUInt16BE(flags | Math.min(name.length, NAME_LENGTH_MASK), FLAGS_AT);
  name.copy(bytes, nameAt);
  return { key: original.key, bytes };
}

/** The entry that begins there; its bytes are those of the file. */
export function entryAt(file: Buffer, at: number): IndexEntry {
  const flags = file.readUInt16BE(at + FLAGS_AT);
  const nameAt = at + FIXED_BYTES + ((flags & EXTENDED) === 0 ? 0 : 2);
  const nameEnd = file.indexOf(0, nameAt);
  return {
    key: `${file.toString('latin1', nameAt, nameEnd)}\x00${String((flags & STAGE_MASK) >> 12)}`,
    bytes: file.subarray(at, at + paddedLength(nameEnd - at)),
  };
}

/** Entries are padded to a multiple of eight with 1 to 8 NULs, so that the path always ends with one. */
function paddedLength(length: number): number {
  return (length + 8) & ~7;
}

function isExtended({ bytes }: IndexEntry): boolean {
  return (bytes.readUInt16BE(FLAGS_AT) & EXTENDED) !== 0;
}

/** Extensions whose name begins with a capital may be ignored; of the others only `link` is known here. */
function linkAfter(extensions: Buffer): IndexLink | undefined | 'unknown' {
  let link: IndexLink | undefined;
  for (let at = 0; at + 8 <= extensions.length; ) {
    const name = extensions.toString('latin1', at, at + 4);
    const data = extensions.subarray(at + 8, at + 8 + extensions.readUInt32BE(at + 4));
    if (name === 'link') link = parseLink(data);
    else if (!/^[A-Z]/.test(name)) return 'unknown';
    at += 8 + data.length;
  }
  return link;
}

function parseLink(data: Buffer): IndexLink | undefined {
  const base = data.toString('hex', 0, OID_BYTES);
  if (data.subarray(0, OID_BYTES).equals(NULL_OID)) return undefined;
  if (data.length === OID_BYTES) return { base, deleted: [], replaced: [] };
  const deleted = bitsOf(data.subarray(OID_BYTES));
  return { base, deleted: deleted.bits, replaced: bitsOf(deleted.rest).bits };
}

function encodeLink(base: Oid): Buffer {
  const data = Buffer.concat([Buffer.from(base, 'hex'), EMPTY_BITMAP, EMPTY_BITMAP]);
  const header = Buffer.alloc(8);
  header.write('link', 'latin1');
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
}

function statValues(stat: BigIntStats): bigint[] {
  const second = 1_000_000_000n;
  return [
    stat.ctimeNs / second,
    stat.ctimeNs % second,
    stat.mtimeNs / second,
    stat.mtimeNs % second,
    stat.dev,
    stat.ino,
    0n,
    stat.uid,
    stat.gid,
    stat.size,
  ];
}
