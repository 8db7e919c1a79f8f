import { fail, limits } from '@lalia/protocol';
import type { SignedHandler } from '../handler.ts';

export const join: SignedHandler<'join'> = (context, { params, caller }) => {
  const { store, views, clock, chronicle } = context;
  const { agentId } = caller;
  const room = store.rooms.get(params.room);
  if (room === undefined)
    throw fail('room_not_found', `There is no room ${params.room}.`, { context: { room_id: params.room } });
  if (store.rooms.isMember(room.roomId, agentId))
    return { room: views.roomInfo(room, agentId), joined_now: false };
  if (room.archivedMs !== null)
    throw fail('room_archived', `Room ${room.name} is archived.`, { context: { room: room.name } });
  if (store.rooms.members(room.roomId).length >= limits.MAX_ROOM_MEMBERS) {
    throw fail('room_full', `Room ${room.name} has ${String(limits.MAX_ROOM_MEMBERS)} members.`, {
      context: { room: room.name },
    });
  }
  store.rooms.join({ roomId: room.roomId, agentId, joinedMs: clock.nowMs() });
  chronicle.members(room, caller, 'joined');
  return { room: views.roomInfo(room, agentId), joined_now: true };
};
