/** Copies a pack without some of its objects. Entries stay as they are, but for the way in which a delta names its base. */
import { crc32 } from 'node:zlib';
import type { Oid } from './object-id.ts';
import {
  encodeDistance,
  encodeEntryHeader,
  MAX_HEADER_BYTES,
  OFS_DELTA,
  parseEntryHeader,
  REF_DELTA,
} from './pack-entry.ts';
import { PACK_SUM_BYTES, type PackFile } from './pack-file.ts';
import type { PackEntry } from './pack-index.ts';
import type { SummedFileWriter } from './summed-file.ts';

/** What has become of an entry of the old pack. */
export type Placing = (entry: PackEntry) => PackEntry;

/**
 * Copies a pack, entry by entry.
 * @param without objects that are in the new pack already, or will be.
 * @throws RangeError when an entry is damaged.
 */
export function copyEntries(pack: PackFile, without: ReadonlySet<Oid>, to: SummedFileWriter): Placing {
  const copy = new Copy(pack, without);
  copy.run(to);
  return (entry) => copy.placed(entry);
}

class Copy {
  readonly #pack: PackFile;
  /** By offset, because a delta names its base that way. */
  readonly #without = new Map<number, Oid>();
  /** Of every entry, in rising order. */
  readonly #offsets: Uint32Array;
  readonly #newOffsets: Uint32Array;
  /** Of the bytes that were read, to be compared with what the index says. */
  readonly #oldCrcs: Uint32Array;
  readonly #newCrcs: Uint32Array;

  constructor(pack: PackFile, without: ReadonlySet<Oid>) {
    this.#pack = pack;
    this.#offsets = new Uint32Array(pack.index.count);
    this.#newOffsets = new Uint32Array(pack.index.count);
    this.#oldCrcs = new Uint32Array(pack.index.count);
    this.#newCrcs = new Uint32Array(pack.index.count);
    let at = 0;
    for (const { oid, offset } of pack.index.entries()) {
      this.#offsets[at++] = offset;
      if (without.has(oid)) this.#without.set(offset, oid);
    }
    this.#offsets.sort();
  }

  run(to: SummedFileWriter): void {
    const end = this.#pack.sizeBytes - PACK_SUM_BYTES;
    for (const [position, offset] of this.#offsets.entries()) {
      if (this.#without.has(offset)) continue;
      const bytes = this.#pack.bytes(offset, (this.#offsets[position + 1] ?? end) - offset);
      const parts = this.#moved(bytes, offset, to.lengthBytes);
      this.#newOffsets[position] = to.lengthBytes;
      this.#oldCrcs[position] = crc32(bytes);
      this.#newCrcs[position] = parts.reduce((crc, part) => crc32(part, crc), 0);
      for (const part of parts) to.write(part);
    }
  }

  placed({ oid, offset, crc }: PackEntry): PackEntry {
    const position = this.#positionOf(offset);
    if (this.#oldCrcs[position] !== crc) throw new RangeError('A pack entry is damaged.');
    return { oid, offset: this.#newOffsets[position] ?? 0, crc: this.#newCrcs[position] ?? 0 };
  }

  /** An entry as it must be at its new place. */
  #moved(bytes: Buffer, from: number, to: number): readonly Buffer[] {
    const { kind, sizeBytes, lengthBytes, base } = parseEntryHeader(bytes.subarray(0, MAX_HEADER_BYTES));
    if (kind !== OFS_DELTA || base === undefined || !('distance' in base)) return [bytes];
    const baseAt = from - base.distance;
    const rest = bytes.subarray(lengthBytes);
    const elsewhere = this.#without.get(baseAt);
    if (elsewhere !== undefined)
      return [encodeEntryHeader(REF_DELTA, sizeBytes), Buffer.from(elsewhere, 'hex'), rest];
    const distance = to - (this.#newOffsets[this.#positionOf(baseAt)] ?? 0);
    if (distance === base.distance) return [bytes];
    return [encodeEntryHeader(OFS_DELTA, sizeBytes), encodeDistance(distance), rest];
  }

  #positionOf(offset: number): number {
    let low = 0;
    let high = this.#offsets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#offsets[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    if (this.#offsets[low] !== offset) throw new RangeError('A delta in a pack has no base.');
    return low;
  }
}
