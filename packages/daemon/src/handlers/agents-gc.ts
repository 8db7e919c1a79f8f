import { limits } from '@lalia/protocol';
import type { AgentRecord } from '@lalia/store';
import type { Context } from '../context.ts';
import type { SignedHandler } from '../handler.ts';
import { unregisterAgent } from '../unregistering.ts';

export const agentsGc: SignedHandler<'agents_gc'> = (context, { params, caller }) => {
  const { store, clock, presence, views } = context;
  const { older_than_ms: olderThanMs = limits.UNSEEN_MS, dry_run: isDryRun = false } = params;
  const before = clock.nowMs() - olderThanMs;
  const unseen = store.registry
    .list({ all: false })
    .filter(
      (agent) =>
        agent.kind === 'agent' &&
        agent.agentId !== caller.agentId &&
        agent.lastSeenMs <= before &&
        presence.of(agent).presence === 'away' &&
        !isBusy(context, agent),
    );
  const agents = unseen.map((agent) => views.agentInfo(agent));
  if (!isDryRun) for (const agent of unseen) unregisterAgent(context, agent);
  return { agents, dry_run: isDryRun };
};

/** Whether somebody waits for its work: a task that is not merged, or a list that it supervises. */
function isBusy({ store }: Context, { agentId }: AgentRecord): boolean {
  const { tasks } = store;
  return (
    tasks.ownedBy(agentId).some(({ status }) => status !== 'merged') ||
    tasks
      .lists()
      .some(
        ({ project, supervisor }) =>
          supervisor === agentId &&
          (tasks.list(project).length > 0 || tasks.underway().some((task) => task.project === project)),
      )
  );
}
