import { exactMessage, type Result } from '@lalia/protocol';
import { transcriptMessage } from '@lalia/store';
import { Batch } from '../batch.ts';
import { ownConversation } from '../conversations.ts';
import type { SignedHandler } from '../handler.ts';

export const transcript: SignedHandler<'transcript'> = (context, { params, caller }) => {
  const conversation = ownConversation(context, caller, params.target);
  if (conversation === undefined) return { messages: [], more: false };
  const { conversationId, lastSeq, folder } = conversation;
  const { messages: table } = context.store.conversations;
  const span = { conversationId, afterSeq: params.since_seq, beforeSeq: lastSeq + 1, limit: params.limit };
  const batch = new Batch();
  const messages: Result<'transcript'>['messages'] = [];
  for (const message of table.oldestFirst(span)) {
    if (!batch.take(message.body ?? '')) break;
    const { body } = message;
    const exact = exactMessage(folder, transcriptMessage({ ...message, body: body ?? '' }, conversation));
    messages.push({ ...exact, body });
  }
  return { messages, more: (messages.at(-1)?.seq ?? lastSeq) < lastSeq };
};
