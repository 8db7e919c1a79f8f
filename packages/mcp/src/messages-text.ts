/** Messages as the model reads them: in the frame that says who writes, and that it is not the user. */
import { type AgentRef, type DroppedNotice, frames, roomAddress, type ShownMessage } from '@lalia/client';

export function messagesText(messages: readonly ShownMessage[], reader: AgentRef): string {
  return frames(messages, { nowMs: Date.now(), reader, sources: true });
}

export function droppedText({ room, count, first_seq, last_seq }: DroppedNotice): string {
  return `${String(count)} messages of room ${roomAddress(room)} (#${String(first_seq)} to #${String(last_seq)}) did not fit the mailbox; history with since ${String(first_seq - 1)} shows them.`;
}
