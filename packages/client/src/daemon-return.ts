/** Getting over a daemon that is gone, for what goes on for ever: an inbox, a watch. */
import { isLaliaError, type Reason } from '@lalia/protocol';
import type { Clock } from './clock.ts';
import { reconnectDelayMs } from './reconnect-policy.ts';
import type { CallOptions } from './signed-caller.ts';

/** What a next attempt can mend. */
const MENDABLE: ReadonlySet<Reason> = new Set<Reason>([
  'connection_lost',
  'daemon_stopping',
  'daemon_unavailable',
  'storage_full',
]);

/** What it takes to wait for a daemon. */
export interface Waiting {
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  /** Looks whether there is a daemon, without starting one; rejects when there is none. */
  readonly probe: (options: CallOptions) => Promise<unknown>;
}

/**
 * Does what makes the next attempt worth trying. A daemon that crashed is started again by it; one that was stopped in
 * order is not: whoever stopped it had a reason, and whoever needs it next starts it.
 * @param failures how many attempts in a row have failed, this one included.
 * @throws the error itself when nothing helps.
 */
export async function mendConnection(error: unknown, failures: number, waiting: Waiting): Promise<void> {
  if (!isLaliaError(error)) throw error;
  if (error.reason === 'daemon_stopping') return untilDaemonIsBack(waiting);
  const delayMs = reconnectDelayMs(failures, waiting.clock.random());
  if (!MENDABLE.has(error.reason) || delayMs === undefined) throw error;
  await waiting.clock.sleep(delayMs, waiting.signal);
}

async function untilDaemonIsBack({ clock, signal, probe }: Waiting): Promise<void> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      await probe({ signal });
      return;
    } catch (error) {
      if (!isLaliaError(error) || !MENDABLE.has(error.reason)) throw error;
      // There may be none for days; the delay stays at its greatest then.
      const delayMs = reconnectDelayMs(Math.min(attempts, 10), clock.random()) ?? 0;
      await clock.sleep(delayMs, signal);
    }
  }
}
