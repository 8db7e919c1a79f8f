/**
 * Which messages were read just now, for whoever watches. A ring of a fixed size in memory, of this daemon alone: for what was
 * missed there are receipts.
 */
import { limits, type Ulid } from '@lalia/protocol';
import type { MessageHead } from '@lalia/store';

export interface RecentRead extends MessageHead {
  readonly by: Ulid;
  readonly atMs: number;
}

export class RecentReads {
  /** Tells this daemon's places from those of another one. */
  readonly epoch: string;
  readonly #ring: RecentRead[] = [];
  #count = 0;

  constructor(epoch: string) {
    this.epoch = epoch;
  }

  /** How many there were so far: the place behind the last one. */
  get count(): number {
    return this.#count;
  }

  add(read: RecentRead): void {
    this.#ring[this.#count % limits.MAX_RECENT_READS] = read;
    this.#count += 1;
  }

  /** Those after a place, as far as they are still known. */
  *after(place: number): Generator<RecentRead> {
    const first = Math.max(place, this.#count - limits.MAX_RECENT_READS, 0);
    for (let at = first; at < this.#count; at += 1) {
      const read = this.#ring[at % limits.MAX_RECENT_READS];
      if (read !== undefined) yield read;
    }
  }
}
