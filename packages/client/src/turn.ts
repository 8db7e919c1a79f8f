/** A turn of a model: saying where it is, and the mail that is handed out there. */
import { limits, type Params, type Result, type TurnPoint, type WakeNotice } from '@lalia/protocol';
import type { Clock } from './clock.ts';
import { acknowledge, giveBack } from './delivery.ts';
import type { CallOptions, SignedCaller } from './signed-caller.ts';
import { waitOverCrashes } from './waiting.ts';

/** Where a turn is, and what can be taken in there. */
export interface TurnReport extends CallOptions {
  readonly at: TurnPoint;
  /** The harness's own id of the session. */
  readonly sessionId: string | null;
  /** What can be taken in, in UTF-8 bytes, frames included. Default 0: only report. */
  readonly maxBytes?: number | undefined;
  /** What each message, and each line of a body, takes beside the body, in bytes. Default 256 and 2. */
  readonly frame?: { readonly messageBytes: number; readonly lineBytes: number } | undefined;
  /** The ways to wake this session, the best first; without it they stay as they are. */
  readonly wake?: Params<'turn'>['wake'];
  /** Whether a daemon is started where none runs. Default: no, because nobody waits for a hook. */
  readonly autostart?: boolean | undefined;
}

/** What a turn was given; it counts as read when it is acknowledged. */
export interface TurnMail extends Omit<Result<'turn'>, 'delivery_id'> {
  /** Says that all of it was written out. May be repeated; does nothing where nothing was handed out. */
  ack(): Promise<void>;
  /** Gives all of it back: the messages are unread again, in their old place. */
  release(): Promise<void>;
}

export interface WakeOptions extends CallOptions {
  /** The harness's own id of the session, as in `turn`; the wait ends with it. */
  readonly sessionId: string | null;
  /** How long to wait, in milliseconds. Default 300,000. */
  readonly timeoutMs?: number | undefined;
  /** Whether the session's own ways are tried first. Default: this one is. */
  readonly asLast?: boolean | undefined;
}

/** Waits until the agent is to be woken, across crashes of the daemon. */
export function awaitWake(
  { caller, clock }: { readonly caller: SignedCaller; readonly clock: Clock },
  { sessionId, timeoutMs = limits.DEFAULT_WAIT_MS, asLast = false, signal }: WakeOptions,
): Promise<WakeNotice> {
  return waitOverCrashes(clock, { timeoutMs, signal }, async (leftMs) => {
    const params = { session_id: sessionId, timeout_ms: leftMs, as_last: asLast };
    return (await caller.call('wake_wait', params, { signal, waits: true })).notice;
  });
}

/** Reports where a turn is, and takes the mail that fits there. */
export async function reportTurn(caller: SignedCaller, report: TurnReport): Promise<TurnMail> {
  const { at, sessionId, maxBytes = 0, frame, wake, autostart = false, signal } = report;
  const params = {
    at,
    session_id: sessionId,
    max_bytes: maxBytes,
    ...(frame === undefined
      ? {}
      : { frame: { message_bytes: frame.messageBytes, line_bytes: frame.lineBytes } }),
    ...(wake === undefined ? {} : { wake }),
  };
  // Mail that was handed out in the instant in which the caller gave up must not stay with nobody.
  const onLate = (result: unknown) => {
    mailOf(result as Result<'turn'>, caller)
      .release()
      .catch(() => undefined);
  };
  return mailOf(await caller.call('turn', params, { autostart, signal, onLate }), caller);
}

function mailOf({ delivery_id: id, ...mail }: Result<'turn'>, caller: SignedCaller): TurnMail {
  return {
    ...mail,
    ack: async () => {
      if (id !== null) await acknowledge(caller, id);
    },
    release: async () => {
      if (id !== null) await giveBack(caller, id);
    },
  };
}
