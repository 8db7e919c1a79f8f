/**
 * Git tree objects, read and changed as bytes: `<mode> <name>NUL<20 bytes>` again and again, sorted by name, where a folder
 * counts as if its name ended with "/". Working on the bytes keeps names that are not UTF-8 intact, and adding one
 * entry to a tree of a thousand copies memory instead of making a thousand objects.
 */
import { OID_BYTES, type Oid } from './object-id.ts';

export const FILE_MODE = '100644';
export const FOLDER_MODE = '40000';

export interface TreeEntry {
  readonly mode: string;
  readonly name: string;
  readonly oid: Oid;
}

export const EMPTY_TREE: Buffer = Buffer.alloc(0);

const SPACE = 0x20;
const NUL = 0;
const SLASH = 0x2f;

/** Where one entry lies in the bytes of its tree. */
interface Span {
  readonly start: number;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly end: number;
}

/** Every entry of a tree, in the tree's order. @throws RangeError for bytes that are not a tree. */
export function parseTree(tree: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < tree.length; ) {
    const span = spanAt(tree, at);
    entries.push(entryOf(tree, span));
    at = span.end;
  }
  return entries;
}

/** The entry with this name, whatever it is. */
export function findEntry(tree: Buffer, name: string): TreeEntry | undefined {
  const wanted = Buffer.from(name);
  for (let at = 0; at < tree.length; ) {
    const span = spanAt(tree, at);
    if (wanted.equals(tree.subarray(span.nameStart, span.nameEnd))) return entryOf(tree, span);
    at = span.end;
  }
  return undefined;
}

/**
 * The tree with this entry added, or changed if the name is there already.
 * @returns new bytes; the given ones stay as they are.
 */
export function withEntry(tree: Buffer, entry: TreeEntry): Buffer {
  const name = Buffer.from(entry.name);
  const isFolder = entry.mode === FOLDER_MODE;
  let insertAt = tree.length;
  let resumeAt = tree.length;
  for (let at = 0; at < tree.length; ) {
    const span = spanAt(tree, at);
    const order = compareNames(tree, span, { name, isFolder });
    if (order >= 0) {
      insertAt = span.start;
      resumeAt = order === 0 ? span.end : span.start;
      break;
    }
    at = span.end;
  }
  return Buffer.concat([tree.subarray(0, insertAt), encodeEntry(entry), tree.subarray(resumeAt)]);
}

/** Where the last entry begins of a tree that has one. */
export function lastEntryAt(tree: Buffer): number {
  let last = 0;
  for (let at = 0; at < tree.length; at = spanAt(tree, at).end) last = at;
  return last;
}

/** Whether a name comes after the entry that begins there, be it a file's or a folder's. */
export function sortsAfter(name: string, tree: Buffer, at: number): boolean {
  // As a folder's it would only come later still.
  return compareNames(tree, spanAt(tree, at), { name: Buffer.from(name), isFolder: false }) < 0;
}

/** The bytes of a tree made of these entries, in any order. */
export function encodeTree(entries: Iterable<TreeEntry>): Buffer {
  const keyed = Array.from(entries, (entry) => ({
    entry,
    key: Buffer.from(entry.mode === FOLDER_MODE ? `${entry.name}/` : entry.name),
  }));
  keyed.sort((a, b) => Buffer.compare(a.key, b.key));
  return Buffer.concat(keyed.map(({ entry }) => encodeEntry(entry)));
}

/** One name that two versions of a tree do not agree on. */
export interface TreeChange {
  readonly name: string;
  readonly before: TreeEntry | undefined;
  readonly after: TreeEntry | undefined;
}

/** What differs between two trees. Most pairs are a tree and its successor: what is equal is compared as bytes only. */
export function diffTrees(before: Buffer, after: Buffer): TreeChange[] {
  const changes: TreeChange[] = [];
  const oldEntries = new Map<string, TreeEntry>();
  const newEntries: TreeEntry[] = [];
  let a = sharedEntriesEnd(before, after);
  let b = a;
  while (a < before.length || b < after.length) {
    const left = a < before.length ? spanAt(before, a) : undefined;
    const right = b < after.length ? spanAt(after, b) : undefined;
    const order = orderOf(left && { tree: before, span: left }, right && { tree: after, span: right });
    if (order <= 0 && left) a = left.end;
    if (order >= 0 && right) b = right.end;
    if (
      order === 0 &&
      left &&
      right &&
      before.compare(after, right.start, right.end, left.start, left.end) === 0
    )
      continue;
    if (order <= 0 && left) oldEntries.set(nameOf(before, left), entryOf(before, left));
    if (order >= 0 && right) newEntries.push(entryOf(after, right));
  }
  for (const entry of newEntries) {
    changes.push({ name: entry.name, before: oldEntries.get(entry.name), after: entry });
    oldEntries.delete(entry.name);
  }
  for (const [name, entry] of oldEntries) changes.push({ name, before: entry, after: undefined });
  return changes;
}

/** Bytes compared at once. */
const BLOCK = 1024;

/** Where the entries end that both trees begin with. */
function sharedEntriesEnd(before: Buffer, after: Buffer): number {
  const most = Math.min(before.length, after.length);
  let shared = 0;
  while (
    shared + BLOCK <= most &&
    before.compare(after, shared, shared + BLOCK, shared, shared + BLOCK) === 0
  )
    shared += BLOCK;
  while (shared < most && before[shared] === after[shared]) shared++;
  let end = 0;
  while (end < shared) {
    const next = spanAt(after, end).end;
    if (next > shared) break;
    end = next;
  }
  return end;
}

interface Place {
  readonly tree: Buffer;
  readonly span: Span;
}

/** Negative: the left entry comes first; positive: the right one; 0: same name and kind. */
function orderOf(left: Place | undefined, right: Place | undefined): number {
  if (left === undefined) return 1;
  if (right === undefined) return -1;
  return compareNames(left.tree, left.span, {
    name: right.tree.subarray(right.span.nameStart, right.span.nameEnd),
    isFolder: isFolderAt(right.span),
  });
}

function compareNames(tree: Buffer, span: Span, other: { name: Buffer; isFolder: boolean }): number {
  const { nameStart, nameEnd } = span;
  const length = nameEnd - nameStart;
  const shared = Math.min(length, other.name.length);
  const order = tree.compare(other.name, 0, shared, nameStart, nameStart + shared);
  if (order !== 0) return order;
  const next = length > shared ? byteAt(tree, nameStart + shared) : endOf(isFolderAt(span));
  const otherNext = other.name.length > shared ? byteAt(other.name, shared) : endOf(other.isFolder);
  return next - otherNext;
}

/** What a name is sorted as if it were followed by. */
function endOf(isFolder: boolean): number {
  return isFolder ? SLASH : NUL;
}

function isFolderAt(span: Span): boolean {
  // Only a folder's mode has five digits.
  return span.nameStart - span.start === FOLDER_MODE.length + 1;
}

/** A loop, because most of the time is spent here and calling `indexOf` for so few bytes takes longer. */
function spanAt(tree: Buffer, start: number): Span {
  let space = start;
  while (tree[space] !== SPACE && space < tree.length) space++;
  let nameEnd = space + 1;
  while (tree[nameEnd] !== NUL && nameEnd < tree.length) nameEnd++;
  const end = nameEnd + 1 + OID_BYTES;
  if (end > tree.length) throw new RangeError('A tree object is damaged.');
  return { start, nameStart: space + 1, nameEnd, end };
}

function entryOf(tree: Buffer, span: Span): TreeEntry {
  return {
    mode: tree.toString('latin1', span.start, span.nameStart - 1),
    name: nameOf(tree, span),
    oid: tree.toString('hex', span.nameEnd + 1, span.end),
  };
}

function nameOf(tree: Buffer, span: Span): string {
  return tree.toString('utf8', span.nameStart, span.nameEnd);
}

function byteAt(bytes: Buffer, at: number): number {
  return bytes[at] ?? NUL;
}

/** The bytes of one entry. */
export function encodeEntry({ mode, name, oid }: TreeEntry): Buffer {
  const nameEnd = mode.length + 1 + Buffer.byteLength(name);
  const bytes = Buffer.alloc(nameEnd + 1 + OID_BYTES);
  bytes.write(`${mode} ${name}`);
  bytes.write(oid, nameEnd + 1, 'hex');
  return bytes;
}
