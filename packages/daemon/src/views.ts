/** Records as peers see them: the wire's shapes, made in one place. */
import {
  type AgentInfo,
  type AgentRef,
  type ConversationRef,
  invariant,
  type MessageView,
  type RecipientState,
  type RoomInfo,
  type RoomRef,
  type TurnState,
  type Ulid,
} from '@lalia/protocol';
import type { AgentRecord, ConversationRecord, MessageRecord, RoomRecord, Store } from '@lalia/store';
import type { Presence } from './presence.ts';

/** What an agent is doing, and whether a message in this conversation would wake it now. */
type TurnOf = (agent: AgentRecord, conversationId?: number) => TurnState | null;

export class Views {
  readonly #store: Store;
  readonly #presence: Presence;
  readonly #turnOf: TurnOf;

  constructor(store: Store, presence: Presence, turnOf: TurnOf) {
    this.#store = store;
    this.#presence = presence;
    this.#turnOf = turnOf;
  }

  agentRef({ agentId, name, project, role, kind }: AgentRecord): AgentRef {
    return { agent_id: agentId, name, project, role, kind };
  }

  agentInfo(agent: AgentRecord): AgentInfo {
    const { presence, awaySince } = this.#presence.of(agent);
    return {
      ...this.agentRef(agent),
      harness: agent.harness,
      model: agent.model,
      ...agent.location,
      registered_ts: agent.registeredMs,
      last_seen_ts: agent.lastSeenMs,
      presence,
      away_since: awaySince,
      unregistered_ts: agent.unregisteredMs,
      unread: this.#store.mailboxes.unreadOf(agent.agentId),
      turn: this.#turnOf(agent),
    };
  }

  /** @param message what the recipient is sent; one that is marked as status wakes nobody. */
  recipient(
    agent: AgentRecord,
    unreadBefore: number,
    message?: Pick<MessageRecord, 'conversationId' | 'status'>,
  ): RecipientState {
    const { presence, awaySince } = this.#presence.of(agent);
    const turn = this.#turnOf(agent, message?.conversationId);
    return {
      agent: this.agentRef(agent),
      presence,
      away_since: awaySince,
      unread_before: unreadBefore,
      turn: turn && { ...turn, can_wake: turn.can_wake && message?.status !== true },
    };
  }

  roomRef({ roomId, name, project, archivedMs }: RoomRecord): RoomRef {
    return { room_id: roomId, name, project, archived: archivedMs !== null };
  }

  roomInfo(room: RoomRecord, viewer: Ulid): RoomInfo {
    const { rooms, conversations, mailboxes } = this.#store;
    const members = rooms.members(room.roomId);
    const joined = members.some((member) => member.agentId === viewer);
    const conversation = conversations.ofRoom(room.roomId);
    return {
      ...this.roomRef(room),
      description: room.description,
      created_ts: room.createdMs,
      members: members.length,
      messages: conversation.lastSeq,
      joined,
      unread: joined ? mailboxes.unreadIn(viewer, conversation.conversationId) : 0,
    };
  }

  conversation(conversation: ConversationRecord, viewer: Ulid): ConversationRef {
    if (conversation.roomId !== null)
      return { kind: 'room', room: this.roomRef(this.room(conversation.roomId)) };
    const other = conversation.agentLo === viewer ? conversation.agentHi : conversation.agentLo;
    invariant(other !== null, 'a channel has two agents');
    return { kind: 'channel', with: this.agentRef(this.agent(other)) };
  }

  message(message: MessageRecord, viewer: Ulid, redelivered: boolean): MessageView {
    return {
      id: message.id,
      seq: message.seq,
      conversation: this.conversation(this.#store.conversations.get(message.conversationId), viewer),
      from: { ...this.agentRef(this.agent(message.sender)), name: message.senderName },
      ts: message.acceptedMs,
      reply_to: message.replyTo,
      needs_answer: message.needsAnswer,
      status: message.status,
      body: message.body,
      redelivered,
    };
  }

  /** An agent that a record names; records only name agents that there are. */
  agent(agentId: Ulid): AgentRecord {
    const agent = this.#store.registry.get(agentId);
    invariant(agent !== undefined, 'an agent is never deleted');
    return agent;
  }

  room(roomId: Ulid): RoomRecord {
    const room = this.#store.rooms.get(roomId);
    invariant(room !== undefined, 'a room is never deleted');
    return room;
  }
}
