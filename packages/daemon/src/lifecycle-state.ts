/**
 * The states of a daemon. Forward only:
 *
 *     starting ──▶ serving ──▶ draining ──▶ stopped
 *
 * serving: the socket is there. draining: the socket is gone, requests are refused with `daemon_stopping`, blocked reads are
 * released, what was acknowledged is finished. stopped: the database is closed, its lock is free for the next daemon.
 */
import { invariant } from '@lalia/protocol';

const ORDER = ['starting', 'serving', 'draining', 'stopped'] as const;
export type LifecycleState = (typeof ORDER)[number];

export class LifecycleMachine {
  #state: LifecycleState = 'starting';

  get state(): LifecycleState {
    return this.#state;
  }

  /** Goes on to a later state. */
  advance(to: LifecycleState): void {
    invariant(
      ORDER.indexOf(to) > ORDER.indexOf(this.#state),
      `a daemon that is ${this.#state} cannot be ${to}`,
    );
    this.#state = to;
  }
}
