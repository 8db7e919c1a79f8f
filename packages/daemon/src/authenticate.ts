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
   * @throws LaliaError `not_registered`, `stale_timestamp` or `bad_signature`.
   */
  verify({ method, params, auth }: SignedRequest): void {
    const key = this.#keyOf(auth.agent_id);
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
    if (!verifyRequest({ method, params: { ...params, auth } }, auth.sig, key)) {
      throw fail('bad_signature', `The request is not signed with the key of the agent ${auth.agent_id}.`, {
        context: { agent_id: auth.agent_id },
      });
    }
  }

  /**
   * Uses the request's nonce up, and renews the caller's lease. Runs in the request's own transaction, so that a request is
   * used up if and only if it was carried out.
   * @returns the agent that signed it, as it is now.
   * @throws LaliaError `replayed`; `not_registered` when it was unregistered since its signature was checked.
   */
  admit(auth: Auth, lease: Omit<Lease, 'agentId'>): AgentRecord {
    const expiresMs = auth.ts + limits.REQUEST_WINDOW_MS;
    if (!this.#store.nonces.use({ agentId: auth.agent_id, nonce: auth.nonce, expiresMs })) {
      throw fail('replayed', 'A request with this nonce was accepted before.', {
        context: { nonce: auth.nonce },
      });
    }
    const caller = this.#registered(auth.agent_id);
    this.#store.registry.touch({ agentId: auth.agent_id, ...lease });
    return { ...caller, ...lease };
  }

  #registered(agentId: Ulid): AgentRecord {
    const agent = this.#store.registry.get(agentId);
    if (agent === undefined)
      throw fail('not_registered', `No agent has the id ${agentId}.`, { context: { agent_id: agentId } });
    if (agent.kind === 'daemon') {
      throw fail('not_registered', `Nobody calls as ${agent.name}: it is the daemon itself.`, {
        context: { agent_id: agentId },
      });
    }
    if (agent.unregisteredMs !== null) {
      throw fail('not_registered', `${agent.name} was unregistered.`, {
        context: { agent_id: agentId, unregistered_ts: agent.unregisteredMs },
      });
    }
    return agent;
  }

  #keyOf(agentId: Ulid): KeyObject {
    const known = this.#keys.get(agentId);
    if (known !== undefined) return known;
    const key = publicKeyObject(this.#registered(agentId).publicKey);
    this.#keys.set(agentId, key);
    return key;
  }
}
