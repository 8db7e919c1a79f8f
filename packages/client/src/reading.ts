/** A read that waits, also over crashes of the daemon. */
import { limits, type ReadSource, type Result } from '@lalia/protocol';
import type { Clock } from './clock.ts';
import { type Delivery, deliveryOf } from './delivery.ts';
import type { CallOptions, SignedCaller } from './signed-caller.ts';
import { waitOverCrashes } from './waiting.ts';

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
export function read({ caller, clock }: Reader, source: ReadSource, options: ReadOptions): Promise<Delivery> {
  const { timeoutMs = limits.DEFAULT_WAIT_MS, max, leaseMs, signal } = options;
  // Messages that were handed out in the instant in which the caller gave up must not stay with nobody.
  const onLate = (result: unknown) => {
    deliveryOf(result as Result<'read'>, caller)
      .release()
      .catch(() => undefined);
  };
  return waitOverCrashes(clock, { timeoutMs, signal }, async (leftMs) => {
    const params = {
      source,
      timeout_ms: leftMs,
      ...(max === undefined ? {} : { max }),
      ...(leaseMs === undefined ? {} : { lease_ms: leaseMs }),
    };
    return deliveryOf(await caller.call('read', params, { signal, onLate }), caller);
  });
}
