/** Files as git writes packs and indexes: from the beginning to the end, and then the SHA-1 of all of it. Held in pieces only. */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { OID_BYTES } from './object-id.ts';

const PIECE_BYTES = 64 * 1024;

export class SummedFileWriter implements Disposable {
  readonly #file: number;
  readonly #hash = createHash('sha1');
  readonly #piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
  #held = 0;
  #written = 0;

  /** Makes a new file. */
  constructor(path: string) {
    this.#file = openSync(path, 'wx');
  }

  /** How much was given to `write`. */
  get lengthBytes(): number {
    return this.#written + this.#held;
  }

  /** The bytes are free again when it returns. */
  write(bytes: Uint8Array): void {
    if (this.#held + bytes.length > PIECE_BYTES) this.#flush();
    if (bytes.length > PIECE_BYTES) this.#out(bytes);
    else {
      this.#piece.set(bytes, this.#held);
      this.#held += bytes.length;
    }
  }

  /** Ends the file with its sum and makes it safe. @returns the sum. */
  finish(): Buffer {
    this.#flush();
    const sum = this.#hash.digest();
    writeAll(this.#file, sum);
    fsyncSync(this.#file);
    return sum;
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }

  #flush(): void {
    this.#out(this.#piece.subarray(0, this.#held));
    this.#held = 0;
  }

  #out(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    writeAll(this.#file, bytes);
    this.#written += bytes.length;
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

/** Reads such a file from the beginning; the sum is of what was taken. */
export class SummedFileReader implements Disposable {
  readonly #file: number;
  readonly #hash = createHash('sha1');
  #piece: Buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  #start = 0;
  #end = 0;

  /** @throws the system's error when there is none. */
  constructor(path: string) {
    this.#file = openSync(path, 'r');
  }

  /** What comes next, without taking it; shorter only at the end of the file. Valid until the next call. */
  peek(lengthBytes: number): Buffer {
    if (this.#end - this.#start < lengthBytes) this.#fill(lengthBytes);
    return this.#piece.subarray(this.#start, Math.min(this.#start + lengthBytes, this.#end));
  }

  /** Takes the next bytes. Valid until the next call. @throws RangeError when the file ends before. */
  take(lengthBytes: number): Buffer {
    const bytes = this.peek(lengthBytes);
    if (bytes.length < lengthBytes) throw new RangeError('A file ends too early.');
    this.#hash.update(bytes);
    this.#start += lengthBytes;
    return bytes;
  }

  /** Takes the next bytes without a look at them. @throws RangeError when the file ends before. */
  skip(lengthBytes: number): void {
    for (let left = lengthBytes; left > 0; left -= PIECE_BYTES) this.take(Math.min(left, PIECE_BYTES));
  }

  /** Takes all but the sum at the end. @returns the sum that the file has, and the one that it should have. */
  finish(): { readonly found: Buffer; readonly wanted: Buffer } {
    while (true) {
      const ahead = this.peek(PIECE_BYTES).length;
      if (ahead < OID_BYTES) throw new RangeError('A file ends too early.');
      if (ahead === OID_BYTES) break;
      this.take(ahead - OID_BYTES);
    }
    return { found: Buffer.from(this.peek(OID_BYTES)), wanted: this.#hash.digest() };
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }

  #fill(lengthBytes: number): void {
    const rest = this.#piece.subarray(this.#start, this.#end);
    if (lengthBytes > this.#piece.length) this.#piece = Buffer.concat([rest], 2 * lengthBytes);
    else this.#piece.copyWithin(0, this.#start, this.#end);
    this.#start = 0;
    this.#end = rest.length;
    while (this.#end < lengthBytes) {
      const read = readSync(this.#file, this.#piece, this.#end, this.#piece.length - this.#end, null);
      if (read === 0) return;
      this.#end += read;
    }
  }
}
