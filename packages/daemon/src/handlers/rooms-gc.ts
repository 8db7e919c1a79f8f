import type { SignedHandler } from '../handler.ts';
import { archiveRoom } from '../membership.ts';

export const roomsGc: SignedHandler<'rooms_gc'> = (context, { caller }) => {
  const { store, views } = context;
  if (caller.project === null) return { archived: [] };
  const archived = store.tasks
    .list(caller.project)
    .filter(({ status, undertaking }) => status === 'merged' && undertaking === null)
    .filter(({ roomId }) => archiveRoom(context, views.room(roomId), caller));
  return { archived: archived.map(({ roomId }) => views.roomRef(views.room(roomId))) };
};
