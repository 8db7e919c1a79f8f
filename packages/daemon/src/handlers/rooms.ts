import type { SignedHandler } from '../handler.ts';

export const rooms: SignedHandler<'rooms'> = ({ store, views }, { caller }) => ({
  rooms: store.rooms.list().map((room) => views.roomInfo(room, caller.agentId)),
});
