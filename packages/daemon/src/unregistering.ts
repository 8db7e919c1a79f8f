/** The end of an identity: by its own wish, or because nobody has used it for long. */
import { fail } from '@lalia/protocol';
import type { AgentRecord } from '@lalia/store';
import type { Context } from './context.ts';
import { leaveRoom } from './membership.ts';
import { willNotAnswer } from './questions.ts';
import { giveUpTasks, leaveList } from './tasks/departure.ts';

/**
 * Ends an identity, in the transaction that is open: rooms and tasks are left, and after the commit blocked calls end and the key goes.
 * @throws LaliaError `supervisor_busy` while a task on its list is not merged.
 */
export function unregisterAgent(context: Context, agent: AgentRecord): void {
  const { store, chronicle, clock, keystore, waiters, watchers, taskWaiters, waker, views, background } =
    context;
  const { agentId } = agent;
  leaveList(context, agent);
  const because = fail('unregistered', `${agent.name} was unregistered.`);
  for (const { roomId } of store.rooms.ofAgent(agentId)) {
    leaveRoom(context, { room: views.room(roomId), agent, because });
  }
  giveUpTasks(context, agent);
  const nowMs = clock.nowMs();
  store.mailboxes.leave(agentId, null, nowMs);
  store.turns.forget(agentId);
  store.registry.unregister(agentId, nowMs);
  chronicle.agent({ ...agent, unregisteredMs: nowMs }, 'unregistered');
  store.commits.onOutcome({
    committed: () => {
      waiters.releaseAgent(agentId, because);
      watchers.releaseAgent(agentId, because);
      waiters.releaseAskersOf(agentId, willNotAnswer(agent));
      taskWaiters.releaseAgent(agentId, because);
      waker.listeners.release(agentId, because);
      background.run('delete key', () => keystore.delete(agentId));
    },
    rolledBack: undefined,
  });
}
