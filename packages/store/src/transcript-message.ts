/** A row as the message that its sender signed. */
import { invariant, type Message, type Ulid } from '@lalia/protocol';
import type { ConversationRecord } from './conversations.ts';
import type { MessageRecord } from './messages.ts';

export type MessageFacts = Omit<
  MessageRecord,
  'ord' | 'conversationId' | 'acceptedMs' | 'body' | 'bodySha256'
> & {
  readonly body: string;
};
export type Parties = Pick<ConversationRecord, 'agentLo' | 'agentHi' | 'roomId'>;

/** Makes it. @param parties who the conversation is between, or its room. */
export function transcriptMessage(facts: MessageFacts, parties: Parties): Message {
  const common = {
    id: facts.id,
    seq: facts.seq,
    prev: facts.prevId ?? undefined,
    from: facts.senderName,
    from_id: facts.sender,
    ts: facts.ts,
    nonce: facts.nonce,
    sig: facts.sig,
    reply_to: facts.replyTo ?? undefined,
    needs_answer: facts.needsAnswer,
    status: facts.status,
    body: facts.body,
  };
  const { roomId } = parties;
  if (roomId !== null) return { kind: 'post', ...common, room: facts.targetName, room_id: roomId };
  return { kind: 'tell', ...common, to: facts.targetName, to_id: recipientOf(facts.sender, parties) };
}

function recipientOf(sender: Ulid, { agentLo, agentHi }: Parties): Ulid {
  const recipient = sender === agentLo ? agentHi : agentLo;
  invariant(recipient !== null, 'a channel has two agents');
  return recipient;
}
