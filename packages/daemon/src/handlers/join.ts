import { fail } from '@lalia/protocol';
import type { SignedHandler } from '../handler.ts';
import { joinRoom } from '../membership.ts';

export const join: SignedHandler<'join'> = (context, { params, caller }) => {
  const { store, views } = context;
  const room = store.rooms.get(params.room);
  if (room === undefined)
    throw fail('room_not_found', `There is no room ${params.room}.`, { context: { room_id: params.room } });
  const isNew = joinRoom(context, room, caller);
  return { room: views.roomInfo(room, caller.agentId), joined_now: isNew };
};
