/** Leases and presence (spec 5): `listening`, `live`, `away`. */
import { limits, type Presence as PresenceState } from '@lalia/protocol';
import type { AgentRecord } from '@lalia/store';
import type { Clock } from './clock.ts';
import { ProcessLiveness } from './process-liveness.ts';

export interface PresenceView {
  readonly presence: PresenceState;
  /** When it was last seen, for one that is away. */
  readonly awaySince: number | null;
}

export class Presence {
  readonly #clock: Clock;
  readonly #isListening: (agentId: string) => boolean;
  readonly #liveness: ProcessLiveness;

  constructor(clock: Clock, isListening: (agentId: string) => boolean) {
    this.#clock = clock;
    this.#isListening = isListening;
    this.#liveness = new ProcessLiveness(() => clock.nowMs());
  }

  of(agent: AgentRecord): PresenceView {
    if (agent.unregisteredMs !== null) return { presence: 'away', awaySince: agent.unregisteredMs };
    if (!this.isLive(agent)) return { presence: 'away', awaySince: agent.lastSeenMs };
    return { presence: this.#isListening(agent.agentId) ? 'listening' : 'live', awaySince: null };
  }

  /** Its process has certainly ended. A lease that is over says nothing: an idle agent does not renew it. */
  isGone({ anchor }: AgentRecord): boolean {
    return anchor !== null && !this.#liveness.isAlive(anchor);
  }

  /** Lease live, and its anchor, where it has one, still running. */
  isLive(agent: AgentRecord): boolean {
    return (
      this.#clock.nowMs() < agent.leaseUntilMs &&
      (agent.anchor === null || this.#liveness.isAlive(agent.anchor))
    );
  }

  /**
   * Whether the session that holds an identity is certainly alive: only then may it keep others from taking the identity
   * up again. Without an anchor nobody can tell, and the lease alone must not lock the owner out. A session that has just ended
   * holds nothing, whatever was seen a moment ago.
   */
  isHeld({ anchor, leaseUntilMs }: AgentRecord): boolean {
    return anchor !== null && this.#clock.nowMs() < leaseUntilMs && this.#liveness.isAliveNow(anchor);
  }

  /** The lease of an agent that was seen now. */
  renewed(): { readonly lastSeenMs: number; readonly leaseUntilMs: number } {
    const lastSeenMs = this.#clock.nowMs();
    return { lastSeenMs, leaseUntilMs: lastSeenMs + limits.LEASE_MS };
  }
}
