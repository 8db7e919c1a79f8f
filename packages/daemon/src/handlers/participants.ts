import { ownRoom } from '../conversations.ts';
import type { SignedHandler } from '../handler.ts';

export const participants: SignedHandler<'participants'> = (context, { params, caller }) => {
  const { store, views } = context;
  const room = ownRoom(context, caller, params.room);
  const members = store.rooms.members(room.roomId);
  return {
    room: views.roomRef(room),
    members: members.map(({ agentId, joinedMs }) => ({
      ...views.agentInfo(views.agent(agentId)),
      joined_ts: joinedMs,
    })),
  };
};
