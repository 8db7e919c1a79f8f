/**
 * One pack and its index, reading only (git: gitformat-pack, index version 2). The index is held in memory while the pack is
 * open; of the pack itself only the part asked for is read.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { applyDelta } from './delta.ts';
import { type GitObject, type ObjectType, OID_BYTES, type Oid } from './object-id.ts';

/** `PACK`, the version, the number of objects. */
export const PACK_HEADER_BYTES = 12;
const CHECKSUM_BYTES = 20;
const HEADER_BYTES = 8;
const FANOUT_BYTES = 256 * 4;
const LARGE_OFFSET = 0x80000000;
const OFS_DELTA = 6;
const REF_DELTA = 7;
const TYPES: Readonly<Record<number, ObjectType>> = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag' };

/** Decoded objects kept for the deltas that build on them; trees repeat nearly the same bytes many times. */
const CACHE_BYTES = 32 * 1024 * 1024;

/** What stands before the deflated bytes of an entry. */
interface EntryHeader {
  readonly kind: number;
  readonly sizeBytes: number;
  readonly dataAt: number;
  readonly base: { readonly offset: number } | { readonly oid: Oid } | undefined;
}

/** Where a pack has an object, and the checksum of the bytes there. */
export interface PackEntry {
  readonly oid: Oid;
  readonly offset: number;
  readonly crc: number;
}

export class PackFile implements Disposable {
  readonly #index: Buffer;
  readonly #pack: number;
  readonly #count: number;
  readonly #cache = new Map<number, GitObject>();
  #cachedBytes = 0;

  /** Opens `<stem>.idx` and `<stem>.pack`. @throws RangeError for an index of another version. */
  constructor(stem: string) {
    this.#index = readFileSync(`${stem}.idx`);
    if (this.#index.readUInt32BE(0) !== 0xff744f63 || this.#index.readUInt32BE(4) !== 2) {
      throw new RangeError(`The pack index ${stem}.idx has an unknown version.`);
    }
    this.#count = this.#index.readUInt32BE(HEADER_BYTES + FANOUT_BYTES - 4);
    this.#pack = openSync(`${stem}.pack`, 'r');
  }

  /** Every object in the pack, and where it is. */
  *entries(): Generator<PackEntry> {
    const crcs = this.#nameAt(this.#count);
    for (let at = 0; at < this.#count; at++) {
      const oid = this.#index.toString('hex', this.#nameAt(at), this.#nameAt(at + 1));
      yield { oid, offset: this.#offsetAt(at), crc: this.#index.readUInt32BE(crcs + at * 4) };
    }
  }

  /** All objects as they stand in the pack: what is between its header and its checksum. */
  body(): Buffer {
    return this.#bytes(PACK_HEADER_BYTES, fstatSync(this.#pack).size - PACK_HEADER_BYTES - CHECKSUM_BYTES);
  }

  /** Reads an object. @returns undefined when the pack does not have it. */
  read(oid: Oid, elsewhere: (oid: Oid) => GitObject): GitObject | undefined {
    const offset = this.#offsetOf(oid);
    return offset === undefined ? undefined : this.#readAt(offset, elsewhere);
  }

  [Symbol.dispose](): void {
    closeSync(this.#pack);
  }

  #offsetOf(oid: Oid): number | undefined {
    const wanted = Buffer.from(oid, 'hex');
    const first = wanted.readUInt8(0);
    let low = first === 0 ? 0 : this.#index.readUInt32BE(HEADER_BYTES + (first - 1) * 4);
    let high = this.#index.readUInt32BE(HEADER_BYTES + first * 4);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = wanted.compare(this.#index, this.#nameAt(middle), this.#nameAt(middle + 1));
      if (order === 0) return this.#offsetAt(middle);
      if (order < 0) high = middle;
      else low = middle + 1;
    }
    return undefined;
  }

  #nameAt(position: number): number {
    return HEADER_BYTES + FANOUT_BYTES + position * OID_BYTES;
  }

  #offsetAt(position: number): number {
    const offsets = this.#nameAt(this.#count) + this.#count * 4;
    const offset = this.#index.readUInt32BE(offsets + position * 4);
    if (offset < LARGE_OFFSET) return offset;
    return Number(this.#index.readBigUInt64BE(offsets + this.#count * 4 + (offset - LARGE_OFFSET) * 8));
  }

  /** Follows a chain of deltas down to a whole object, then applies them on the way back. */
  #readAt(offset: number, elsewhere: (oid: Oid) => GitObject): GitObject {
    const chain: { readonly at: number; readonly delta: Buffer }[] = [];
    let object: GitObject | undefined;
    for (let at = offset; object === undefined; ) {
      object = this.#cache.get(at);
      if (object !== undefined) break;
      const header = this.#headerAt(at);
      const data = this.#inflate(header);
      if (header.base === undefined) {
        object = { type: typeOf(header.kind), content: data };
        this.#remember(at, object);
        break;
      }
      chain.push({ at, delta: data });
      if ('offset' in header.base) at = header.base.offset;
      else object = elsewhere(header.base.oid);
    }
    for (const { at, delta } of chain.reverse()) {
      object = { type: object.type, content: applyDelta(object.content, delta) };
      this.#remember(at, object);
    }
    return object;
  }

  #headerAt(offset: number): EntryHeader {
    const bytes = this.#bytes(offset, 64);
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
      return { kind, sizeBytes, dataAt: offset + at + OID_BYTES, base };
    }
    if (kind !== OFS_DELTA) return { kind, sizeBytes, dataAt: offset + at, base: undefined };
    byte = bytes.readUInt8(at++);
    let distance = byte & 0x7f;
    while (byte & 0x80) {
      byte = bytes.readUInt8(at++);
      distance = (distance + 1) * 128 + (byte & 0x7f);
    }
    return { kind, sizeBytes, dataAt: offset + at, base: { offset: offset - distance } };
  }

  #inflate({ sizeBytes, dataAt }: EntryHeader): Buffer {
    // zlib never makes data longer than this; what follows the stream is another entry and is not looked at.
    const bound = sizeBytes + Math.ceil(sizeBytes / 1000) + 64;
    const data = inflateSync(this.#bytes(dataAt, bound));
    if (data.length !== sizeBytes) throw new RangeError('A pack entry has another size than it says.');
    return data;
  }

  #bytes(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    return bytes.subarray(0, readSync(this.#pack, bytes, 0, length, offset));
  }

  #remember(at: number, object: GitObject): void {
    this.#cache.set(at, object);
    this.#cachedBytes += object.content.length;
    for (const [oldest, { content }] of this.#cache) {
      if (this.#cachedBytes <= CACHE_BYTES) return;
      this.#cache.delete(oldest);
      this.#cachedBytes -= content.length;
    }
  }
}

function typeOf(kind: number): ObjectType {
  const type = TYPES[kind];
  if (type === undefined) throw new RangeError('A pack entry has an unknown type.');
  return type;
}
