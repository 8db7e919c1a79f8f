/**
 * A call that waits, across crashes of the daemon: when the connection is lost without a word, the call goes on at the
 * next daemon with the time that is left. A daemon that stops in order ends it.
 */
import { isLaliaError, limits } from '@lalia/protocol';
import type { Clock } from './clock.ts';
import { reconnectDelayMs } from './reconnect-policy.ts';
import type { CallOptions } from './signed-caller.ts';

export interface WaitOptions extends CallOptions {
  /** How long to wait, in milliseconds; 0: not at all. */
  readonly timeoutMs: number;
}

/**
 * Waits for what `attempt` waits for.
 * @param attempt one call; it is given the milliseconds that are left for it.
 */
export async function waitOverCrashes<T>(
  clock: Clock,
  { timeoutMs, signal }: WaitOptions,
  attempt: (leftMs: number) => Promise<T>,
): Promise<T> {
  const deadlineMs = clock.nowMs() + timeoutMs;
  for (let failures = 0; ; ) {
    try {
      const leftMs = Math.ceil(Math.max(0, deadlineMs - clock.nowMs()));
      return await attempt(Math.min(leftMs, limits.MAX_WAIT_MS));
    } catch (error) {
      if (!isLaliaError(error) || error.reason !== 'connection_lost') throw error;
      failures += 1;
      const delayMs = reconnectDelayMs(failures, clock.random());
      if (delayMs === undefined || (failures > 1 && clock.nowMs() + delayMs > deadlineMs)) throw error;
      await clock.sleep(delayMs, signal);
    }
  }
}
