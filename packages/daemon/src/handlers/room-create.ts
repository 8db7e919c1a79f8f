import { fail } from '@lalia/protocol';
import type { SignedHandler } from '../handler.ts';

export const roomCreate: SignedHandler<'room_create'> = (context, { params, caller }) => {
  const { store, views, clock, chronicle } = context;
  const { agentId, project } = caller;
  const existing = store.rooms.byName(params.name, project);
  if (existing?.archivedMs === null) {
    throw fail(
      'room_exists',
      `There is a room ${params.name}${project === null ? '' : ` in ${project}`} already.`,
      {
        context: { room: views.roomRef(existing) },
      },
    );
  }
  const nowMs = clock.nowMs();
  const room = {
    roomId: clock.newId(),
    name: params.name,
    project,
    description: params.description ?? '',
    createdBy: agentId,
    createdMs: nowMs,
    archivedMs: null,
  };
  store.rooms.insert(room);
  store.conversations.openRoom(room);
  store.rooms.join({ roomId: room.roomId, agentId, joinedMs: nowMs });
  chronicle.room(room, caller);
  chronicle.members(room, caller, 'joined');
  return { room: views.roomInfo(room, agentId) };
};
