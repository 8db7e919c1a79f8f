import type { ParsedParams, PastMessage } from '@lalia/protocol';
import type { ConversationRecord, MessageRecord, Span } from '@lalia/store';
import { Batch } from '../batch.ts';
import type { Context } from '../context.ts';
import { ownConversation } from '../conversations.ts';
import type { SignedHandler } from '../handler.ts';

/** A page begins at the oldest message where the caller said since when, else it ends at the newest. */
export const history: SignedHandler<'history'> = (context, { params, caller }) => {
  const conversation = ownConversation(context, caller, params.target);
  if (conversation === undefined) return { messages: [], more: false, earlier: false };
  const { messages: table } = context.store.conversations;
  const span = spanOf(context, conversation, params);
  const isForward = params.since_seq !== undefined || params.since_ts !== undefined;
  const found = isForward ? table.oldestFirst(span) : table.newestFirst(span);
  const messages = taken(found).map((message) => context.views.pastMessage(message, caller.agentId));
  if (!isForward) messages.reverse();
  return { messages, ...rest(messages, span) };
};

function spanOf({ store }: Context, conversation: ConversationRecord, params: ParsedParams<'history'>): Span {
  const { conversationId, lastSeq } = conversation;
  const { since_seq = 0, since_ts, before_seq = lastSeq + 1, limit } = params;
  const from = since_ts === undefined ? 1 : store.conversations.messages.firstSince(conversation, since_ts);
  return {
    conversationId,
    afterSeq: Math.max(since_seq, from - 1),
    beforeSeq: Math.min(before_seq, lastSeq + 1),
    limit,
  };
}

function taken(found: Iterable<MessageRecord>): MessageRecord[] {
  const batch = new Batch();
  const messages: MessageRecord[] = [];
  for (const message of found) {
    if (!batch.take(message.body ?? '')) break;
    messages.push(message);
  }
  return messages;
}

/** What a page leaves of its span, on either side; a conversation has no gaps. */
function rest(
  messages: readonly PastMessage[],
  { afterSeq, beforeSeq }: Span,
): { more: boolean; earlier: boolean } {
  const [first] = messages;
  const last = messages.at(-1);
  if (first === undefined || last === undefined) return { more: false, earlier: false };
  return { more: last.seq + 1 < beforeSeq, earlier: first.seq > afterSeq + 1 };
}
