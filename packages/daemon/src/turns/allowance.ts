/** What a caller can take in, as it counts: each message with its frame, each line of a body with its mark. */
import { type ParsedParams, utf8Bytes } from '@lalia/protocol';

/** Every line break that a frame may mark; as `frame` of the command line has it. */
const LINE_BREAK = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;

export class Allowance {
  readonly #frame: ParsedParams<'turn'>['frame'];
  #left: number;

  constructor({ max_bytes, frame }: Pick<ParsedParams<'turn'>, 'max_bytes' | 'frame'>) {
    this.#left = max_bytes;
    this.#frame = frame;
  }

  /** Whether nothing fits any more, whatever it says. */
  get isSpent(): boolean {
    return this.#left <= this.#frame.message_bytes;
  }

  /** @returns false, and takes nothing, when this text does not fit. */
  take(text: string): boolean {
    const lines = 1 + (text.match(LINE_BREAK)?.length ?? 0);
    const bytes = utf8Bytes(text) + this.#frame.message_bytes + lines * this.#frame.line_bytes;
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}
