import { type ExactMessage, exactMessage } from '@lalia/protocol';
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
  const messages: ExactMessage[] = [];
  for (const message of table.oldestFirst(span)) {
    if (!batch.take(message.body)) break;
    messages.push(exactMessage(folder, transcriptMessage(message, conversation)));
  }
  return { messages, more: (messages.at(-1)?.seq ?? lastSeq) < lastSeq };
};
