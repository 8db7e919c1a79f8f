/** What an agent is doing, as far as the hooks of its harness say. Pure. */
import type { TurnPoint } from '@lalia/protocol';
import type { TurnRecord, TurnState } from '@lalia/store';

/** What a hook has said, and what it was given. */
export interface Reported extends Pick<TurnRecord, 'agentId' | 'sessionId'> {
  readonly at: TurnPoint;
  /** A model that is about to stop goes on when it is handed something. */
  readonly isHandedSomething: boolean;
  readonly routes: TurnRecord['routes'] | undefined;
  readonly nowMs: number;
}

/** The row after a report; undefined where the report is of a session that is not the agent's any more. */
export function turnAfter(known: TurnRecord | undefined, reported: Reported): TurnRecord | undefined {
  const { agentId, sessionId, at, routes, nowMs } = reported;
  const isSameSession = known?.sessionId === sessionId;
  if (at === 'end' && known !== undefined && !isSameSession) return undefined;
  const state = stateAt(reported);
  // Each stop ends a turn of its own, also where nothing was reported in between.
  const isUnchanged = isSameSession && known.state === state && at !== 'stop';
  const kept = isSameSession ? known.routes : [];
  return {
    agentId,
    sessionId,
    state,
    sinceMs: isUnchanged ? known.sinceMs : nowMs,
    routes: at === 'end' ? [] : (routes ?? kept),
  };
}

/** Whether a model has taken a turn, or a session has begun, for this to be reported: what a wake is for. */
export function isOfATurn(at: TurnPoint): boolean {
  return at === 'start' || at === 'prompt' || at === 'tool' || at === 'stop';
}

function stateAt({ at, isHandedSomething }: Reported): TurnState {
  switch (at) {
    case 'prompt':
    case 'tool':
      return 'working';
    case 'stop':
      return isHandedSomething ? 'working' : 'idle';
    // A harness that has just begun waits for a person; a first prompt follows at once as `prompt`.
    case 'start':
    case 'idle':
      return 'idle';
    case 'asking':
      return 'asking';
    case 'end':
      return 'ended';
  }
}
