/** Attempts to wake, and the agents that can be woken, as peers see them. */
import { limits, type WakeAttempt, type Waking } from '@lalia/protocol';
import type { WakeRecord } from '@lalia/store';
import type { Context } from '../context.ts';
import { routesOf } from './wake-facts.ts';
import { DAY_MS } from './wake-policy.ts';

export function wakeAttempt({ attemptedMs, route, outcome, outcomeMs, detail }: WakeRecord): WakeAttempt {
  return { ts: attemptedMs, route, outcome, outcome_ts: outcomeMs, detail };
}

/** The agents of whom hooks have spoken, the last seen first. */
export function wakingList(context: Context): Waking[] {
  const { store } = context;
  return store.turns
    .agents()
    .slice(0, limits.MAX_WAKING_LISTED)
    .flatMap((agentId) => waking(context, agentId));
}

function waking({ store, views, waker, clock }: Context, agentId: string): Waking[] {
  const agent = views.agent(agentId);
  const turn = waker.stateOf(agent);
  const known = store.turns.get(agentId);
  if (turn === null || known === undefined) return [];
  const last = store.wakes.last(agentId);
  return [
    {
      agent: views.agentRef(agent),
      turn,
      routes: routesOf(known, waker.listeners.placeOf(agentId)),
      today: store.wakes.count(agentId, clock.nowMs() - DAY_MS),
      last: last === undefined ? null : wakeAttempt(last),
    },
  ];
}
