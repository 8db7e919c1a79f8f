/** What becomes of a question whose asker has waited long enough: it stands. */
import { fail, isLaliaError, type Result } from '@lalia/protocol';

/** Makes the end of a wait say which question it was, so that the caller can go on waiting instead of asking again. */
export function stillStands(error: unknown, question: Result<'tell'>): unknown {
  if (!isLaliaError(error) || error.reason !== 'timeout') return error;
  const { seq, id, recipient } = question;
  return fail('timeout', `${recipient.agent.name} has not answered #${String(seq)} yet.`, {
    cause: error,
    context: { ...error.context, question: id, seq },
    hint: 'The question stands, do not ask it again: wait on with awaitAnswer(context.question), or read the answer when it comes.',
  });
}
