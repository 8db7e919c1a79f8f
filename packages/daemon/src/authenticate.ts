/** Who signed a request (spec 11). What it costs to be wrong: a message under another's name. */
import type { KeyObject } from 'node:crypto';
import { type Auth, fail, limits, publicKeyObject, type Ulid, verifyRequest } from '@lalia/protocol';
import type { AgentRecord, Lease, Store } from '@lalia/store';
import type { Clock } from './clock.ts';

export interface SignedRequest {
  readonly method: string;
  /** As they came: the signature covers these, not what a schema makes of them. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly auth: Auth;
}

export class Authenticator {
  readonly #store: Store;
  readonly #clock: Clock;
  /** Bounded by the number of agents; a key never changes. */
  readonly #keys = new Map<Ulid, KeyObject>();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Checks a request's time and signature.
   * @returns the agent that signed it.
   * @throws LaliaError `not_registered`, `stale_timestamp` or `bad_signature`.
   */
  verify({ method, params, auth }: SignedRequest): AgentRecord {
    const agent = this.#registered(auth.agent_id);
    const offsetMs = auth.ts - this.#clock.nowMs();
    if (Math.abs(offsetMs) > limits.REQUEST_WINDOW_MS) {
      throw fail(
        'stale_timestamp',
        `The request was signed ${String(Math.round(Math.abs(offsetMs) / 1000))} s ${offsetMs < 0 ? 'ago' : 'ahead'}.`,
        {
          context: { offset_ms: offsetMs, window_ms: limits.REQUEST_WINDOW_MS },
        },
      );
    }
    if (!verifyRequest({ method, params: { ...params, auth } }, auth.sig, this.#keyOf(agent))) {
      throw fail('bad_signature', `The request is not signed with the key of ${agent.name}.`, {
        context: { agent_id: agent.agentId },
      });
    }
    return agent;
  }

  /**
   * Uses the request's nonce up, and renews the caller's lease. Runs in the request's own transaction, so that a request is
   * used up if and only if it was carried out.
   * @throws LaliaError `replayed`.
   */
  admit(auth: Auth, lease: Omit<Lease, 'agentId'>): void {
    const expiresMs = auth.ts + limits.REQUEST_WINDOW_MS;
    if (!this.#store.nonces.use({ agentId: auth.agent_id, nonce: auth.nonce, expiresMs })) {
      throw fail('replayed', 'A request with this nonce was accepted before.', {
        context: { nonce: auth.nonce },
      });
    }
    // It may have been unregistered between its verification and this transaction.
    this.#registered(auth.agent_id);
    this.#store.registry.touch({ agentId: auth.agent_id, ...lease });
  }

  #registered(agentId: Ulid): AgentRecord {
    const agent = this.#store.registry.get(agentId);
    if (agent === undefined)
      throw fail('not_registered', `No agent has the id ${agentId}.`, { context: { agent_id: agentId } });
    if (agent.unregisteredMs !== null) {
      throw fail('not_registered', `${agent.name} was unregistered.`, {
        context: { agent_id: agentId, unregistered_ts: agent.unregisteredMs },
      });
    }
    return agent;
  }

  #keyOf(agent: AgentRecord): KeyObject {
    const known = this.#keys.get(agent.agentId);
    if (known !== undefined) return known;
    const key = publicKeyObject(agent.publicKey);
    this.#keys.set(agent.agentId, key);
    return key;
  }
}
