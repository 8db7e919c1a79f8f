/** Writes a pack and its index (gitformat-pack, versions 2). Objects come one by one; only their deflated bytes are held. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { deflate } from './deflate.ts';
import { makeDelta } from './delta.ts';
import type { GitObject, Oid } from './object-id.ts';
import { encodeDistance, encodeEntryHeader, KINDS, OFS_DELTA } from './pack-entry.ts';
import { PACK_HEADER_BYTES } from './pack-file.ts';
import type { PackEntry } from './pack-index.ts';

export class PackWriter {
  readonly #parts: Buffer[] = [];
  readonly #placed = new Map<Oid, PackEntry>();
  #end = PACK_HEADER_BYTES;

  /** How long the pack is so far. */
  get sizeBytes(): number {
    return this.#end;
  }

  get oids(): ReadonlySet<Oid> {
    return new Set(this.#placed.keys());
  }

  has(oid: Oid): boolean {
    return this.#placed.has(oid);
  }

  /** Adds an object, once. @param base one that was added before, which this one is nearly the same as. */
  add(oid: Oid, { type, content }: GitObject, base?: { readonly oid: Oid; readonly content: Buffer }): void {
    if (this.#placed.has(oid)) return;
    const placedBase = base && this.#placed.get(base.oid);
    if (base === undefined || placedBase === undefined) {
      this.#place(oid, [encodeEntryHeader(KINDS[type], content.length), deflate(content)]);
      return;
    }
    const delta = makeDelta(base.content, content);
    const distance = encodeDistance(this.#end - placedBase.offset);
    this.#place(oid, [encodeEntryHeader(OFS_DELTA, delta.length), distance, deflate(delta)]);
  }

  /** The two files, and the name they share: `pack-<name>.pack` and `pack-<name>.idx`. */
  finish(): { readonly name: Oid; readonly pack: Buffer; readonly index: Buffer } {
    const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
    header.writeUInt32BE(this.#placed.size, 8);
    const body = Buffer.concat([header, ...this.#parts]);
    const sum = createHash('sha1').update(body).digest();
    return { name: sum.toString('hex'), pack: Buffer.concat([body, sum]), index: this.#index(sum) };
  }

  #place(oid: Oid, parts: readonly Buffer[]): void {
    const bytes = Buffer.concat(parts);
    this.#placed.set(oid, { oid, offset: this.#end, crc: crc32(bytes) });
    this.#parts.push(bytes);
    this.#end += bytes.length;
  }

  #index(packSum: Buffer): Buffer {
    const sorted = [...this.#placed.values()].sort((a, b) => (a.oid < b.oid ? -1 : 1));
    const fanout = Array.from({ length: 256 }, () => 0);
    for (const { oid } of sorted) {
      for (let first = Number.parseInt(oid.slice(0, 2), 16); first < 256; first++)
        fanout[first] = (fanout[first] ?? 0) + 1;
    }
    const body = Buffer.concat([
      Buffer.from('ff744f6300000002', 'hex'),
      words(fanout),
      Buffer.from(sorted.map(({ oid }) => oid).join(''), 'hex'),
      words(sorted.map(({ crc }) => crc)),
      words(sorted.map(({ offset }) => offset)),
      packSum,
    ]);
    return Buffer.concat([body, createHash('sha1').update(body).digest()]);
  }
}

function words(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => {
    bytes.writeUInt32BE(value, index * 4);
  });
  return bytes;
}
