import { fail } from '@lalia/protocol';
import { ownRoom } from '../conversations.ts';
import type { SignedHandler } from '../handler.ts';

export const leave: SignedHandler<'leave'> = (context, { params, caller }) => {
  const { store, views, clock, chronicle, waiters } = context;
  const room = ownRoom(context, caller, params.room);
  const { conversationId } = store.conversations.ofRoom(room.roomId);
  store.rooms.leave(room.roomId, caller.agentId);
  store.mailboxes.leave(caller.agentId, conversationId, clock.nowMs());
  chronicle.members(room, caller, 'left');
  store.commits.onOutcome({
    committed: () => {
      waiters.releaseConversation(
        caller.agentId,
        conversationId,
        fail('room_not_found', `You left room ${room.name}.`),
      );
    },
    rolledBack: undefined,
  });
  return { room: views.roomRef(room) };
};
