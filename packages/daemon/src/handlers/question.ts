import { fail } from '@lalia/protocol';
import type { AgentRecord, MessageRecord } from '@lalia/store';
import type { Context } from '../context.ts';
import type { SignedHandler } from '../handler.ts';
import { askedQuestion, ownQuestion } from '../questions.ts';

export const question: SignedHandler<'question'> = (context, { params, caller }) => {
  const { store, views } = context;
  const { messages } = store.conversations;
  const message =
    params.question === undefined
      ? lastQuestion(context, caller)
      : ownQuestion(context, caller, params.question);
  const ord = store.questions.takenReplyTo(message);
  const reply = ord === undefined ? undefined : messages.byOrd(ord);
  const asked = askedQuestion(context, message);
  return {
    ...asked,
    recipients: asked.recipients.map((recipient) => ({
      ...recipient,
      unread_before: store.mailboxes.unreadBefore(recipient.agent.agent_id, message),
    })),
    open: store.questions.isOpen(message),
    reply: reply === undefined ? null : views.pastMessage(reply, caller.agentId),
  };
};

function lastQuestion({ store }: Context, caller: AgentRecord): MessageRecord {
  const ord = store.questions.lastAskedBy(caller.agentId);
  const message = ord === undefined ? undefined : store.conversations.messages.byOrd(ord);
  if (message === undefined) {
    throw fail('message_not_found', `${caller.name} has not asked anything yet.`, {
      hint: 'Ask with `lalia ask PEER TEXT`.',
    });
  }
  return message;
}
