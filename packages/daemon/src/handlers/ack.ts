import { fail } from '@lalia/protocol';
import type { SignedHandler } from '../handler.ts';

export const ack: SignedHandler<'ack'> = ({ store, clock, held, waiters }, { params, caller }) => {
  const { agentId } = caller;
  const nowMs = clock.nowMs();
  const delivery = held.get(params.delivery_id);
  const recalls = delivery?.agentId === agentId ? (delivery.turn?.recalls ?? []) : [];
  store.questions.recalled(agentId, recalls, nowMs);
  const done = store.mailboxes.ack({ agentId, deliveryId: params.delivery_id, nowMs });
  if (done === undefined && recalls.length === 0) {
    throw fail('delivery_not_found', `You hold no delivery ${params.delivery_id}.`, {
      context: { delivery_id: params.delivery_id },
    });
  }
  const acknowledged = done?.acknowledged ?? 0;
  const last = done?.lastOrd === undefined ? undefined : store.conversations.messages.byOrd(done.lastOrd);
  if (last !== undefined && acknowledged > 0) store.registry.setLastRead(agentId, last.id);
  store.commits.onOutcome({
    committed: () => {
      held.forget(params.delivery_id);
    },
    rolledBack: undefined,
  });
  // The conversation is not held any more: another reader may have its next message.
  waiters.mailChanged(agentId);
  return { acknowledged };
};
