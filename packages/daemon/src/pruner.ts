/**
 * Has the database give up the bodies that are older than it is to keep them, and give the space back: a little in each
 * transaction, with pauses, so that requests come first. What a kill leaves undone, the next pass finds.
 */
import type { PrunePlace, Store } from '@lalia/store';
import type { Background } from './background.ts';
import type { Clock, Timer } from './clock.ts';
import type { Log } from './events.ts';

/** Between passes: whoever keeps things for days does not mind an hour. */
const PASS_MS = 60 * 60 * 1000;

/** After a start: those who made it start come first. */
const FIRST_PASS_MS = 60 * 1000;

/** The pause between transactions. */
const NEXT_MS = 20;

interface Options {
  readonly store: Store;
  readonly clock: Clock;
  readonly background: Background;
  readonly log: Log;
  readonly failpoint: (name: string) => void;
}

/** What a pass does next; undefined where it is over. */
type Step = (() => Step | undefined) | undefined;

export class Pruner {
  readonly #options: Options;
  #timer: Timer | undefined;
  #isRunning = false;
  /** Whether another pass is due when the one that runs is over. */
  #isDue = false;
  #isClosed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** The first pass will begin in a while. */
  schedule(): void {
    this.#after(FIRST_PASS_MS);
  }

  /** Begins a pass now, or another one behind that which runs. */
  start(): void {
    this.#isDue = true;
    if (!this.#isRunning) this.#after(0);
  }

  /** Ends it between two transactions. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  #after(delayMs: number): void {
    if (this.#isClosed) return;
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(delayMs, () => {
      this.#isRunning = true;
      this.#isDue = false;
      const { store } = this.#options;
      const { keepMs } = store.retention.get();
      this.#run(keepMs === null ? undefined : this.#prune(store.retention.start(), keepMs));
    });
  }

  #run(step: Step): void {
    if (this.#isClosed) return;
    if (step === undefined) {
      this.#isRunning = false;
      this.#after(this.#isDue ? 0 : PASS_MS);
      return;
    }
    const { store, clock, background, failpoint } = this.#options;
    background.run('prune', async () => {
      let next: Step;
      try {
        next = await store.commits.run(step);
        failpoint('prune.step');
      } finally {
        this.#timer = clock.after(NEXT_MS, () => {
          this.#run(next);
        });
      }
    });
  }

  #prune(place: PrunePlace, keepMs: number): Step {
    const { store, clock, log } = this.#options;
    const before = store.retention.get().pruned;
    const step =
      (from: PrunePlace): Step =>
      () => {
        const next = store.retention.pruneNext(from, clock.nowMs() - keepMs);
        if (next !== undefined) return step(next);
        const pruned = store.retention.get().pruned - before;
        if (pruned > 0) log('pruned', { messages: pruned });
        return pruned > 0 ? this.#merge : this.#shrink;
      };
    return step(place);
  }

  readonly #merge: Step = () => (this.#options.store.retention.mergeWords() ? this.#merge : this.#shrink);

  readonly #shrink: Step = () => {
    const { retention } = this.#options.store;
    if (!retention.hasFreePages()) return undefined;
    retention.shrink();
    return this.#shrink;
  };
}
