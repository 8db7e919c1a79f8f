/** Objects that were decoded lately, for the deltas that build on them: trees repeat nearly the same bytes many times. */
import type { GitObject } from './object-id.ts';

/** A chain of 50 deltas, which is the longest that git makes, between trees of a full folder (36 KiB) fits. */
const MAX_BYTES = 2 * 1024 * 1024;

/** Shared by all packs of a repository, so that memory does not grow with their number. */
export class DecodedObjects {
  readonly #objects = new Map<string, GitObject>();
  #bytes = 0;

  /** @param key one place in one pack. */
  get(key: string): GitObject | undefined {
    return this.#objects.get(key);
  }

  add(key: string, object: GitObject): void {
    this.#objects.set(key, object);
    this.#bytes += object.content.length;
    for (const [oldest, { content }] of this.#objects) {
      if (this.#bytes <= MAX_BYTES) return;
      this.#objects.delete(oldest);
      this.#bytes -= content.length;
    }
  }

  clear(): void {
    this.#objects.clear();
    this.#bytes = 0;
  }
}
