import { fail, limits, type Result } from '@lalia/protocol';
import type { MessageRecord } from '@lalia/store';
import type { Context } from '../context.ts';
import { registeredAgent } from '../conversations.ts';
import type { SignedCall, SignedHandler } from '../handler.ts';
import { accept, acceptedBefore } from '../sending.ts';

export const tell: SignedHandler<'tell'> = (context, call) => {
  const { params, caller } = call;
  const known = acceptedBefore(context, {
    sender: caller,
    params,
    isTarget: ({ agentLo, agentHi }) =>
      params.to !== caller.agentId && (agentLo === params.to || agentHi === params.to),
  });
  return known === undefined ? send(context, call) : acceptedAnswer(context, call, known);
};

function send(context: Context, { params, caller, auth }: SignedCall<'tell'>): Result<'tell'> {
  const { store, views } = context;
  const recipient = registeredAgent(context, params.to);
  if (recipient.agentId === caller.agentId)
    throw fail('self_message', `${caller.name} cannot send to itself.`);
  const conversation = store.conversations.openChannel([caller, recipient]);
  const unread = store.mailboxes.unreadIn(recipient.agentId, conversation.conversationId);
  if (unread >= limits.MAX_CHANNEL_UNREAD) {
    throw fail('mailbox_full', `${recipient.name} has ${String(unread)} unread messages from you.`, {
      context: { unread, limit: limits.MAX_CHANNEL_UNREAD },
    });
  }
  // Taken before the message is delivered: what it says is where the recipient stood.
  const state = views.recipient(recipient, unread);
  const message = accept(context, {
    sender: caller,
    params,
    auth,
    conversation,
    targetName: recipient.name,
    recipients: [recipient.agentId],
  });
  return { id: message.id, seq: message.seq, ts: message.acceptedMs, duplicate: false, recipient: state };
}

function acceptedAnswer(
  { store, views }: Context,
  { params }: SignedCall<'tell'>,
  message: MessageRecord,
): Result<'tell'> {
  const unread = store.mailboxes.unreadBefore(params.to, message);
  const recipient = views.recipient(views.agent(params.to), unread);
  return { id: message.id, seq: message.seq, ts: message.acceptedMs, duplicate: true, recipient };
}
