/**
 * Accepting a message: what `tell`, `post` and the daemon's own notes have in common. A message is accepted once, whatever becomes
 * of the answer to its sender.
 */
import { createHash } from 'node:crypto';
import { type Auth, checkBody, fail, isUlid, limits, type Ulid } from '@lalia/protocol';
import type { AgentRecord, ConversationRecord, MessageRecord, RoomRecord } from '@lalia/store';
import type { Context } from './context.ts';

/** What a message passes through. */
export type SendingParts = Pick<Context, 'store' | 'waiters' | 'watchers' | 'clock'>;

/** The params that `tell` and `post` share. */
interface Outgoing {
  readonly id: Ulid;
  readonly body: string;
  readonly reply_to?: Ulid | undefined;
  readonly needs_answer?: true | undefined;
  readonly status?: true | undefined;
}

/** A message and whose signature it bears. */
export interface Signed {
  readonly sender: AgentRecord;
  readonly params: Outgoing;
  readonly auth: Auth;
  /** Whose doing it tells a room of: they know already. */
  readonly doneBy?: Ulid | undefined;
}

interface Submission extends Signed {
  readonly conversation: ConversationRecord;
  /** The recipient's or the room's name now; the transcript keeps it. */
  readonly targetName: string;
  readonly recipients: readonly Ulid[];
}

/** What a sender asks for: the ids of a target that need not exist any more, and the message. */
export interface Attempt {
  readonly sender: AgentRecord;
  readonly params: Outgoing;
  /** Whether a conversation is the one that the sender names. */
  readonly isTarget: (conversation: ConversationRecord) => boolean;
}

/**
 * The message of this id, if it was accepted before. Asked first of all: a sender who missed the answer learns that its message
 * was accepted, also when meanwhile the recipient was unregistered or the room archived (spec 6, promise 3).
 * @throws LaliaError `id_conflict` when that was another message.
 */
export function acceptedBefore(
  { store }: Context,
  { sender, params, isTarget }: Attempt,
): MessageRecord | undefined {
  const known = store.conversations.messages.byId(params.id);
  if (known === undefined) return undefined;
  const isSame =
    known.sender === sender.agentId &&
    isTarget(store.conversations.get(known.conversationId)) &&
    isSameBody(known, params.body) &&
    known.replyTo === (params.reply_to ?? null) &&
    known.needsAnswer === (params.needs_answer ?? false) &&
    known.status === (params.status ?? false);
  if (!isSame) {
    throw fail('id_conflict', `The id ${params.id} belongs to another message.`, {
      context: { id: params.id },
    });
  }
  return known;
}

/**
 * Accepts a message to one agent, in the transaction that is open.
 * @returns also how many of the sender's messages waited unread before this one.
 * @throws LaliaError `mailbox_full`, before anything has changed; else as `accept`.
 */
export function acceptInChannel(
  parts: SendingParts,
  signed: Signed,
  recipient: AgentRecord,
): { readonly message: MessageRecord; readonly unreadBefore: number } {
  const { store } = parts;
  const conversation = store.conversations.openChannel([signed.sender, recipient]);
  const unreadBefore = store.mailboxes.unreadIn(recipient.agentId, conversation.conversationId);
  if (unreadBefore >= limits.MAX_CHANNEL_UNREAD) {
    throw fail('mailbox_full', `${recipient.name} has ${String(unreadBefore)} unread messages from you.`, {
      context: { unread: unreadBefore, limit: limits.MAX_CHANNEL_UNREAD },
    });
  }
  const message = accept(parts, {
    ...signed,
    conversation,
    targetName: recipient.name,
    recipients: [recipient.agentId],
  });
  return { message, unreadBefore };
}

/**
 * Accepts a message to the members of a room except its sender, and except whoever it tells of, in the transaction that is
 * open. A member whose mailbox is full loses its oldest message of the room.
 * @throws LaliaError as `accept`.
 */
export function acceptInRoom(parts: SendingParts, signed: Signed, room: RoomRecord): MessageRecord {
  const { store, clock } = parts;
  const conversation = store.conversations.ofRoom(room.roomId);
  const { conversationId } = conversation;
  const recipients = otherMembers(parts, room.roomId, signed.sender.agentId).filter(
    (agentId) => agentId !== signed.doneBy,
  );
  const message = accept(parts, { ...signed, conversation, targetName: room.name, recipients });
  for (const agentId of recipients) {
    store.mailboxes.overflow({ agentId, conversationId, keep: limits.MAX_ROOM_UNREAD, nowMs: clock.nowMs() });
  }
  return message;
}

/** Who gets what somebody posts to a room. */
export function otherMembers({ store }: Pick<Context, 'store'>, roomId: Ulid, sender: Ulid): Ulid[] {
  const members = store.rooms.members(roomId).map(({ agentId }) => agentId);
  return members.filter((agentId) => agentId !== sender);
}

/**
 * Appends a message to its conversation, puts it into the mailboxes and into the outbox, and has blocked readers served.
 * @throws LaliaError as `checkBody`; `message_not_found` for a `reply_to` outside the conversation.
 */
function accept(parts: SendingParts, submission: Submission): MessageRecord {
  const { store, waiters, watchers, clock } = parts;
  const { sender, params, auth, conversation, targetName, recipients } = submission;
  checkBody(params.body);
  checkReplyTo(parts, submission);
  const message = store.conversations.append(conversation, {
    id: params.id,
    sender: sender.agentId,
    senderName: sender.name,
    targetName,
    ts: auth.ts,
    acceptedMs: clock.nowMs(),
    replyTo: params.reply_to ?? null,
    needsAnswer: params.needs_answer ?? false,
    status: params.status ?? false,
    body: params.body,
    nonce: auth.nonce,
    sig: auth.sig,
  });
  store.outbox.addMessage(message);
  store.questions.follow(message);
  for (const recipient of recipients) {
    store.mailboxes.add(recipient, message);
    waiters.mailChanged(recipient);
    watchers.touch(recipient);
  }
  watchers.touch(sender.agentId);
  // Who finds it in the history alone sees it all the same.
  if (submission.doneBy !== undefined) watchers.touch(submission.doneBy);
  return message;
}

/** Of a body that the database has given up, its hash is known. */
function isSameBody({ body, bodySha256 }: MessageRecord, text: string): boolean {
  if (body !== null || bodySha256 === null) return body === text;
  return createHash('sha256').update(text, 'utf8').digest().equals(bodySha256);
}

function checkReplyTo({ store }: SendingParts, { params, conversation }: Submission): void {
  const { reply_to: replyTo } = params;
  if (replyTo === undefined) return;
  const answered = isUlid(replyTo) ? store.conversations.messages.byId(replyTo) : undefined;
  if (answered?.conversationId !== conversation.conversationId) {
    throw fail('message_not_found', `There is no message ${replyTo} in this conversation.`, {
      context: { reply_to: replyTo },
    });
  }
}
