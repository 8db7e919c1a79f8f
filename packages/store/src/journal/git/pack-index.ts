/**
 * The index of a pack (gitformat-pack, version 2), reading only and from the disk: it grows with the pack, so only the counts at
 * its beginning are held. A name is looked for among those that begin with the same byte.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { OID_BYTES, type Oid } from './object-id.ts';

const HEADER_BYTES = 8;
const FANOUT_BYTES = 256 * 4;
const LARGE_OFFSET = 0x80000000;
/** Entries read at once. */
const WINDOW = 512;
/** Names are read at once when there are no more than these between two bounds. */
const MAX_NAMES = 256;

/** Where a pack has an object, and the checksum of the bytes there. */
export interface PackEntry {
  readonly oid: Oid;
  readonly offset: number;
  readonly crc: number;
}

export class PackIndex implements Disposable {
  /** Objects in the pack. */
  readonly count: number;
  readonly #file: number;
  readonly #fanout: Buffer;
  readonly #names = Buffer.allocUnsafe(MAX_NAMES * OID_BYTES);

  /** @throws RangeError for an index of another version; the system's error when there is none. */
  constructor(path: string) {
    this.#file = openSync(path, 'r');
    try {
      const head = this.#bytes(0, HEADER_BYTES + FANOUT_BYTES);
      if (head.readUInt32BE(0) !== 0xff744f63 || head.readUInt32BE(4) !== 2)
        throw new RangeError(`The pack index ${path} has an unknown version.`);
      this.#fanout = head.subarray(HEADER_BYTES);
      this.count = this.#fanout.readUInt32BE(FANOUT_BYTES - 4);
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
  }

  /** Where the pack has an object. @returns undefined when it does not. */
  offsetOf(oid: Oid): number | undefined {
    const wanted = Buffer.from(oid, 'hex');
    const first = wanted.readUInt8(0);
    let low = first === 0 ? 0 : this.#fanout.readUInt32BE((first - 1) * 4);
    let high = this.#fanout.readUInt32BE(first * 4);
    while (high - low > MAX_NAMES) {
      const middle = (low + high) >>> 1;
      if (wanted.compare(this.#bytes(this.#nameAt(middle), OID_BYTES)) < 0) high = middle;
      else low = middle;
    }
    const names = this.#names.subarray(0, (high - low) * OID_BYTES);
    this.#readInto(names, this.#nameAt(low));
    const from = low;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = (middle - from) * OID_BYTES;
      const order = wanted.compare(names, at, at + OID_BYTES);
      if (order === 0) return this.#offsetAt(middle);
      if (order < 0) high = middle;
      else low = middle + 1;
    }
    return undefined;
  }

  /** Every object of the pack, sorted by name. */
  *entries(): Generator<PackEntry> {
    const crcs = this.#nameAt(this.count);
    const offsets = crcs + this.count * 4;
    const names = Buffer.allocUnsafe(WINDOW * OID_BYTES);
    const crc = Buffer.allocUnsafe(WINDOW * 4);
    const offset = Buffer.allocUnsafe(WINDOW * 4);
    for (let at = 0; at < this.count; at += WINDOW) {
      const length = Math.min(WINDOW, this.count - at);
      this.#readInto(names.subarray(0, length * OID_BYTES), this.#nameAt(at));
      this.#readInto(crc.subarray(0, length * 4), crcs + at * 4);
      this.#readInto(offset.subarray(0, length * 4), offsets + at * 4);
      for (let index = 0; index < length; index++) {
        yield {
          oid: names.toString('hex', index * OID_BYTES, (index + 1) * OID_BYTES),
          offset: this.#whole(offset.readUInt32BE(index * 4)),
          crc: crc.readUInt32BE(index * 4),
        };
      }
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }

  #nameAt(position: number): number {
    return HEADER_BYTES + FANOUT_BYTES + position * OID_BYTES;
  }

  #offsetAt(position: number): number {
    return this.#whole(this.#bytes(this.#nameAt(this.count) + (this.count + position) * 4, 4).readUInt32BE());
  }

  /** An offset beyond 2 GiB is the position of the true one in a table of its own. */
  #whole(offset: number): number {
    if (offset < LARGE_OFFSET) return offset;
    const table = this.#nameAt(this.count) + this.count * 8;
    return Number(this.#bytes(table + (offset - LARGE_OFFSET) * 8, 8).readBigUInt64BE());
  }

  #bytes(at: number, length: number): Buffer {
    return this.#readInto(Buffer.allocUnsafe(length), at);
  }

  #readInto(bytes: Buffer, at: number): Buffer {
    const read = readSync(this.#file, bytes, 0, bytes.length, at);
    if (read < bytes.length) throw new RangeError('A pack index ends too early.');
    return bytes;
  }
}
