import type { SignedHandler } from '../handler.ts';
import { ownQuestion } from '../questions.ts';

export const questionResolve: SignedHandler<'question_resolve'> = (context, { params, caller }) => {
  const { store, views } = context;
  const message = ownQuestion(context, caller, params.question);
  const conversation = views.conversation(store.conversations.get(message.conversationId), caller.agentId);
  return { id: message.id, seq: message.seq, conversation, closed: store.questions.close(message) };
};
