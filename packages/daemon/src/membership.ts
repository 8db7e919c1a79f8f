/** Who is in a room, and until when it is open: each change with its line in the transcript and its effect on blocked reads. */
import { fail, type LaliaError, limits, type Ulid } from '@lalia/protocol';
import type { AgentRecord, RoomRecord } from '@lalia/store';
import type { Context } from './context.ts';

/**
 * Makes an agent a member, in the transaction that is open.
 * @returns false when it was one already.
 * @throws LaliaError `room_archived` or `room_full`.
 */
export function joinRoom(
  { store, clock, chronicle }: Context,
  room: RoomRecord,
  agent: AgentRecord,
): boolean {
  const { roomId, name } = room;
  if (store.rooms.isMember(roomId, agent.agentId)) return false;
  if (room.archivedMs !== null)
    throw fail('room_archived', `Room ${name} is archived.`, { context: { room: name } });
  if (store.rooms.members(roomId).length >= limits.MAX_ROOM_MEMBERS) {
    throw fail('room_full', `Room ${name} has ${String(limits.MAX_ROOM_MEMBERS)} members.`, {
      context: { room: name },
    });
  }
  store.rooms.join({ roomId, agentId: agent.agentId, joinedMs: clock.nowMs() });
  chronicle.members(room, agent, 'joined');
  return true;
}

/** Whether an agent is in a room, or could join it now. */
export function hasSeat({ store }: Context, room: RoomRecord, agentId: Ulid): boolean {
  if (store.rooms.isMember(room.roomId, agentId)) return true;
  return room.archivedMs === null && store.rooms.members(room.roomId).length < limits.MAX_ROOM_MEMBERS;
}

export interface Leaving {
  readonly room: RoomRecord;
  readonly agent: AgentRecord;
  /** What its blocked reads of the room end with. */
  readonly because: LaliaError;
}

/** Ends a membership, in the transaction that is open; what the agent has not read there is gone for it. */
export function leaveRoom(context: Context, { room, agent, because }: Leaving): void {
  const { store, clock, chronicle, waiters } = context;
  const { agentId } = agent;
  if (!store.rooms.isMember(room.roomId, agentId)) return;
  const { conversationId } = store.conversations.ofRoom(room.roomId);
  store.rooms.leave(room.roomId, agentId);
  store.mailboxes.leave(agentId, conversationId, clock.nowMs());
  chronicle.members(room, agent, 'left');
  store.commits.onOutcome({
    committed: () => {
      waiters.releaseConversation(agentId, conversationId, because);
    },
    rolledBack: undefined,
  });
}

/** Closes a room for posts and new members, in the transaction that is open. @returns false when it was closed already. */
export function archiveRoom(
  { store, clock, chronicle, views }: Context,
  room: RoomRecord,
  by: AgentRecord,
): boolean {
  if (!store.rooms.archive(room.roomId, clock.nowMs())) return false;
  chronicle.room(views.room(room.roomId), by, 'archived');
  return true;
}
