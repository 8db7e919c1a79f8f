/** That a message is sent, and where its recipients stand, so that "sent" is not mistaken for "seen". */
import { agentAddress, ago, type RecipientState, type Result, roomAddress } from '@lalia/client';
import type { View } from '../command.ts';
import { willNotice } from './turn.ts';

export function told(result: Result<'tell'>, { nowMs }: View): string {
  const to = agentAddress(result.recipient.agent);
  return `${result.duplicate ? 'already ' : ''}sent to ${to} ${numbered(result)} · ${standing(result.recipient, nowMs)}\n`;
}

export function posted(result: Result<'post'>, { nowMs }: View): string {
  const members = result.recipients.map((recipient) => standing(recipient, nowMs)).join('; ');
  const to = roomAddress(result.room);
  return `${result.duplicate ? 'already ' : ''}posted to ${to} ${numbered(result)} · ${members || 'nobody else is in the room'}\n`;
}

/** An answer goes to where the question came from: a channel or a room. */
export function sent(result: Result<'tell'> | Result<'post'>, view: View): string {
  return 'room' in result ? posted(result, view) : told(result, view);
}

/** Where a recipient stands: `codex is away since 2h ago, 3 unread before this`. */
export function standing(recipient: RecipientState, nowMs: number): string {
  const { agent, presence, away_since, unread_before } = recipient;
  const since = away_since === null ? '' : ` since ${ago(away_since, nowMs)}`;
  const queue = unread_before === 0 ? '' : `, ${String(unread_before)} unread before this`;
  return `${agent.name} is ${presence}${since}${willNotice(recipient)}${queue}`;
}

function numbered({ seq, id }: { readonly seq: number; readonly id: string }): string {
  return `#${String(seq)} id ${id}`;
}
