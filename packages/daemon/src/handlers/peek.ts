import type { MessageView } from '@lalia/protocol';
import { keptBody } from '@lalia/store';
import { Batch } from '../batch.ts';
import { ownConversation } from '../conversations.ts';
import type { SignedHandler } from '../handler.ts';

export const peek: SignedHandler<'peek'> = (context, { params, caller }) => {
  const { store, views } = context;
  const { agentId } = caller;
  const conversation =
    params.source.kind === 'any' ? undefined : ownConversation(context, caller, params.source);
  if (params.source.kind !== 'any' && conversation === undefined) return { messages: [], unread: 0 };
  const source =
    conversation === undefined
      ? ({ kind: 'any' } as const)
      : ({ kind: 'conversation', conversationId: conversation.conversationId } as const);
  const batch = new Batch();
  const messages: MessageView[] = [];
  for (const ref of store.mailboxes.peek({ agentId, source, limit: params.max })) {
    const message = store.conversations.messages.byOrd(ref.ord);
    if (message === undefined || !batch.take(keptBody(message))) break;
    messages.push(views.message(message, agentId, ref.redelivered));
  }
  const unread =
    source.kind === 'any'
      ? store.mailboxes.unreadOf(agentId)
      : store.mailboxes.unreadIn(agentId, source.conversationId);
  return { messages, unread };
};
