/**
 * A read that waits, across crashes of the daemon: when the connection is lost without a word, the read goes on at the
 * next daemon with the time that is left. A daemon that stops in order ends it.
 */
import { isLaliaError, limits, type ReadSource, type Result } from '@lalia/protocol';
import type { Clock } from './clock.ts';
import { type Delivery, deliveryOf } from './delivery.ts';
import { reconnectDelayMs } from './reconnect-policy.ts';
import type { CallOptions, SignedCaller } from './signed-caller.ts';

export interface ReadOptions extends CallOptions {
  /** How long to wait for a first message, in milliseconds; 0: not at all. Default 300,000. */
  readonly timeoutMs?: number | undefined;
  /** At most so many messages, all of one conversation. Default 1. */
  readonly max?: number | undefined;
  /** How long the reader may take to acknowledge, in milliseconds, before the messages are unread again. */
  readonly leaseMs?: number | undefined;
}

/** What a read needs beside its source. */
export interface Reader {
  readonly caller: SignedCaller;
  readonly clock: Clock;
}

/** Reads from a source. @throws LaliaError `timeout` when there was nothing in the given time. */
export async function read(
  { caller, clock }: Reader,
  source: ReadSource,
  options: ReadOptions,
): Promise<Delivery> {
  const { timeoutMs = limits.DEFAULT_WAIT_MS, max, leaseMs, signal } = options;
  // Messages that were handed out in the instant in which the caller gave up must not stay with nobody.
  const onLate = (result: unknown) => {
    deliveryOf(result as Result<'read'>, caller)
      .release()
      .catch(() => undefined);
  };
  const deadlineMs = clock.nowMs() + timeoutMs;
  for (let failures = 0; ; ) {
    try {
      const leftMs = Math.max(0, deadlineMs - clock.nowMs());
      const params = {
        source,
        timeout_ms: Math.min(Math.ceil(leftMs), limits.MAX_WAIT_MS),
        ...(max === undefined ? {} : { max }),
        ...(leaseMs === undefined ? {} : { lease_ms: leaseMs }),
      };
      return deliveryOf(await caller.call('read', params, { signal, onLate }), caller);
    } catch (error) {
      if (!isLaliaError(error) || error.reason !== 'connection_lost') throw error;
      failures += 1;
      const delayMs = reconnectDelayMs(failures, clock.random());
      if (delayMs === undefined || (failures > 1 && clock.nowMs() + delayMs > deadlineMs)) throw error;
      await clock.sleep(delayMs, signal);
    }
  }
}
