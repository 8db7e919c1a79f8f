import type { Receipt } from '@lalia/protocol';
import type { MessageRecord, ReceiptRecord } from '@lalia/store';
import type { Context } from '../context.ts';
import { ownConversation } from '../conversations.ts';
import { excerpt } from '../excerpt.ts';
import type { SignedHandler } from '../handler.ts';
import { wakeAttempt } from '../wake/waking-view.ts';

export const receipts: SignedHandler<'receipts'> = (context, { params, caller }) => {
  const conversation = ownConversation(context, caller, params.target);
  if (conversation === undefined) return { receipts: [] };
  const { messages } = context.store.conversations;
  return {
    receipts: messages
      .ownNewest(conversation.conversationId, caller.agentId, params.limit)
      .map((message) => receipt(context, message)),
  };
};

function receipt({ store, views }: Context, message: MessageRecord): Receipt {
  return {
    id: message.id,
    seq: message.seq,
    accepted_ts: message.acceptedMs,
    excerpt: message.body === null ? null : excerpt(message.body),
    body_path: views.bodyPath(message),
    recipients: store.receipts.of(message).map((record) => ({
      agent: views.agentRef(views.agent(record.agentId)),
      state: stateOf(record),
      delivered_ts: record.deliveredMs,
      read_ts: record.readMs,
      answered_ts: record.answeredMs,
      dropped_ts: record.droppedMs,
      wakes: store.wakes.ofMessage(record.agentId, message.ord).map(wakeAttempt),
    })),
  };
}

/** The furthest state reached; what was put back after a delivery is only accepted again. */
function stateOf({ state, answeredMs }: ReceiptRecord): Receipt['recipients'][number]['state'] {
  if (answeredMs !== null) return 'answered';
  return state === 'unread' ? 'accepted' : state;
}
