/**
 * All of an agent's mail as an async iterable, for ever: one message at a time, oldest first, acknowledged when the
 * loop's body is done with it and asks for the next.
 *
 * States: reading → holding a message → reading …; from either, ended. A message that is held when the loop is left
 * (`break`, `return`, a throw in the body) is given back, so it is unread again, in its old place.
 *
 * A daemon that crashed is started again. One that was stopped in order is not: whoever stopped it had a reason, and
 * whoever sends mail next starts it; until then the inbox only looks whether there is one. A lease that ran out, as it
 * does while a machine sleeps, is renewed; an identity that another session took over is not fought for.
 */
import { type DroppedNotice, isLaliaError, limits, type MessageView } from '@lalia/protocol';
import { type Clock, reasonOf } from './clock.ts';
import { mendConnection } from './daemon-return.ts';
import type { Delivery } from './delivery.ts';
import type { CallOptions } from './signed-caller.ts';

export interface InboxOptions extends CallOptions {
  /**
   * How long the loop's body may take for one message, in milliseconds, before another reader may be handed it.
   * Default: one hour. A process that dies gives its message back at once, whatever this says.
   */
  readonly leaseMs?: number | undefined;
}

export interface InboxMessage extends MessageView {
  /** Earlier messages of this room that its mailbox had no room for. */
  readonly dropped: DroppedNotice | null;
  /** Acknowledges the message before the loop's body is done. */
  ack(): Promise<void>;
}

/** What an inbox is made of. */
export interface InboxSource {
  readonly clock: Clock;
  /** A read from anywhere that waits. */
  read(options: InboxReadOptions): Promise<Delivery>;
  /** Makes an identity whose lease ran out live again. */
  renew(options: CallOptions): Promise<unknown>;
  /** Looks whether there is a daemon, without starting one; rejects when there is none. */
  probe(options: CallOptions): Promise<unknown>;
}

export interface InboxReadOptions {
  readonly timeoutMs: number;
  readonly leaseMs: number;
  readonly signal: AbortSignal;
}

const LEASE_MS = 60 * 60 * 1000;

export class Inbox implements AsyncIterableIterator<InboxMessage> {
  readonly #source: InboxSource;
  readonly #leaseMs: number;
  readonly #leave = new AbortController();
  /** Aborts when the caller's signal does, or when the loop is left. */
  readonly #signal: AbortSignal;
  readonly #messages: AsyncGenerator<InboxMessage, undefined>;

  constructor(source: InboxSource, { signal, leaseMs = LEASE_MS }: InboxOptions) {
    this.#source = source;
    this.#leaseMs = Math.min(leaseMs, limits.MAX_DELIVERY_LEASE_MS);
    this.#signal = signal === undefined ? this.#leave.signal : AbortSignal.any([signal, this.#leave.signal]);
    this.#messages = this.#run();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<InboxMessage, undefined>> {
    return this.#messages.next();
  }

  /** Leaves the inbox: a read that waits ends, and a message that is held is given back. */
  return(): Promise<IteratorResult<InboxMessage, undefined>> {
    this.#leave.abort();
    return this.#messages.return(undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  async *#run(): AsyncGenerator<InboxMessage, undefined> {
    for (
      let delivery = await this.#nextDelivery();
      delivery !== undefined;
      delivery = await this.#nextDelivery()
    ) {
      const { dropped } = delivery;
      const ack = delivery.ack.bind(delivery);
      let isHandled = false;
      try {
        for (const message of delivery.messages) yield { ...message, dropped, ack };
        isHandled = true;
      } finally {
        if (!isHandled) await delivery.release();
      }
      await this.#acknowledge(delivery);
    }
    return undefined;
  }

  /** @returns undefined when the loop was left meanwhile. */
  async #nextDelivery(): Promise<Delivery | undefined> {
    try {
      for (let failures = 1; ; failures += 1) {
        try {
          return await this.#read();
        } catch (error) {
          await this.#mend(error, failures);
        }
      }
    } catch (error) {
      if (this.#leave.signal.aborted) return undefined;
      throw error;
    }
  }

  /** Reads until there is something; that there is nothing is no failure. */
  async #read(): Promise<Delivery> {
    const options = { timeoutMs: limits.DEFAULT_WAIT_MS, leaseMs: this.#leaseMs, signal: this.#signal };
    while (!this.#signal.aborted) {
      try {
        return await this.#source.read(options);
      } catch (error) {
        if (!isLaliaError(error) || error.reason !== 'timeout') throw error;
      }
    }
    throw reasonOf(this.#signal);
  }

  /** An acknowledgement that comes too late changes nothing: somebody else has the message then. */
  async #acknowledge(delivery: Delivery): Promise<void> {
    for (let failures = 1; ; failures += 1) {
      try {
        await delivery.ack();
        return;
      } catch (error) {
        if (isLaliaError(error) && error.reason === 'delivery_not_found') return;
        await this.#mend(error, failures);
      }
    }
  }

  /** Does what makes the next attempt worth trying. @throws the error itself when nothing does. */
  async #mend(error: unknown, failures: number): Promise<void> {
    this.#signal.throwIfAborted();
    if (!isLaliaError(error)) throw error;
    if (error.reason === 'lease_expired' && error.context['taken_over'] !== true) {
      await this.#source.renew({ signal: this.#signal });
    } else {
      const { clock } = this.#source;
      const probe = (options: CallOptions) => this.#source.probe(options);
      await mendConnection(error, failures, { clock, signal: this.#signal, probe });
    }
  }
}
