import { fail } from '@lalia/protocol';
import type { SignedHandler } from '../handler.ts';
import { leaveRoom } from '../membership.ts';
import { willNotAnswer } from '../questions.ts';
import { giveUpTasks, leaveList } from '../tasks/departure.ts';

export const unregister: SignedHandler<'unregister'> = (context, { caller }) => {
  const { store, chronicle, clock, keystore, waiters, taskWaiters, views, background } = context;
  const { agentId } = caller;
  if (caller.kind === 'human')
    throw fail('name_reserved', 'The person at this machine is always registered.');
  leaveList(context, caller);
  const because = fail('unregistered', `${caller.name} was unregistered.`);
  for (const { roomId } of store.rooms.ofAgent(agentId)) {
    leaveRoom(context, { room: views.room(roomId), agent: caller, because });
  }
  giveUpTasks(context, caller);
  const nowMs = clock.nowMs();
  store.mailboxes.leave(agentId, null, nowMs);
  store.registry.unregister(agentId, nowMs);
  chronicle.agent({ ...caller, unregisteredMs: nowMs }, 'unregistered');
  store.commits.onOutcome({
    committed: () => {
      waiters.releaseAgent(agentId, because);
      waiters.releaseAskersOf(agentId, willNotAnswer(caller));
      taskWaiters.releaseAgent(agentId, because);
      background.run('delete key', () => keystore.delete(agentId));
    },
    rolledBack: undefined,
  });
  return { agent: views.agentRef(caller) };
};
