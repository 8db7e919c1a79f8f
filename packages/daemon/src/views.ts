/** Records as peers see them: the wire's shapes, made in one place. */
import { join } from 'node:path';
import {
  type AgentInfo,
  type AgentRef,
  type ConversationRef,
  invariant,
  type MessageView,
  messagePath,
  type PastMessage,
  type RecipientState,
  type RoomInfo,
  type RoomRef,
  type TurnState,
  type Ulid,
} from '@lalia/protocol';
import {
  type AgentRecord,
  type ConversationRecord,
  keptBody,
  type MessageRecord,
  type RoomRecord,
  type Store,
} from '@lalia/store';
import type { Presence } from './presence.ts';

/** What an agent is doing, and whether a message in this conversation would wake it now. */
type TurnOf = (agent: AgentRecord, conversationId?: number) => TurnState | null;

export interface ViewParts {
  readonly store: Store;
  readonly presence: Presence;
  /** The transcript's folder. */
  readonly workspace: string;
  readonly turnOf: TurnOf;
}

export class Views {
  readonly #store: Store;
  readonly #presence: Presence;
  readonly #workspace: string;
  readonly #turnOf: TurnOf;

  constructor({ store, presence, workspace, turnOf }: ViewParts) {
    this.#store = store;
    this.#presence = presence;
    this.#workspace = workspace;
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

  /** A message that somebody has still to read, or that asks: its body is here. */
  message(message: MessageRecord, viewer: Ulid, redelivered: boolean): MessageView {
    return { ...this.#head(message, viewer), body: keptBody(message), redelivered };
  }

  /** Any message. */
  pastMessage(message: MessageRecord, viewer: Ulid): PastMessage {
    const { body } = message;
    return { ...this.#head(message, viewer), body, body_path: this.bodyPath(message), redelivered: false };
  }

  /** Where the transcript has a body that the database has given up; null for others. */
  bodyPath({ body, conversationId, seq, senderName }: MessageRecord): string | null {
    if (body !== null) return null;
    const { folder } = this.#store.conversations.get(conversationId);
    return join(this.#workspace, folder, messagePath(seq, senderName));
  }

  #head(message: MessageRecord, viewer: Ulid): Omit<MessageView, 'body' | 'redelivered'> {
    return {
      id: message.id,
      seq: message.seq,
      conversation: this.conversation(this.#store.conversations.get(message.conversationId), viewer),
      from: { ...this.agentRef(this.agent(message.sender)), name: message.senderName },
      ts: message.acceptedMs,
      reply_to: message.replyTo,
      needs_answer: message.needsAnswer,
      status: message.status,
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
