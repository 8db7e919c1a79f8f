/** What the policy goes by, for one agent, at this moment. */
import type { AgentRecord, TurnRecord } from '@lalia/store';
import type { ListenerPlace, WakeListeners } from './listeners.ts';
import { DAY_MS, type WakeFacts } from './wake-policy.ts';
import type { WakerParts } from './waker.ts';

/** The way through a process that listens inside the harness. It is the first, being there now, unless it asked to be the last. */
export const LISTENER = 'listener';

type FactParts = Pick<WakerParts, 'store' | 'clock' | 'presence' | 'waiters' | 'config'>;

/** @returns undefined for an agent of whom no hook has spoken. */
export function factsFor(
  { store, clock, presence, waiters, config }: FactParts,
  listeners: WakeListeners,
  agent: AgentRecord,
): WakeFacts | undefined {
  const { agentId } = agent;
  const turn = store.turns.get(agentId);
  if (turn === undefined || agent.unregisteredMs !== null) return undefined;
  const nowMs = clock.nowMs();
  return {
    nowMs,
    turn,
    lastSeenMs: agent.lastSeenMs,
    isReading: waiters.isListening(agentId),
    isGone: presence.isGone(agent),
    routes: routesOf(turn, listeners.placeOf(agentId)),
    // Read from the database each time, and only where the policy comes to it.
    get mail() {
      return store.wakes.mailFor(agentId);
    },
    get attempts() {
      return store.wakes.since(agentId, Math.min(nowMs - DAY_MS, turn.sinceMs));
    },
    budget: config.wakes,
  };
}

export function routesOf({ routes }: Pick<TurnRecord, 'routes'>, listener: ListenerPlace): string[] {
  const names = routes.map(({ name }) => name);
  if (listener === 'none') return names;
  return listener === 'first' ? [LISTENER, ...names] : [...names, LISTENER];
}
