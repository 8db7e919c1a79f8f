import type { Result } from '@lalia/client';
import { roomAddress } from './names.ts';
import { table } from './table.ts';
import { oneLine } from './visible.ts';

export function roomList({ rooms }: Result<'rooms'>): string {
  if (rooms.length === 0) return 'no rooms yet: `lalia room create NAME` makes one\n';
  const rows = rooms.map((room) => [
    roomAddress(room),
    room.joined ? 'yes' : 'no',
    room.joined ? String(room.unread) : '-',
    String(room.members),
    String(room.messages),
    oneLine(room.archived ? `(archived) ${room.description}` : room.description),
  ]);
  return table([['ROOM', 'JOINED', 'UNREAD', 'MEMBERS', 'MESSAGES', 'ABOUT'], ...rows]);
}
