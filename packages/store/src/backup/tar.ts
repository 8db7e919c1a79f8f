/**
 * The archive of a backup: POSIX ustar, of ordinary files alone, so that `tar` lists and unpacks it without Lalia. Names are our own
 * and git's, sizes are far below the format's 8 GiB, so no extension of it is needed.
 */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

const BLOCK = 512;
const MAX_NAME = 100;
const MAX_PREFIX = 155;
const MAX_SIZE = 8 ** 11 - 1;
const CHUNK = 256 * 1024;

/** A file in the archive, and where its bytes are. */
export interface TarEntry {
  readonly name: string;
  readonly mode: number;
  readonly size: number;
  /** In bytes from the beginning of the archive. */
  readonly start: number;
}

/** An archive that is no archive, or that was cut off. */
export class TarError extends Error {}

/** What goes into an archive: bytes, or a file that does not change while it is copied. */
export type TarSource = Buffer | FileHandle;

export interface FileToAdd {
  readonly name: string;
  readonly mode: number;
  readonly tsMs: number;
  readonly source: TarSource;
}

/** What was added, as a manifest has it. */
export interface AddedFile {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

export class TarWriter {
  readonly #file: FileHandle;
  readonly #signal: AbortSignal;
  #bytes = 0;

  /** @param file an empty file, open for writing. @param signal ends the work between two pieces of a file. */
  constructor(file: FileHandle, signal: AbortSignal) {
    this.#file = file;
    this.#signal = signal;
  }

  /** What was written so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a file. @throws the signal's reason; the system's error; RangeError for what the format cannot hold. */
  async add({ name, mode, tsMs, source }: FileToAdd): Promise<AddedFile> {
    const size = Buffer.isBuffer(source) ? source.length : (await source.stat()).size;
    await this.#write(headerOf({ name, mode, size, tsMs }));
    const hash = createHash('sha256');
    let copied = 0;
    for await (const piece of piecesOf(source, size)) {
      this.#signal.throwIfAborted();
      hash.update(piece);
      copied += piece.length;
      await this.#write(piece);
    }
    if (copied !== size) throw new Error(`${name} changed while it was copied.`);
    await this.#write(Buffer.alloc(paddingOf(size)));
    return { name, size, sha256: hash.digest('hex') };
  }

  /** Ends the archive. Safe when it returns. */
  async finish(): Promise<void> {
    await this.#write(Buffer.alloc(2 * BLOCK));
    await this.#file.sync();
  }

  async #write(bytes: Buffer): Promise<void> {
    // A single call may write less than all.
    for (let written = 0; written < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, written, bytes.length - written);
      written += bytesWritten;
    }
    this.#bytes += bytes.length;
  }
}

/** The files of an archive, in their order. @throws TarError for what is no whole archive. */
export async function* readTar(file: FileHandle): AsyncGenerator<TarEntry> {
  const { size: end } = await file.stat();
  let at = 0;
  while (at + BLOCK <= end) {
    const header = await readPiece(file, at, BLOCK);
    if (header.every((byte) => byte === 0)) return;
    const entry = { ...parseHeader(header), start: at + BLOCK };
    at = entry.start + entry.size + paddingOf(entry.size);
    if (at > end) break;
    yield entry;
  }
  throw new TarError(at === 0 ? 'it is no tar archive' : 'it is cut off');
}

/** The bytes of a file of an archive, piece by piece. */
export async function* bytesOf(file: FileHandle, { start, size }: TarEntry): AsyncGenerator<Buffer> {
  for (let done = 0; done < size; ) {
    const piece = await readPiece(file, start + done, Math.min(CHUNK, size - done));
    done += piece.length;
    yield piece;
  }
}

async function* piecesOf(source: TarSource, size: number): AsyncGenerator<Buffer> {
  if (Buffer.isBuffer(source)) yield source;
  else yield* bytesOf(source, { name: '', mode: 0, size, start: 0 });
}

async function readPiece(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, at);
  if (bytesRead === 0) throw new TarError('it is cut off');
  return buffer.subarray(0, bytesRead);
}

function headerOf({ name, mode, size, tsMs }: Omit<FileToAdd, 'source'> & { readonly size: number }): Buffer {
  if (size > MAX_SIZE) throw new RangeError(`${name} is too large for a backup.`);
  const { base, prefix } = splitName(name);
  const header = Buffer.alloc(BLOCK);
  header.write(base, 0, 'utf8');
  header.write(octal(mode, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(size, 11), 124);
  header.write(octal(Math.floor(tsMs / 1000), 11), 136);
  header.write('0', 156);
  header.write('ustar\x0000', 257, 'latin1');
  header.write(prefix, 345, 'utf8');
  header.write(`${octal(checksumOf(header), 6)}\0 `, 148, 'latin1');
  return header;
}

function parseHeader(header: Buffer): Omit<TarEntry, 'start'> {
  if (header.toString('latin1', 257, 262) !== 'ustar') throw new TarError('it is no tar archive');
  if (numberAt(header, 148, 8) !== checksumOf(header)) throw new TarError('it is damaged');
  if (header.toString('latin1', 156, 157) !== '0') throw new TarError('it holds more than ordinary files');
  const [base, prefix] = [textAt(header, 0, MAX_NAME), textAt(header, 345, MAX_PREFIX)];
  const name = prefix === '' ? base : `${prefix}/${base}`;
  return { name, mode: numberAt(header, 100, 8), size: numberAt(header, 124, 12) };
}

/** A long name is cut at a slash: the format keeps the folder apart. */
function splitName(name: string): { base: string; prefix: string } {
  if (Buffer.byteLength(name) <= MAX_NAME) return { base: name, prefix: '' };
  const slash = name.indexOf('/', Math.max(0, name.length - MAX_NAME - 1));
  const [prefix, base] = [name.slice(0, slash), name.slice(slash + 1)];
  if (slash < 1 || Buffer.byteLength(prefix) > MAX_PREFIX || Buffer.byteLength(base) > MAX_NAME)
    throw new RangeError(`The name ${name} is too long for a backup.`);
  return { base, prefix };
}

/** The sum of all bytes, those of the sum itself counted as spaces. */
function checksumOf(header: Buffer): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function numberAt(header: Buffer, at: number, length: number): number {
  const text = textAt(header, at, length).trim();
  if (!/^[0-7]+$/.test(text)) throw new TarError('it is damaged');
  return Number.parseInt(text, 8);
}

function textAt(header: Buffer, at: number, length: number): string {
  const field = header.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? length : end);
}

function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}
