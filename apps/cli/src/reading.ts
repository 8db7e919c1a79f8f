/** A read is a delivery: it counts as read when the client says so, which is after the bytes are written out. */
import { type Delivery, type DroppedNotice, isLaliaError, type MessageView } from '@lalia/client';
import type { Session } from './session.ts';

/** The ways out of a command that a read needs. */
type Ways = Pick<Session, 'afterPrinting' | 'note'>;

export interface Received {
  readonly messages: readonly MessageView[];
  readonly dropped: DroppedNotice | null;
  readonly remaining: number;
}

/** Gives what a delivery carries, and leaves the acknowledgement for after it is printed. */
export function handOut(delivery: Delivery, session: Ways): Received {
  session.afterPrinting(() => acknowledge(delivery, session));
  return { messages: delivery.messages, dropped: delivery.dropped, remaining: delivery.remaining };
}

/** A result that is printed stays a success; only its being shown again has to be told. */
export async function acknowledge(delivery: Delivery, session: Ways): Promise<void> {
  try {
    await delivery.ack();
  } catch (error) {
    if (!isLaliaError(error)) throw error;
    session.note(`warning: this could not be acknowledged and will be shown again: ${error.message}`);
  }
}
