/** Messages that were handed out. They count as read when they are acknowledged, and not before. */
import { type DroppedNotice, isLaliaError, type MessageView, type Result, type Ulid } from '@lalia/protocol';
import type { SignedCaller } from './signed-caller.ts';

export interface Delivery {
  readonly id: Ulid;
  readonly messages: readonly MessageView[];
  /** Messages of this room that its mailbox had no room for; `history` still has them. */
  readonly dropped: DroppedNotice | null;
  /** Unread messages left in the same source. */
  readonly remaining: number;
  /**
   * Says that the messages were taken in. May be repeated, and is, on the next daemon, when one goes away meanwhile.
   * @throws LaliaError `delivery_not_found` when it took too long and another reader was handed the messages.
   */
  ack(): Promise<void>;
  /** Gives the messages back: they are unread again, in their old place. */
  release(): Promise<void>;
}

/** Makes the delivery of what `read` answered. */
export function deliveryOf(result: Result<'read'>, caller: SignedCaller): Delivery {
  const { delivery_id, messages, dropped, remaining } = result;
  return {
    id: delivery_id,
    messages,
    dropped,
    remaining,
    ack: () => acknowledge(caller, delivery_id),
    release: () => giveBack(caller, delivery_id),
  };
}

/** Says that a delivery was taken in. */
export async function acknowledge(caller: SignedCaller, deliveryId: Ulid): Promise<void> {
  await caller.call('ack', { delivery_id: deliveryId });
}

/** Gives a delivery back. */
export async function giveBack(caller: SignedCaller, deliveryId: Ulid): Promise<void> {
  try {
    // Where the daemon is gone, so is the delivery: nobody needs to be started to give it back.
    await caller.call('release', { delivery_id: deliveryId }, { autostart: false });
  } catch (error) {
    if (!isLaliaError(error) || !isGone(error.reason)) throw error;
  }
}

function isGone(reason: string): boolean {
  return ['connection_lost', 'daemon_stopping', 'daemon_unavailable', 'cancelled'].includes(reason);
}
