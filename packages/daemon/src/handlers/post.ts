import { fail, limits } from '@lalia/protocol';
import { ownRoom } from '../conversations.ts';
import type { SignedHandler } from '../handler.ts';
import { accept, acceptedBefore, type Submission } from '../sending.ts';

export const post: SignedHandler<'post'> = (context, { params, caller, auth }) => {
  const { store, views, clock } = context;
  const room = ownRoom(context, caller, params.room);
  if (room.archivedMs !== null)
    throw fail('room_archived', `Room ${room.name} is archived.`, { context: { room: room.name } });
  const conversation = store.conversations.ofRoom(room.roomId);
  const { conversationId } = conversation;
  const recipients = store.rooms
    .members(room.roomId)
    .map(({ agentId }) => agentId)
    .filter((agentId) => agentId !== caller.agentId);
  const submission: Submission = {
    sender: caller,
    params,
    auth,
    conversation,
    targetName: room.name,
    recipients,
  };
  const known = acceptedBefore(context, submission);
  const states = recipients.map((agentId) =>
    views.recipient(views.agent(agentId), store.mailboxes.unreadIn(agentId, conversationId)),
  );
  const message = known ?? accept(context, submission);
  if (known === undefined) {
    for (const agentId of recipients) {
      store.mailboxes.overflow({
        agentId,
        conversationId,
        keep: limits.MAX_ROOM_UNREAD,
        nowMs: clock.nowMs(),
      });
    }
  }
  return {
    id: message.id,
    seq: message.seq,
    ts: message.acceptedMs,
    duplicate: known !== undefined,
    room: views.roomRef(room),
    recipients: states,
  };
};
