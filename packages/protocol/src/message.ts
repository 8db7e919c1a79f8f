/** A message as the transcript keeps it, and the request that its sender signed. */
import type { Ulid } from './ids.ts';
import type { SignedContent } from './signed-content.ts';

interface MessageFields {
  readonly id: Ulid;
  /** Position in its conversation, from 1, without gaps. */
  readonly seq: number;
  /** The message before it in the conversation; none for the first. */
  readonly prev: Ulid | undefined;
  /** The sender's name when it was sent. */
  readonly from: string;
  readonly from_id: Ulid;
  readonly ts: number;
  readonly nonce: string;
  readonly sig: string;
  readonly reply_to: Ulid | undefined;
  /** The sender waits for an answer (`ask`, `--needs-answer`). */
  readonly needs_answer: boolean;
  /** Must never wake anybody (`--status`). */
  readonly status: boolean;
  readonly body: string;
}

/** A message between two agents. */
export interface ChannelMessage extends MessageFields {
  readonly kind: 'tell';
  /** The recipient's name when it was sent. */
  readonly to: string;
  readonly to_id: Ulid;
}

/** A message to a room. */
export interface RoomMessage extends MessageFields {
  readonly kind: 'post';
  readonly room: string;
  readonly room_id: Ulid;
}

export type Message = ChannelMessage | RoomMessage;

/**
 * The request that the sender signed, made back from the message. Flags that are off and a missing `reply_to` were left
 * out of the request, so they are left out here.
 */
export function signedContentOf(message: Message): SignedContent {
  const target = message.kind === 'tell' ? { to: message.to_id } : { room: message.room_id };
  return {
    method: message.kind,
    params: {
      ...target,
      id: message.id,
      body: message.body,
      ...(message.reply_to === undefined ? {} : { reply_to: message.reply_to }),
      ...(message.needs_answer ? { needs_answer: true } : {}),
      ...(message.status ? { status: true } : {}),
      auth: { agent_id: message.from_id, ts: message.ts, nonce: message.nonce },
    },
  };
}

/** A message as exports and the operation `transcript` have it: everything of its file, in JSON. */
export type ExactMessage = {
  /** The conversation's folder in the transcript. */
  readonly conversation: string;
  readonly prev: Ulid | null;
  readonly reply_to: Ulid | null;
} & (Omit<ChannelMessage, 'prev' | 'reply_to'> | Omit<RoomMessage, 'prev' | 'reply_to'>);

/** Makes it; the keys are always in the same order. @param conversation the conversation's folder in the transcript. */
export function exactMessage(conversation: string, message: Message): ExactMessage {
  const { id, seq, prev, from, from_id, ts, reply_to, needs_answer, status, nonce, sig, body } = message;
  const head = { id, seq, prev: prev ?? null, from, from_id };
  const rest = { ts, reply_to: reply_to ?? null, needs_answer, status, nonce, sig, body };
  if (message.kind === 'tell') {
    const { to, to_id } = message;
    return { conversation, kind: 'tell', ...head, to, to_id, ...rest };
  }
  const { room, room_id } = message;
  return { conversation, kind: 'post', ...head, room, room_id, ...rest };
}
