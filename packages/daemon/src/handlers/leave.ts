import { fail } from '@lalia/protocol';
import { ownRoom } from '../conversations.ts';
import type { SignedHandler } from '../handler.ts';
import { leaveRoom } from '../membership.ts';

export const leave: SignedHandler<'leave'> = (context, { params, caller }) => {
  const room = ownRoom(context, caller, params.room);
  leaveRoom(context, { room, agent: caller, because: fail('room_not_found', `You left room ${room.name}.`) });
  return { room: context.views.roomRef(room) };
};
