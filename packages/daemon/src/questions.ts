/** Questions as their askers see them: which message is one, whom it was put to, and who can still answer. */
import {
  type AskedQuestion,
  fail,
  invariant,
  type LaliaError,
  type OwedQuestion,
  type Ulid,
} from '@lalia/protocol';
import {
  type AgentRecord,
  keptBody,
  type MessageRecord,
  type OwedQuestion as OwedRecord,
  type ReceiptRecord,
} from '@lalia/store';
import type { Context } from './context.ts';
import { excerpt } from './excerpt.ts';

/**
 * A message of the caller.
 * @throws LaliaError `message_not_found`, also for a message of somebody else.
 */
export function ownMessage({ store }: Context, caller: AgentRecord, id: Ulid): MessageRecord {
  const message = store.conversations.messages.byId(id);
  if (message?.sender !== caller.agentId)
    throw fail('message_not_found', `You sent no message ${id}.`, { context: { id } });
  return message;
}

/**
 * A question of the caller.
 * @throws LaliaError `message_not_found`, or `not_a_question` for another message of the caller.
 */
export function ownQuestion(context: Context, caller: AgentRecord, id: Ulid): MessageRecord {
  const message = ownMessage(context, caller, id);
  if (!message.needsAnswer)
    throw fail('not_a_question', `Your message ${id} does not ask for an answer.`, { context: { id } });
  return message;
}

/** A question with how far it got. */
export function askedQuestion(
  { store, views }: Context,
  message: MessageRecord,
): Omit<AskedQuestion, 'excerpt'> & { readonly excerpt: string | null } {
  return {
    id: message.id,
    seq: message.seq,
    conversation: views.conversation(store.conversations.get(message.conversationId), message.sender),
    ts: message.acceptedMs,
    excerpt: message.body === null ? null : excerpt(message.body),
    recipients: store.receipts.of(message).map((record) => {
      const agent = views.agent(record.agentId);
      const { presence, away_since, turn } = views.recipient(agent, 0, message);
      return {
        agent: views.agentRef(agent),
        state: reached(record.state),
        delivered_ts: record.deliveredMs,
        read_ts: record.readMs,
        dropped_ts: record.droppedMs,
        presence,
        away_since,
        turn,
        unregistered_ts: agent.unregisteredMs,
      };
    }),
  };
}

/** A question that somebody owes an answer, as it is shown to them. */
export function owedQuestion(context: Context, viewer: Ulid, { ord, state }: OwedRecord): OwedQuestion {
  const message = openQuestionAt(context, ord);
  const { id, seq, conversation, from, ts } = context.views.message(message, viewer, false);
  return { id, seq, conversation, from, ts, excerpt: excerpt(keptBody(message)), state: reached(state) };
}

export function openQuestionAt({ store }: Context, ord: number): MessageRecord {
  const message = store.conversations.messages.byOrd(ord);
  invariant(message !== undefined, 'an open question is a message');
  return message;
}

/** What was put back after a delivery is only accepted again. */
function reached(state: ReceiptRecord['state']): AskedQuestion['recipients'][number]['state'] {
  return state === 'unread' ? 'accepted' : state;
}

/** The other agent of the channel that a question was asked in; none in a room, where anybody may answer. */
export function answererOf({ store, views }: Context, question: MessageRecord): AgentRecord | undefined {
  const { agentLo, agentHi } = store.conversations.get(question.conversationId);
  if (agentLo === null || agentHi === null) return undefined;
  return views.agent(agentLo === question.sender ? agentHi : agentLo);
}

/** That nobody is left to answer: as if one had asked after the peer was unregistered. */
export function willNotAnswer(peer: AgentRecord, question?: MessageRecord): LaliaError {
  const number = question === undefined ? '' : ` #${String(question.seq)}`;
  return fail('agent_not_found', `${peer.name} was unregistered and will not answer${number}.`, {
    context: { agent_id: peer.agentId, name: peer.name },
    hint: 'Close the question with `lalia resolve ID`; `lalia waiting` has the id.',
  });
}
