/** What a read gives: a notice of what was dropped first, then the messages. */
import { type DroppedNotice, roomAddress } from '@lalia/client';
import type { View } from '../command.ts';
import type { Received } from '../reading.ts';
import { frames } from './frame.ts';
import { counted, shellWord } from './names.ts';

export function received(
  { messages, dropped, remaining }: Received,
  view: View & { readonly sources?: boolean },
): string {
  const parts = [
    ...(dropped === null ? [] : [`${droppedNotice(dropped)}\n`]),
    frames(messages, view),
    ...(remaining === 0 ? [] : [`${String(remaining)} more unread\n`]),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function droppedNotice({ room, count, first_seq, last_seq }: DroppedNotice): string {
  const address = roomAddress(room);
  const numbers =
    first_seq === last_seq ? `#${String(first_seq)}` : `#${String(first_seq)} to #${String(last_seq)}`;
  const call = `lalia history ${shellWord(address)} --room --since ${String(first_seq - 1)} --limit ${String(last_seq - first_seq + 1)}`;
  return `${counted(count, 'message')} of room ${address} (${numbers}) did not fit the mailbox; see: ${call}`;
}
