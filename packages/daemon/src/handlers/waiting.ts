import type { SignedHandler } from '../handler.ts';
import { askedQuestion, openQuestionAt, owedQuestion } from '../questions.ts';

export const waiting: SignedHandler<'waiting'> = (context, { params, caller }) => {
  const { questions } = context.store;
  const asked = questions.askedBy(caller.agentId, params.limit);
  const owed = questions.owedBy(caller.agentId, params.limit);
  return {
    asked: asked.questions.map((ord) => askedQuestion(context, openQuestionAt(context, ord))),
    asked_count: asked.count,
    owed: owed.questions.map((question) => owedQuestion(context, caller.agentId, question)),
    owed_count: owed.count,
  };
};
