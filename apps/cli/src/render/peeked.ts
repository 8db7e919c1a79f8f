/** Unread messages, shown and not taken. */
import type { Result } from '@lalia/client';
import type { View } from '../command.ts';
import { frames } from './frame.ts';
import { counted } from './names.ts';

export function peeked({ messages, unread }: Result<'peek'>, view: View): string {
  if (unread === 0) return 'nothing unread\n';
  const shown = messages.length < unread ? `, the oldest ${String(messages.length)} shown` : '';
  return `${counted(unread, 'unread message')}${shown}; still unread after this\n\n${frames(messages, { ...view, sources: true })}`;
}
