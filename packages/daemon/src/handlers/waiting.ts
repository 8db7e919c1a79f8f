import { keptBody } from '@lalia/store';
import { excerpt } from '../excerpt.ts';
import type { SignedHandler } from '../handler.ts';
import { askedQuestion, openQuestionAt, owedQuestion } from '../questions.ts';

export const waiting: SignedHandler<'waiting'> = (context, { params, caller }) => {
  const { questions } = context.store;
  const asked = questions.askedBy(caller.agentId, params.limit);
  const owed = questions.owedBy(caller.agentId, params.limit);
  return {
    asked: asked.questions.map((ord) => {
      const message = openQuestionAt(context, ord);
      return { ...askedQuestion(context, message), excerpt: excerpt(keptBody(message)) };
    }),
    asked_count: asked.count,
    owed: owed.questions.map((question) => owedQuestion(context, caller.agentId, question)),
    owed_count: owed.count,
  };
};
