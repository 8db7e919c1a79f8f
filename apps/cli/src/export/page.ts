/** What pages of either kind say about a conversation and a message. */
import type { ExactMessage } from '@lalia/client';
import { counted } from '../render/names.ts';
import type { Conversation } from './conversation.ts';

export function titleOf({ messages: [first] }: Conversation): string {
  return first.kind === 'post' ? `Room ${first.room}` : `${first.from} and ${first.to}`;
}

export function sizeOf({ folder, messages }: Conversation): string {
  return `${counted(messages.length, 'message')}, ${folder} in the transcript`;
}

export function directionOf(message: ExactMessage): string {
  return message.kind === 'post' ? message.from : `${message.from} → ${message.to}`;
}

export function timeOf({ ts }: ExactMessage): string {
  return new Date(ts).toISOString();
}

/** The numbers of a conversation's messages by their ids, to name what a message replies to. */
export function numbersOf({ messages }: Conversation): ReadonlyMap<string, number> {
  return new Map(messages.map(({ id, seq }) => [id, seq]));
}

/** What its sender said about it beside the text. */
export function remarksOf(message: ExactMessage): string[] {
  return [...(message.needs_answer ? ['wants an answer'] : []), ...(message.status ? ['status'] : [])];
}
