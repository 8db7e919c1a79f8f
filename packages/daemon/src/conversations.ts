/** The caller's conversations: which there are for it, and that others do not exist for it (spec 6, promise 5). */
import { type ConversationTarget, fail, type Ulid } from '@lalia/protocol';
import type { AgentRecord, ConversationRecord, RoomRecord } from '@lalia/store';
import type { Context } from './context.ts';

/**
 * The room of an id, for a member of it.
 * @throws LaliaError `room_not_found`, also for a room that the caller is no member of.
 */
export function ownRoom({ store }: Context, caller: AgentRecord, roomId: Ulid): RoomRecord {
  const room = store.rooms.get(roomId);
  if (room === undefined || !store.rooms.isMember(roomId, caller.agentId)) {
    throw fail('room_not_found', `You are in no room ${room?.name ?? roomId}.`, {
      context: { room_id: roomId },
    });
  }
  return room;
}

/**
 * An agent of an id that is registered.
 * @throws LaliaError `agent_not_found`.
 */
export function registeredAgent({ store }: Context, agentId: Ulid): AgentRecord {
  const agent = store.registry.get(agentId);
  if (agent === undefined)
    throw fail('agent_not_found', `There is no agent ${agentId}.`, { context: { agent_id: agentId } });
  if (agent.unregisteredMs !== null) {
    throw fail('agent_not_found', `${agent.name} was unregistered.`, {
      context: { agent_id: agentId, name: agent.name },
    });
  }
  return agent;
}

/**
 * An agent, or the person, that can be written to.
 * @throws LaliaError `agent_not_found`; `no_mailbox` for the daemon.
 */
export function recipientOf(context: Context, agentId: Ulid): AgentRecord {
  const agent = registeredAgent(context, agentId);
  if (agent.kind === 'daemon')
    throw fail('no_mailbox', `${agent.name} is the daemon, and reads no messages.`);
  return agent;
}

/**
 * The conversation that a caller names.
 * @returns undefined for a channel in which nothing was said yet.
 * @throws LaliaError `agent_not_found` or `room_not_found`.
 */
export function ownConversation(
  context: Context,
  caller: AgentRecord,
  target: ConversationTarget,
): ConversationRecord | undefined {
  const { store } = context;
  if (target.kind === 'room')
    return store.conversations.ofRoom(ownRoom(context, caller, target.room_id).roomId);
  if (store.registry.get(target.agent_id) === undefined) {
    throw fail('agent_not_found', `There is no agent ${target.agent_id}.`, {
      context: { agent_id: target.agent_id },
    });
  }
  return store.conversations.channel(caller.agentId, target.agent_id);
}

/** Whether an agent takes part in a conversation. */
export function isParticipant({ store }: Context, agentId: Ulid, conversation: ConversationRecord): boolean {
  return conversation.roomId === null
    ? conversation.agentLo === agentId || conversation.agentHi === agentId
    : store.rooms.isMember(conversation.roomId, agentId);
}
