import { fail, isLaliaError, type ReadSource, type Result } from '@lalia/protocol';
import type { AgentRecord, MailSource } from '@lalia/store';
import type { Context } from '../context.ts';
import { ownRoom, registeredAgent } from '../conversations.ts';
import type { SignedHandler } from '../handler.ts';
import { answererOf, ownMessage, willNotAnswer } from '../questions.ts';
import type { ReadRequest } from '../waiters.ts';

export const read: SignedHandler<'read'> = (context, { params, caller, connection, signal }) =>
  wait(context, {
    agentId: caller.agentId,
    source: mailSource(context, caller, params.source),
    max: params.max,
    leaseMs: params.lease_ms,
    timeoutMs: params.timeout_ms,
    connection,
    signal,
  });

/** Waits; for an answer of somebody who was unregistered only where it is there already. */
function wait(context: Context, request: ReadRequest): Promise<Result<'read'>> {
  const { waiters, store } = context;
  const question =
    request.source.kind === 'answer'
      ? store.conversations.messages.byId(request.source.questionId)
      : undefined;
  const answerer = question && answererOf(context, question);
  if (question === undefined || answerer === undefined || answerer.unregisteredMs === null)
    return waiters.wait({ ...request, answerer: answerer?.agentId }, store.commits);
  const answer = waiters.wait({ ...request, timeoutMs: 0 }, store.commits).catch((error: unknown) => {
    throw isLaliaError(error) && error.reason === 'timeout' ? willNotAnswer(answerer, question) : error;
  });
  // After a rollback nobody waits for this.
  answer.catch(() => undefined);
  return answer;
}

function mailSource(context: Context, caller: AgentRecord, source: ReadSource): MailSource {
  const { conversations } = context.store;
  switch (source.kind) {
    case 'any':
      return { kind: 'any' };
    case 'answer':
      return { kind: 'answer', questionId: ownMessage(context, caller, source.question).id };
    case 'room':
      return {
        kind: 'conversation',
        conversationId: conversations.ofRoom(ownRoom(context, caller, source.room_id).roomId).conversationId,
      };
    case 'channel': {
      const existing = conversations.channel(caller.agentId, source.agent_id);
      // Waiting for a first message: the channel has to have a number to wait at.
      const channel =
        existing ??
        conversations.openChannel([caller, otherThan(caller, registeredAgent(context, source.agent_id))]);
      return { kind: 'conversation', conversationId: channel.conversationId };
    }
  }
}

function otherThan(caller: AgentRecord, peer: AgentRecord): AgentRecord {
  if (peer.agentId === caller.agentId)
    throw fail('self_message', `${caller.name} has no channel with itself.`);
  return peer;
}
