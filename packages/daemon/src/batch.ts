/** How many messages fit one answer: a line is bounded, and a control character takes six bytes of it. */
import { limits, utf8Bytes } from '@lalia/protocol';

/** Takes bodies one by one until an answer is full; the first always fits, because no larger one is accepted. */
export class Batch {
  #bytes = 0;
  #isEmpty = true;

  /** @returns false when this body has to wait for the next answer. */
  take(body: string): boolean {
    this.#bytes += utf8Bytes(JSON.stringify(body));
    if (!this.#isEmpty && this.#bytes > limits.MAX_BATCH_BYTES) return false;
    this.#isEmpty = false;
    return true;
  }
}
