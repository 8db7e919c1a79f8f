/** What stands before the deflated bytes of an object in a pack (gitformat-pack, "pack-*.pack files have the following format"). */
import { type ObjectType, OID_BYTES, type Oid } from './object-id.ts';

export const KINDS: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 };
export const OFS_DELTA = 6;
export const REF_DELTA = 7;
/** Kind, size and base of an entry take no more than this. */
export const MAX_HEADER_BYTES = 64;

/** What stands before the deflated bytes of an entry. */
export interface EntryHeader {
  readonly kind: number;
  readonly sizeBytes: number;
  /** How long this header is. */
  readonly lengthBytes: number;
  readonly base: { readonly distance: number } | { readonly oid: Oid } | undefined;
}

/** Reads what stands before the deflated bytes of an entry. */
export function parseEntryHeader(bytes: Buffer): EntryHeader {
  let byte = bytes.readUInt8(0);
  const kind = (byte >> 4) & 7;
  let sizeBytes = byte & 15;
  let at = 1;
  for (let scale = 16; byte & 0x80; scale *= 128) {
    byte = bytes.readUInt8(at++);
    sizeBytes += (byte & 0x7f) * scale;
  }
  if (kind === REF_DELTA) {
    const base = { oid: bytes.toString('hex', at, at + OID_BYTES) };
    return { kind, sizeBytes, lengthBytes: at + OID_BYTES, base };
  }
  if (kind !== OFS_DELTA) return { kind, sizeBytes, lengthBytes: at, base: undefined };
  byte = bytes.readUInt8(at++);
  let distance = byte & 0x7f;
  while (byte & 0x80) {
    byte = bytes.readUInt8(at++);
    distance = (distance + 1) * 128 + (byte & 0x7f);
  }
  return { kind, sizeBytes, lengthBytes: at, base: { distance } };
}

/** Kind and size: four bits of the size in the first byte, then seven a byte, the lowest first. */
export function encodeEntryHeader(kind: number, sizeBytes: number): Buffer {
  const bytes: number[] = [];
  let byte = (kind << 4) | (sizeBytes & 15);
  for (let left = Math.floor(sizeBytes / 16); left > 0; left = Math.floor(left / 128)) {
    bytes.push(byte | 0x80);
    byte = left & 0x7f;
  }
  return Buffer.from([...bytes, byte]);
}

/** How far back the base begins: seven bits a byte, the highest first, where each further byte counts from one. */
export function encodeDistance(distance: number): Buffer {
  const bytes = [distance & 0x7f];
  for (let left = Math.floor(distance / 128); left > 0; left = Math.floor(left / 128)) {
    left -= 1;
    bytes.unshift((left & 0x7f) | 0x80);
  }
  return Buffer.from(bytes);
}
