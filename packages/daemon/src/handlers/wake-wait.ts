import type { LaliaError } from '@lalia/protocol';
import type { SignedHandler } from '../handler.ts';

export const wakeWait: SignedHandler<'wake_wait'> = (
  { store, waker },
  { params, caller, connection, signal },
) => {
  const { agentId } = caller;
  const answer = waker.listeners.wait({
    agentId,
    sessionId: params.session_id,
    timeoutMs: params.timeout_ms,
    asLast: params.as_last,
    connection,
    signal,
  });
  store.commits.onOutcome({
    committed: undefined,
    rolledBack: (error) => {
      waker.listeners.release(agentId, error as LaliaError);
    },
  });
  // There may be mail already.
  waker.changed(agentId);
  return answer;
};
