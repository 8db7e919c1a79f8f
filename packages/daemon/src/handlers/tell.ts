import { fail, limits } from '@lalia/protocol';
import { registeredAgent } from '../conversations.ts';
import type { SignedHandler } from '../handler.ts';
import { accept, acceptedBefore, type Submission } from '../sending.ts';

export const tell: SignedHandler<'tell'> = (context, { params, caller, auth }) => {
  const { store, views } = context;
  const recipient = registeredAgent(context, params.to);
  if (recipient.agentId === caller.agentId)
    throw fail('self_message', `${caller.name} cannot send to itself.`);
  const conversation = store.conversations.openChannel([caller, recipient]);
  const submission: Submission = {
    sender: caller,
    params,
    auth,
    conversation,
    targetName: recipient.name,
    recipients: [recipient.agentId],
  };
  const unreadBefore = store.mailboxes.unreadIn(recipient.agentId, conversation.conversationId);
  const known = acceptedBefore(context, submission);
  if (known === undefined && unreadBefore >= limits.MAX_CHANNEL_UNREAD) {
    throw fail('mailbox_full', `${recipient.name} has ${String(unreadBefore)} unread messages from you.`, {
      context: { unread: unreadBefore, limit: limits.MAX_CHANNEL_UNREAD },
    });
  }
  const state = views.recipient(recipient, unreadBefore);
  const message = known ?? accept(context, submission);
  return {
    id: message.id,
    seq: message.seq,
    ts: message.acceptedMs,
    duplicate: known !== undefined,
    recipient: state,
  };
};
