import { fail, type RecipientState, type Result, type Ulid } from '@lalia/protocol';
import type { MessageRecord } from '@lalia/store';
import type { Context } from '../context.ts';
import { ownRoom } from '../conversations.ts';
import type { SignedCall, SignedHandler } from '../handler.ts';
import { acceptedBefore, acceptInRoom, otherMembers } from '../sending.ts';

export const post: SignedHandler<'post'> = (context, call) => {
  const { params, caller } = call;
  const isTarget = ({ roomId }: { readonly roomId: Ulid | null }): boolean => roomId === params.room;
  const known = acceptedBefore(context, { sender: caller, params, isTarget });
  if (known === undefined) return send(context, call);
  const recipients = others(context, call, (agentId) => context.store.mailboxes.unreadBefore(agentId, known));
  return answer(context, known, { duplicate: true, room: params.room, recipients });
};

function send(context: Context, call: SignedCall<'post'>): Result<'post'> {
  const { params, caller, auth } = call;
  const room = ownRoom(context, caller, params.room);
  if (room.archivedMs !== null) {
    throw fail('room_archived', `Room ${room.name} is archived.`, { context: { room: room.name } });
  }
  // Taken before the message is delivered: what they say is where the recipients stood.
  const { store } = context;
  const { conversationId } = store.conversations.ofRoom(room.roomId);
  const recipients = others(context, call, (agentId) => store.mailboxes.unreadIn(agentId, conversationId));
  const message = acceptInRoom(context, { sender: caller, params, auth }, room);
  return answer(context, message, { duplicate: false, room: room.roomId, recipients });
}

/** The other members, each as it stands now. */
function others(
  context: Context,
  { params, caller }: SignedCall<'post'>,
  unreadBefore: (agentId: Ulid) => number,
): RecipientState[] {
  const { views, store } = context;
  const { conversationId } = store.conversations.ofRoom(params.room);
  const message = { conversationId, status: params.status ?? false };
  return otherMembers(context, params.room, caller.agentId).map((agentId) =>
    views.recipient(views.agent(agentId), unreadBefore(agentId), message),
  );
}

interface Outcome {
  readonly duplicate: boolean;
  readonly room: Ulid;
  readonly recipients: RecipientState[];
}

function answer({ views }: Context, message: MessageRecord, outcome: Outcome): Result<'post'> {
  const { duplicate, room, recipients } = outcome;
  return {
    id: message.id,
    seq: message.seq,
    ts: message.acceptedMs,
    duplicate,
    room: views.roomRef(views.room(room)),
    recipients,
  };
}
