/** What `tell` and `post` have in common: accepting a message once, whatever becomes of the answer to its sender. */
import { type Auth, checkBody, fail, isUlid, type Ulid } from '@lalia/protocol';
import type { AgentRecord, ConversationRecord, MessageRecord } from '@lalia/store';
import type { Context } from './context.ts';

/** The params that `tell` and `post` share. */
interface Outgoing {
  readonly id: Ulid;
  readonly body: string;
  readonly reply_to?: Ulid | undefined;
  readonly needs_answer?: true | undefined;
  readonly status?: true | undefined;
}

export interface Submission {
  readonly sender: AgentRecord;
  readonly params: Outgoing;
  readonly auth: Auth;
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
    known.body === params.body &&
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
 * Appends a message to its conversation, puts it into the mailboxes and into the outbox, and has blocked readers served: all
 * in the transaction that is open.
 * @throws LaliaError as `checkBody`; `message_not_found` for a `reply_to` outside the conversation.
 */
export function accept(context: Context, submission: Submission): MessageRecord {
  const { store, waiters, clock } = context;
  const { sender, params, auth, conversation, targetName, recipients } = submission;
  checkBody(params.body);
  checkReplyTo(context, submission);
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
  for (const recipient of recipients) {
    store.mailboxes.add(recipient, message);
    waiters.mailChanged(recipient);
  }
  return message;
}

function checkReplyTo({ store }: Context, { params, conversation }: Submission): void {
  const { reply_to: replyTo } = params;
  if (replyTo === undefined) return;
  const answered = isUlid(replyTo) ? store.conversations.messages.byId(replyTo) : undefined;
  if (answered?.conversationId !== conversation.conversationId) {
    throw fail('message_not_found', `There is no message ${replyTo} in this conversation.`, {
      context: { reply_to: replyTo },
    });
  }
}
