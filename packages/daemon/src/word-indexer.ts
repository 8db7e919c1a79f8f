/** Takes the words of new messages into the index of `search`, some time after their transactions: a search never waits for it. */
import type { Store } from '@lalia/store';
import type { Background } from './background.ts';
import type { Clock, Timer } from './clock.ts';

/** How long messages gather, so that many share a transaction. */
const GATHER_MS = 1000;

/** The pause between batches when there are more; requests come first. */
const NEXT_BATCH_MS = 20;

interface Options {
  readonly store: Store;
  readonly clock: Clock;
  readonly background: Background;
}

export class WordIndexer {
  readonly #options: Options;
  #isDue = false;
  #isClosed = false;
  #timer: Timer | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Says that something was committed. */
  notify(): void {
    if (!this.#isDue && this.#options.store.search.behind() > 0) this.#after(GATHER_MS);
  }

  /** Ends it: what is missing then is taken in later, or by the next search. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  #after(delayMs: number): void {
    if (this.#isClosed) return;
    this.#isDue = true;
    this.#timer = this.#options.clock.after(delayMs, () => {
      this.#options.background.run('index words', () => this.#indexBatch());
    });
  }

  async #indexBatch(): Promise<void> {
    const { store } = this.#options;
    try {
      await store.commits.run(() => store.search.indexBatch());
    } finally {
      this.#isDue = false;
    }
    if (store.search.behind() > 0) this.#after(NEXT_BATCH_MS);
  }
}
