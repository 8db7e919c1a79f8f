import { oneLine, type Result, roomAddress } from '@lalia/client';
import { table } from './table.ts';

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
