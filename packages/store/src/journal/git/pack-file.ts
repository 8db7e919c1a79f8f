/** One pack, reading only (git: gitformat-pack). Only the part asked for is read. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import type { DecodedObjects } from './decoded-objects.ts';
import { applyDelta } from './delta.ts';
import type { GitObject, ObjectType, Oid } from './object-id.ts';
import { type EntryHeader, MAX_HEADER_BYTES, parseEntryHeader } from './pack-entry.ts';
import { PackIndex } from './pack-index.ts';

/** `PACK`, the version, the number of objects. */
export const PACK_HEADER_BYTES = 12;
/** The SHA-1 at the end. */
export const PACK_SUM_BYTES = 20;
/** No smaller piece can be asked of zlib. */
const MIN_PIECE_BYTES = 64;
const TYPES: Readonly<Record<number, ObjectType>> = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag' };

export class PackFile implements Disposable {
  readonly index: PackIndex;
  readonly #stem: string;
  readonly #pack: number;
  readonly #decoded: DecodedObjects;

  /**
   * Opens `<stem>.idx` and `<stem>.pack`.
   * @param decoded may be shared with other packs.
   * @throws RangeError for an index of another version.
   */
  constructor(stem: string, decoded: DecodedObjects) {
    this.#stem = stem;
    this.#decoded = decoded;
    this.index = new PackIndex(`${stem}.idx`);
    try {
      this.#pack = openSync(`${stem}.pack`, 'r');
    } catch (error) {
      this.index[Symbol.dispose]();
      throw error;
    }
  }

  /** How long the file is. */
  get sizeBytes(): number {
    return fstatSync(this.#pack).size;
  }

  /** Bytes of the file as they are; fewer at its end. */
  bytes(offset: number, length: number): Buffer {
    return this.readInto(Buffer.allocUnsafe(length), offset);
  }

  /** The same, into memory that the caller uses again. */
  readInto(bytes: Buffer, offset: number): Buffer {
    return bytes.subarray(0, readSync(this.#pack, bytes, 0, bytes.length, offset));
  }

  /** Reads an object. @returns undefined when the pack does not have it. */
  read(oid: Oid, elsewhere: (oid: Oid) => GitObject): GitObject | undefined {
    const offset = this.index.offsetOf(oid);
    return offset === undefined ? undefined : this.#readAt(offset, elsewhere);
  }

  [Symbol.dispose](): void {
    this.index[Symbol.dispose]();
    closeSync(this.#pack);
  }

  /** Follows a chain of deltas down to a whole object, then applies them on the way back. */
  #readAt(offset: number, elsewhere: (oid: Oid) => GitObject): GitObject {
    const chain: { readonly at: number; readonly delta: Buffer }[] = [];
    let object: GitObject | undefined;
    for (let at = offset; object === undefined; ) {
      object = this.#decoded.get(`${this.#stem}:${String(at)}`);
      if (object !== undefined) break;
      const header = parseEntryHeader(this.bytes(at, MAX_HEADER_BYTES));
      const data = this.#inflate(header, at);
      if (header.base === undefined) {
        object = { type: typeOf(header.kind), content: data };
        this.#decoded.add(`${this.#stem}:${String(at)}`, object);
        break;
      }
      chain.push({ at, delta: data });
      if ('distance' in header.base) at -= header.base.distance;
      else object = elsewhere(header.base.oid);
    }
    for (const { at, delta } of chain.reverse()) {
      object = { type: object.type, content: applyDelta(object.content, delta) };
      this.#decoded.add(`${this.#stem}:${String(at)}`, object);
    }
    return object;
  }

  #inflate({ sizeBytes, lengthBytes }: EntryHeader, at: number): Buffer {
    // zlib never makes data longer than this; what follows the stream is another entry and is not looked at.
    const bound = sizeBytes + Math.ceil(sizeBytes / 1000) + 64;
    // In one piece: by default it comes in pieces of 16 KiB, each of them allocated in full.
    const data = inflateSync(this.bytes(at + lengthBytes, bound), { chunkSize: sizeBytes + MIN_PIECE_BYTES });
    if (data.length !== sizeBytes) throw new RangeError('A pack entry has another size than it says.');
    return data;
  }
}

function typeOf(kind: number): ObjectType {
  const type = TYPES[kind];
  if (type === undefined) throw new RangeError('A pack entry has an unknown type.');
  return type;
}
