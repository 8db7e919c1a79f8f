import { fail, type Result } from '@lalia/protocol';
import type { MessageRecord } from '@lalia/store';
import type { Context } from '../context.ts';
import { recipientOf } from '../conversations.ts';
import type { SignedCall, SignedHandler } from '../handler.ts';
import { acceptedBefore, acceptInChannel } from '../sending.ts';

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
  const recipient = recipientOf(context, params.to);
  if (recipient.agentId === caller.agentId)
    throw fail('self_message', `${caller.name} cannot send to itself.`);
  const { message, unreadBefore } = acceptInChannel(context, { sender: caller, params, auth }, recipient);
  // Blocked readers are served at the end of the transaction: this still is where the recipient stood before.
  const state = context.views.recipient(recipient, unreadBefore, message);
  return { id: message.id, seq: message.seq, ts: message.acceptedMs, duplicate: false, recipient: state };
}

function acceptedAnswer(
  { store, views }: Context,
  { params }: SignedCall<'tell'>,
  message: MessageRecord,
): Result<'tell'> {
  const unread = store.mailboxes.unreadBefore(params.to, message);
  const recipient = views.recipient(views.agent(params.to), unread, message);
  return { id: message.id, seq: message.seq, ts: message.acceptedMs, duplicate: true, recipient };
}
