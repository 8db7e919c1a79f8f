import { invariant, type OwedQuestion } from '@lalia/protocol';
import { keptBody, type MessageRecord, type OwedQuestion as OwedRecord } from '@lalia/store';
import type { Context } from '../context.ts';
import { excerpt } from '../excerpt.ts';
import type { SignedHandler } from '../handler.ts';
import { askedQuestion, reached } from '../questions.ts';

export const waiting: SignedHandler<'waiting'> = (context, { params, caller }) => {
  const { questions } = context.store;
  const asked = questions.askedBy(caller.agentId, params.limit);
  const owed = questions.owedBy(caller.agentId, params.limit);
  return {
    asked: asked.questions.map((ord) => {
      const message = messageAt(context, ord);
      return { ...askedQuestion(context, message), excerpt: excerpt(keptBody(message)) };
    }),
    asked_count: asked.count,
    owed: owed.questions.map((question) => owedQuestion(context, caller.agentId, question)),
    owed_count: owed.count,
  };
};

function owedQuestion(context: Context, viewer: string, { ord, state }: OwedRecord): OwedQuestion {
  const message = messageAt(context, ord);
  const { id, seq, conversation, from, ts } = context.views.message(message, viewer, false);
  return { id, seq, conversation, from, ts, excerpt: excerpt(keptBody(message)), state: reached(state) };
}

function messageAt({ store }: Context, ord: number): MessageRecord {
  const message = store.conversations.messages.byOrd(ord);
  invariant(message !== undefined, 'an open question is a message');
  return message;
}
