import { fail, type LaliaError } from '@lalia/protocol';
import type { AgentRecord, RoomRecord } from '@lalia/store';
import { isParticipant } from '../conversations.ts';
import type { SignedHandler } from '../handler.ts';

export const replyTarget: SignedHandler<'reply_target'> = (context, { params, caller }) => {
  const { store, views } = context;
  const id = params.message ?? caller.lastReadId;
  if (id === null) throw fail('nothing_to_reply', `${caller.name} has not read a message yet.`);
  const message = store.conversations.messages.byId(id);
  const conversation = message && store.conversations.get(message.conversationId);
  if (
    message === undefined ||
    conversation === undefined ||
    !isParticipant(context, caller.agentId, conversation)
  ) {
    throw fail('message_not_found', `There is no message ${id} in your conversations.`, { context: { id } });
  }
  const sender = views.agent(message.sender);
  if (sender.kind === 'daemon')
    throw noReply(sender, conversation.roomId === null ? undefined : views.room(conversation.roomId));
  return { reply_to: id, conversation: views.conversation(conversation, caller.agentId) };
};

/** A note in a room is no question either; whoever wants to say something about it says it to the members. */
function noReply(daemon: AgentRecord, room: RoomRecord | undefined): LaliaError {
  const hint =
    room === undefined
      ? 'Name the message that you answer with --to ID.'
      : `Name the message that you answer with --to ID, or write to the room: lalia post ${room.name} TEXT`;
  return fail('no_mailbox', `The message is from ${daemon.name}, the daemon, which reads no answers.`, {
    hint,
  });
}
