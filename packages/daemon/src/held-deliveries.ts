/**
 * Deliveries that readers hold and have not acknowledged. The database says which messages they are; this knows on which
 * connection and until when. A connection that closes, and a lease that ends, put the messages back.
 */
import type { Ulid } from '@lalia/protocol';
import type { Clock, Timer } from './clock.ts';
import type { Connection } from './socket/connection.ts';

export interface HeldDelivery {
  readonly deliveryId: Ulid;
  readonly agentId: Ulid;
  readonly connection: Connection;
  readonly leaseMs: number;
  /** Where it was handed to a turn of a model. */
  readonly turn?: HeldTurn;
}

export interface HeldTurn {
  /** The questions that are recalled with it; only its acknowledgement says that they were. */
  readonly recalls: readonly number[];
  /** The model goes on for this alone; where it does not get it, it has stopped. */
  readonly isLast: boolean;
}

export class HeldDeliveries {
  readonly #clock: Clock;
  readonly #putBack: (held: HeldDelivery) => void;
  readonly #held = new Map<Ulid, { readonly delivery: HeldDelivery; readonly timer: Timer }>();

  /** @param putBack makes the messages of a delivery unread again. */
  constructor(clock: Clock, putBack: (held: HeldDelivery) => void) {
    this.#clock = clock;
    this.#putBack = putBack;
  }

  hold(delivery: HeldDelivery): void {
    const timer = this.#clock.after(delivery.leaseMs, () => {
      this.#giveBack(delivery);
    });
    this.#held.set(delivery.deliveryId, { delivery, timer });
  }

  get(deliveryId: Ulid): HeldDelivery | undefined {
    return this.#held.get(deliveryId)?.delivery;
  }

  /** Forgets a delivery: it was acknowledged, given back, or its transaction was rolled back. */
  forget(deliveryId: Ulid): void {
    this.#held.get(deliveryId)?.timer.cancel();
    this.#held.delete(deliveryId);
  }

  /** Puts back everything that was handed out on a connection. */
  connectionClosed(connection: Connection): void {
    for (const { delivery } of [...this.#held.values()]) {
      if (delivery.connection === connection) this.#giveBack(delivery);
    }
  }

  #giveBack(delivery: HeldDelivery): void {
    this.forget(delivery.deliveryId);
    this.#putBack(delivery);
  }
}
