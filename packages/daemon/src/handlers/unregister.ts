import { fail } from '@lalia/protocol';
import type { SignedHandler } from '../handler.ts';

export const unregister: SignedHandler<'unregister'> = (context, { caller }) => {
  const { store, chronicle, clock, keystore, waiters, views, background } = context;
  if (caller.kind === 'human')
    throw fail('name_reserved', 'The person at this machine is always registered.');
  const nowMs = clock.nowMs();
  for (const { roomId } of store.rooms.ofAgent(caller.agentId)) {
    store.rooms.leave(roomId, caller.agentId);
    chronicle.members(views.room(roomId), caller, 'left');
  }
  store.mailboxes.leave(caller.agentId, null, nowMs);
  store.registry.unregister(caller.agentId, nowMs);
  chronicle.agent({ ...caller, unregisteredMs: nowMs }, 'unregistered');
  store.commits.onOutcome({
    committed: () => {
      waiters.releaseAgent(caller.agentId, fail('unregistered', `${caller.name} was unregistered.`));
      background.run('delete key', () => keystore.delete(caller.agentId));
    },
    rolledBack: undefined,
  });
  return { agent: views.agentRef(caller) };
};
