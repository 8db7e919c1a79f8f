/** What becomes of a question when waiting for its answer ends without one: it stands. */
import { fail, isLaliaError, type Result } from '@lalia/protocol';

/** A question that was sent, and how long its asker wanted to wait. */
export interface Asked {
  readonly question: Result<'tell'>;
  readonly timeoutMs: number;
}

/**
 * Makes the end of a wait say which question it was, so that the caller can go on waiting instead of asking again. Whoever was
 * unregistered meanwhile gets no answer any more.
 */
export function stillStands(error: unknown, asked: Asked): unknown {
  if (!isLaliaError(error) || error.reason === 'unregistered') return error;
  const message = error.reason === 'timeout' ? notYet(asked) : error.message;
  return fail(error.reason, message, {
    cause: error,
    context: { ...error.context, question: asked.question.id },
    hint: 'The question stands, do not ask it again: wait on with awaitAnswer(context.question), or read the answer when it comes.',
  });
}

function notYet({ question: { seq, recipient }, timeoutMs }: Asked): string {
  const { name, project } = recipient.agent;
  const peer = project === null ? name : `${name}@${project}`;
  return `${peer} has not answered #${String(seq)} within ${String(timeoutMs / 1000)} s.`;
}
