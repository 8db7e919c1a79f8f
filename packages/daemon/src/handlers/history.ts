import type { PastMessage } from '@lalia/protocol';
import { Batch } from '../batch.ts';
import { ownConversation } from '../conversations.ts';
import type { SignedHandler } from '../handler.ts';

export const history: SignedHandler<'history'> = (context, { params, caller }) => {
  const { store, views } = context;
  const conversation = ownConversation(context, caller, params.target);
  if (conversation === undefined) return { messages: [], more: false };
  const { conversationId, lastSeq } = conversation;
  // The newest ones are asked for by number, so that a page that is full before its end goes on where it stopped.
  const sinceSeq = params.since_seq ?? Math.max(0, lastSeq - params.limit);
  const batch = new Batch();
  const messages: PastMessage[] = [];
  for (const message of store.conversations.messages.page({
    conversationId,
    sinceSeq,
    limit: params.limit,
  })) {
    if (!batch.take(message.body ?? '')) break;
    messages.push(views.pastMessage(message, caller.agentId));
  }
  return { messages, more: (messages.at(-1)?.seq ?? lastSeq) < lastSeq };
};
