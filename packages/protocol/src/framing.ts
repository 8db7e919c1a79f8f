/** Bytes to lines and back (spec 11): UTF-8 lines that end with one newline, bounded before anything is interpreted. */
import { fail } from './errors.ts';
import { MAX_LINE_BYTES } from './limits.ts';

const NEWLINE = 0x0a;

/**
 * Collects chunks into lines. It never holds more than one line's limit, whatever the peer sends: memory does not
 * grow with a line that never ends.
 */
export class LineDecoder {
  readonly #maxBytes: number;
  readonly #text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #parts: Uint8Array[] = [];
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
   * Takes a chunk and yields the lines that it completes, without their newlines; empty lines are skipped.
   * @throws LaliaError `bad_frame` for a line over the limit or one that is not UTF-8. The stream is then of no more use.
   */
  *push(chunk: Uint8Array): Generator<string> {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#append(chunk.subarray(start, end));
      const line = this.#takeLine();
      start = end + 1;
      if (line !== '') yield line;
    }
    this.#append(chunk.subarray(start));
  }

  #append(part: Uint8Array): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#maxBytes) {
      this.#parts = [];
      throw fail('bad_frame', `A line is longer than ${String(this.#maxBytes)} bytes.`, {
        context: { max_bytes: this.#maxBytes },
      });
    }
    // A copy of a short piece: it must not keep the whole chunk that it was cut from alive.
    if (part.length > 0) this.#parts.push(part.length < 4096 ? part.slice() : part);
  }

  #takeLine(): string {
    const [first, ...rest] = this.#parts;
    const bytes = first !== undefined && rest.length === 0 ? first : concat(this.#parts, this.#bytes);
    this.#parts = [];
    this.#bytes = 0;
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
    throw fail('message_too_large', `The request takes more than ${String(MAX_LINE_BYTES)} bytes as a line of JSON.`, {
      context: { max_line_bytes: MAX_LINE_BYTES },
    });
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

function concat(parts: readonly Uint8Array[], totalBytes: number): Uint8Array {
  const whole = new Uint8Array(totalBytes);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
