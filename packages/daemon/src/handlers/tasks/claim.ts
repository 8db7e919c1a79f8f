import type { SignedHandler } from '../../handler.ts';
import { ownProject } from '../../tasks/lookup.ts';

export const taskClaim: SignedHandler<'task_claim'> = (context, { params, caller, connection, signal }) =>
  context.taskWaiters.claim(
    {
      agentId: caller.agentId,
      project: ownProject(caller),
      which: params.which,
      claimId: params.id ?? null,
      timeoutMs: params.timeout_ms,
      connection,
      signal,
    },
    context.store.commits,
  );
