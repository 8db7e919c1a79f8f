/** Bytes to lines and back (spec 11): UTF-8 lines that end with one newline, bounded before anything is interpreted. */
import { fail } from './errors.ts';
import { MAX_LINE_BYTES } from './limits.ts';

const NEWLINE = 0x0a;
const NOTHING = new Uint8Array(0);

/** Room for a line in pieces that an idle connection keeps; anything larger is given back with the line. */
const KEPT_BYTES = 4096;

/**
 * Collects chunks into lines. What it holds never exceeds one line's limit, whatever the peer sends: not for a line
 * that never ends, nor for one that comes a byte at a time.
 */
export class LineDecoder {
  readonly #maxBytes: number;
  readonly #text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  /** The beginning of a line whose end has not come yet; its first `#bytes` are in use. Always a copy, never a view of a chunk. */
  #pending: Uint8Array = NOTHING;
  #bytes = 0;

  /** @param maxBytes the longest line, without its newline. */
  constructor(maxBytes: number = MAX_LINE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** The bytes of a line that has not ended yet. */
  get pendingBytes(): number {
    return this.#bytes;
  }

  /**
   * Takes a chunk and yields the lines that it completes, without their newlines; empty lines are skipped. What is not
   * iterated to its end is lost.
   * @throws LaliaError `bad_frame` for a line over the limit or one that is not UTF-8. The stream is then of no more use.
   */
  *push(chunk: Uint8Array): Generator<string> {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const line = this.#complete(chunk.subarray(start, end));
      start = end + 1;
      if (line !== '') yield line;
    }
    this.#keep(chunk.subarray(start));
  }

  #complete(last: Uint8Array): string {
    if (this.#bytes === 0 && last.length <= this.#maxBytes) return this.#decode(last);
    this.#keep(last);
    const line = this.#decode(this.#pending.subarray(0, this.#bytes));
    this.#bytes = 0;
    if (this.#pending.length > KEPT_BYTES) this.#pending = NOTHING;
    return line;
  }

  #keep(part: Uint8Array): void {
    const before = this.#bytes;
    this.#bytes += part.length;
    if (this.#bytes > this.#maxBytes) {
      this.#pending = NOTHING;
      throw fail('bad_frame', `A line is longer than ${String(this.#maxBytes)} bytes.`, {
        context: { max_bytes: this.#maxBytes },
      });
    }
    this.#reserve(this.#bytes);
    this.#pending.set(part, before);
  }

  /** Doubles, so that a line of n bytes costs O(n) however it is cut. */
  #reserve(bytes: number): void {
    if (bytes <= this.#pending.length) return;
    const grown = new Uint8Array(
      Math.min(Math.max(bytes, this.#pending.length * 2, KEPT_BYTES), this.#maxBytes),
    );
    grown.set(this.#pending);
    this.#pending = grown;
  }

  #decode(bytes: Uint8Array): string {
    try {
      return this.#text.decode(bytes);
    } catch (cause) {
      throw fail('bad_frame', 'A line is not valid UTF-8.', { cause });
    }
  }
}

/**
 * One line with its newline, ready to be written.
 * @throws LaliaError `message_too_large` when it does not fit a line.
 */
export function encodeLine(value: object): string {
  const line = JSON.stringify(value);
  if (line.length > MAX_LINE_BYTES / 3 && utf8Bytes(line) > MAX_LINE_BYTES) {
    throw fail(
      'message_too_large',
      `The request takes more than ${String(MAX_LINE_BYTES)} bytes as a line of JSON.`,
      {
        context: { max_line_bytes: MAX_LINE_BYTES },
      },
    );
  }
  return `${line}\n`;
}

/** The bytes that a text takes in UTF-8; a lone surrogate counts three, as its replacement does. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    // A surrogate pair is two units and four bytes: both halves together add two.
    if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(i + 1))) i += 1;
  }
  return bytes;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
