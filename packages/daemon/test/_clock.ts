/** A clock that stands still until a test moves it. */
import { type Ulid, ulidSource } from '@lalia/protocol';
import type { Clock, Timer } from '../src/clock.ts';

export class FakeClock implements Clock {
  #nowMs: number;
  readonly #newId: () => Ulid;
  readonly #timers = new Set<{ readonly dueMs: number; readonly callback: () => void }>();

  constructor(nowMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = nowMs;
    this.#newId = ulidSource(() => this.#nowMs);
  }

  nowMs(): number {
    return this.#nowMs;
  }

  newId(): Ulid {
    return this.#newId();
  }

  after(delayMs: number, callback: () => void): Timer {
    const timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return {
      cancel: () => {
        this.#timers.delete(timer);
      },
    };
  }

  /** Lets time pass, and the timers that are due by then run in their order. */
  pass(ms: number): void {
    const untilMs = this.#nowMs + ms;
    while (true) {
      const [next] = [...this.#timers]
        .filter(({ dueMs }) => dueMs <= untilMs)
        .sort((a, b) => a.dueMs - b.dueMs);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.callback();
    }
    this.#nowMs = untilMs;
  }
}
