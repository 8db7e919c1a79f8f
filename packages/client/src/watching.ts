/**
 * What happens in an agent's conversations, for ever, without taking anything. Where it stands is a cursor that every answer gives, so
 * it goes on at the next daemon with nothing missed and nothing twice, however slow whoever watches is.
 */
import type { ConversationTarget, Result, WatchEvent } from '@lalia/protocol';
import { limits } from '@lalia/protocol';
import { type Clock, reasonOf } from './clock.ts';
import { mendConnection } from './daemon-return.ts';
import type { CallOptions, SignedCaller } from './signed-caller.ts';

export interface WatchFrom extends CallOptions {
  /** Begins with what was accepted then or later, in milliseconds since 1970; without it, now. */
  readonly sinceMs?: number | undefined;
  /** Called once, when it is known where it begins: what happens from then on will be told. */
  readonly onBegun?: (() => void) | undefined;
}

/** What a watch is made of. */
export interface WatchSource {
  readonly caller: SignedCaller;
  readonly clock: Clock;
  /** Looks whether there is a daemon, without starting one; rejects when there is none. */
  readonly probe: (options: CallOptions) => Promise<unknown>;
}

/** The events from now on, or from a time on. */
export async function* watch(
  source: WatchSource,
  target: ConversationTarget | undefined,
  { sinceMs, signal, onBegun }: WatchFrom,
): AsyncGenerator<WatchEvent, undefined, undefined> {
  const leave = new AbortController();
  const either = signal === undefined ? leave.signal : AbortSignal.any([signal, leave.signal]);
  const where = target === undefined ? {} : { target };
  const begin = { ...where, ...(sinceMs === undefined ? {} : { since_ts: sinceMs }), timeout_ms: 0 };
  try {
    let answer = await persistently(source, begin, either);
    onBegun?.();
    while (true) {
      yield* answer.events;
      const { cursor } = answer;
      answer = await persistently(source, { ...where, cursor, timeout_ms: limits.DEFAULT_WAIT_MS }, either);
    }
  } finally {
    leave.abort();
  }
}

type Params = Parameters<typeof ask>[1];

/** Asks until there is an answer, over daemons that crash or are stopped. */
async function persistently(
  source: WatchSource,
  params: Params,
  signal: AbortSignal,
): Promise<Result<'watch'>> {
  for (let failures = 1; ; failures += 1) {
    if (signal.aborted) throw reasonOf(signal);
    try {
      return await ask(source, params, signal);
    } catch (error) {
      signal.throwIfAborted();
      await mendConnection(error, failures, { ...source, signal });
    }
  }
}

function ask(
  { caller }: WatchSource,
  params: {
    readonly cursor?: string;
    readonly since_ts?: number;
    readonly target?: ConversationTarget;
    readonly timeout_ms: number;
  },
  signal: AbortSignal,
): Promise<Result<'watch'>> {
  return caller.call('watch', params, { signal, waits: true });
}
