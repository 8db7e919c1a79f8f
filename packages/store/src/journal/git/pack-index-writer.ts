/** Writes the index of a pack (gitformat-pack, version 2) from entries that come sorted by name. */
import type { PackEntry } from './pack-index.ts';
import { SummedFileWriter } from './summed-file.ts';

const SIGNATURE = Buffer.from('ff744f6300000002', 'hex');

/** How many names of a pack begin with each byte. */
export class FirstBytes {
  readonly #counts = new Uint32Array(256);

  count(oid: string): void {
    const first = Number.parseInt(oid.slice(0, 2), 16);
    this.#counts[first] = (this.#counts[first] ?? 0) + 1;
  }

  get total(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** How many names begin with this byte or a lower one, for each byte. */
  toBuffer(): Buffer {
    const bytes = Buffer.alloc(this.#counts.length * 4);
    let sum = 0;
    for (const [first, count] of this.#counts.entries()) {
      sum += count;
      bytes.writeUInt32BE(sum, first * 4);
    }
    return bytes;
  }
}

export class PackIndexWriter implements Disposable {
  readonly #file: SummedFileWriter;
  readonly #crcs: Buffer;
  readonly #offsets: Buffer;
  #count = 0;

  /** Makes a new file. @param firstBytes of all names that will be added. */
  constructor(path: string, firstBytes: FirstBytes) {
    this.#file = new SummedFileWriter(path);
    this.#crcs = Buffer.allocUnsafe(firstBytes.total * 4);
    this.#offsets = Buffer.allocUnsafe(firstBytes.total * 4);
    this.#file.write(SIGNATURE);
    this.#file.write(firstBytes.toBuffer());
  }

  /** @throws RangeError for an offset of 2 GiB or more. */
  add({ oid, offset, crc }: PackEntry): void {
    this.#file.write(Buffer.from(oid, 'hex'));
    this.#crcs.writeUInt32BE(crc, this.#count * 4);
    this.#offsets.writeInt32BE(offset, this.#count * 4);
    this.#count++;
  }

  finish(packSum: Buffer): void {
    this.#file.write(this.#crcs);
    this.#file.write(this.#offsets);
    this.#file.write(packSum);
    this.#file.finish();
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}
