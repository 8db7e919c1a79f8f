/**
 * Trees going back in time: entries are taken out or changed. They are looked for from the end, where those of the newest
 * messages are, and as bytes: the name of another object may hold the same bytes, so what is made counts only once its own name is
 * known to be right.
 */
import { OID_BYTES, type Oid } from './object-id.ts';
import type { TreeEntry } from './tree.ts';

/** Where an entry lies in the bytes of its tree. */
export interface EntryPlace {
  readonly start: number;
  /** Where the name of its object begins, which ends the entry. */
  readonly oidStart: number;
}

/** @returns undefined when the tree has no such entry. */
export function placeOfEntry(
  tree: Buffer,
  { mode, name }: Pick<TreeEntry, 'mode' | 'name'>,
): EntryPlace | undefined {
  const words = Buffer.from(`${mode} ${name}\0`);
  const start = tree.lastIndexOf(words);
  return start === -1 ? undefined : { start, oidStart: start + words.length };
}

/** The object that an entry names. */
export function oidAt(tree: Buffer, { oidStart }: EntryPlace): Oid {
  return tree.toString('hex', oidStart, oidStart + OID_BYTES);
}

/** The tree without an entry. @returns other bytes than the given ones, or a part of them. */
export function withoutEntry(tree: Buffer, { start, oidStart }: EntryPlace): Buffer {
  const end = oidStart + OID_BYTES;
  if (end === tree.length) return tree.subarray(0, start);
  return Buffer.concat([tree.subarray(0, start), tree.subarray(end)]);
}

/** The tree with another object in an entry. @returns new bytes. */
export function withOid(tree: Buffer, { oidStart }: EntryPlace, oid: Oid): Buffer {
  const changed = Buffer.from(tree);
  changed.write(oid, oidStart, 'hex');
  return changed;
}
