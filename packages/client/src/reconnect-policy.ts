/**
 * When to try again after a connection was lost. Pure: chance is handed in.
 *
 * Exponential with an upper bound, and "equal jitter": half of the delay is certain, half is chance, so that many
 * clients of one daemon neither come back in one instant nor hammer it
 * (aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter).
 */

export interface ReconnectPolicy {
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** After so many failures in a row there is no next attempt. */
  readonly maxFailures: number;
}

/** About a second at most between attempts, and some twenty seconds until it gives up. */
export const RECONNECT: ReconnectPolicy = { firstDelayMs: 20, maxDelayMs: 1000, maxFailures: 30 };

/**
 * How long to wait before the next attempt.
 * @param failures attempts that failed in a row, from 1. The first one costs no wait: a daemon that was restarted is
 *   usually there again.
 * @param random from 0 up to 1.
 * @returns milliseconds, or undefined when it is time to give up.
 */
export function reconnectDelayMs(
  failures: number,
  random: number,
  policy: ReconnectPolicy = RECONNECT,
): number | undefined {
  if (failures > policy.maxFailures) return undefined;
  if (failures <= 1) return 0;
  // The exponent is bounded too: 2 to a large power is Infinity, and Infinity times 0 is not a number.
  const fullMs = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** Math.min(failures - 2, 30));
  return fullMs / 2 + (fullMs / 2) * random;
}
