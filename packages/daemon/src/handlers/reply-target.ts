import { fail } from '@lalia/protocol';
import { isParticipant } from '../conversations.ts';
import type { SignedHandler } from '../handler.ts';

export const replyTarget: SignedHandler<'reply_target'> = (context, { params, caller }) => {
  const { store, views } = context;
  const id = params.message ?? caller.lastReadId;
  if (id === null) throw fail('nothing_to_reply', `${caller.name} has not read a message yet.`);
  const message = store.conversations.messages.byId(id);
  const conversation = message === undefined ? undefined : store.conversations.get(message.conversationId);
  if (conversation === undefined || !isParticipant(context, caller.agentId, conversation)) {
    throw fail('message_not_found', `There is no message ${id} in your conversations.`, { context: { id } });
  }
  return { reply_to: id, conversation: views.conversation(conversation, caller.agentId) };
};
