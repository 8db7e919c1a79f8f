/** Time and chance, passed in, so that leases, retries and reconnection are tested without waiting. */

export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** A number from 0 up to 1, for jitter; nothing secret depends on it. */
  random(): number;
  /** Waits; rejects with the signal's reason as soon as that aborts. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** The system's clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  random: () => Math.random(),
  sleep: (delayMs, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const abort = () => {
        clearTimeout(timer);
        reject(reasonOf(signal));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      }, delayMs);
      signal?.addEventListener('abort', abort, { once: true });
    }),
};

/** Callbacks on the system's clock; one that is waited for keeps the process alive, as an open socket does. */
export const timers = {
  nowMs: () => Date.now(),
  after: (delayMs: number, callback: () => void) => {
    const timer = setTimeout(callback, delayMs);
    return {
      cancel: () => {
        clearTimeout(timer);
      },
    };
  },
};

/**
 * What a call rejects with when its signal aborts: the reason, as it was given.
 * A reason that is no error would be thrown as it is, so it is wrapped.
 */
export function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error
    ? reason
    : new DOMException(typeof reason === 'string' ? reason : 'This operation was aborted', 'AbortError');
}

/**
 * Waits for something that goes on also when this caller gives up: several callers may wait for the same.
 * Rejects with the signal's reason as soon as that aborts.
 */
export function withSignal<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(reasonOf(signal));
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise
      .finally(() => {
        signal.removeEventListener('abort', abort);
      })
      .then(resolve, reject);
  });
}
