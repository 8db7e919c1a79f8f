/** What an agent is doing, and how it was woken, in a few words. */
import { ago, lasting, oneLine, type TurnState, type WakeAttempt } from '@lalia/client';

const DOING: Readonly<Record<TurnState['state'], string>> = {
  working: 'working',
  idle: 'idle',
  asking: 'asking a person',
  ended: 'session ended',
};

/** In a list. */
export function doing({ state }: TurnState): string {
  return DOING[state];
}

/** Where something was sent to it: what will come of that. Empty for an agent without hooks. */
export function willNotice({ turn }: { readonly turn: TurnState | null }): string {
  if (turn === null) return '';
  return turn.can_wake ? `, ${DOING[turn.state]}, will be woken` : `, ${DOING[turn.state]}`;
}

/** One attempt: `woken 2m ago by codex queue`. */
export function attempt({ ts, route, outcome, outcome_ts, detail }: WakeAttempt, nowMs: number): string {
  const why = detail === null ? '' : `: ${oneLine(detail)}`;
  if (outcome === 'suppressed') return `not woken ${ago(ts, nowMs)}${why}, ${again(outcome_ts, nowMs)}`;
  const words = outcome === 'started' ? 'wake started' : SAID[outcome];
  return `${words} ${ago(ts, nowMs)}${route === null ? '' : ` by ${oneLine(route)}`}${why}`;
}

const SAID: Readonly<Record<Exclude<WakeAttempt['outcome'], 'suppressed' | 'started'>, string>> = {
  attempting: 'being woken',
  woken: 'woken',
  held: 'wake held for a person',
  failed: 'wake failed',
  unknown: 'wake of unknown outcome',
};

function again(ts: number | null, nowMs: number): string {
  if (ts === null) return 'never again with this budget';
  return ts <= nowMs ? 'again now' : `again in ${lasting(ts - nowMs)}`;
}
