import { fail, invariant } from '@lalia/protocol';
import type { MessageHead } from '@lalia/store';
import type { Context } from '../context.ts';
import type { SignedHandler } from '../handler.ts';

export const ack: SignedHandler<'ack'> = (context, { params, caller }) => {
  const { store, clock, held, waiters } = context;
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
  const heads = acknowledged === 0 ? [] : (done?.ords ?? []).map((ord) => headOf(context, ord));
  const [last] = heads;
  if (last !== undefined) store.registry.setLastRead(agentId, last.id);
  store.commits.onOutcome({
    committed: () => {
      held.forget(params.delivery_id);
      for (const head of heads.toReversed()) context.recentReads.add({ ...head, by: agentId, atMs: nowMs });
    },
    rolledBack: undefined,
  });
  for (const { sender } of heads) context.watchers.touch(sender);
  // The conversation is not held any more: another reader may have its next message.
  waiters.mailChanged(agentId);
  return { acknowledged };
};

function headOf({ store }: Context, ord: number): MessageHead {
  const head = store.watching.head(ord);
  invariant(head !== undefined, 'what is in a mailbox is in the table of messages');
  return head;
}
