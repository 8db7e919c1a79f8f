import { fail, type ReadSource } from '@lalia/protocol';
import type { AgentRecord, MailSource } from '@lalia/store';
import type { Context } from '../context.ts';
import { ownRoom, registeredAgent } from '../conversations.ts';
import type { SignedHandler } from '../handler.ts';

export const read: SignedHandler<'read'> = (context, { params, caller, connection, signal }) =>
  context.waiters.wait(
    {
      agentId: caller.agentId,
      source: mailSource(context, caller, params.source),
      max: params.max,
      leaseMs: params.lease_ms,
      timeoutMs: params.timeout_ms,
      connection,
      signal,
    },
    context.store.commits,
  );

function mailSource(context: Context, caller: AgentRecord, source: ReadSource): MailSource {
  const { conversations } = context.store;
  switch (source.kind) {
    case 'any':
      return { kind: 'any' };
    case 'answer':
      return { kind: 'answer', questionId: ownQuestion(context, caller, source.question) };
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

function ownQuestion({ store }: Context, caller: AgentRecord, messageId: string): string {
  const message = store.conversations.messages.byId(messageId);
  if (message?.sender !== caller.agentId) {
    throw fail('message_not_found', `You sent no message ${messageId}.`, { context: { id: messageId } });
  }
  return messageId;
}

function otherThan(caller: AgentRecord, peer: AgentRecord): AgentRecord {
  if (peer.agentId === caller.agentId)
    throw fail('self_message', `${caller.name} has no channel with itself.`);
  return peer;
}
