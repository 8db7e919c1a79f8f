/** Time and randomness. Everything else is handed what it needs from here, so that tests can decide what time it is. */
import { type Ulid, ulidSource } from '@lalia/protocol';

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** A new ULID, above every earlier one. */
  newId(): Ulid;
  /** Calls back once after a while; a timer alone does not keep the process alive. */
  after(delayMs: number, callback: () => void): Timer;
}

/** The system's clock. */
export function systemClock(): Clock {
  const nowMs = (): number => Date.now();
  return {
    nowMs,
    newId: ulidSource(nowMs),
    after: (delayMs, callback) => {
      const timer = setTimeout(callback, delayMs).unref();
      return {
        cancel: () => {
          clearTimeout(timer);
        },
      };
    },
  };
}
