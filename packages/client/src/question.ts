/** What becomes of a question when waiting for its answer ends without one: it stands. */
import { type AgentRef, fail, isLaliaError, type Reason, type Ulid } from '@lalia/protocol';

/** A question that was sent, and how long its asker wanted to wait. */
export interface Asked {
  readonly id: Ulid;
  readonly seq: number;
  readonly peer: AgentRef;
  readonly timeoutMs: number;
}

/** The asker, or who was asked, is no more: there will be no answer. */
const FINAL: ReadonlySet<Reason> = new Set<Reason>(['unregistered', 'agent_not_found']);

/** Makes the end of a wait say which question it was, so that the caller can go on waiting instead of asking again. */
export function stillStands(error: unknown, asked: Asked): unknown {
  if (!isLaliaError(error) || FINAL.has(error.reason)) return error;
  const message = error.reason === 'timeout' ? notYet(asked) : error.message;
  return fail(error.reason, message, {
    cause: error,
    context: { ...error.context, question: asked.id },
    hint: 'The question stands, do not ask it again: wait on with questions.resume(context.question), or read the answer when it comes.',
  });
}

function notYet({ seq, peer: { name, project }, timeoutMs }: Asked): string {
  const peer = project === null ? name : `${name}@${project}`;
  return `${peer} has not answered #${String(seq)} within ${String(timeoutMs / 1000)} s.`;
}
