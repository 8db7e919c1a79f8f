import { agentAddress, ago, type Result } from '@lalia/client';
import type { View } from '../command.ts';
import { table } from './table.ts';

export function channelList({ channels }: Result<'channels'>, { nowMs }: View): string {
  if (channels.length === 0) return 'no channels yet: the first message makes one\n';
  const rows = channels.map(({ with: peer, unread, last_seq, last_ts }) => [
    agentAddress(peer),
    String(unread),
    String(last_seq),
    last_ts === null ? '-' : ago(last_ts, nowMs),
  ]);
  return table([['WITH', 'UNREAD', 'MESSAGES', 'LAST'], ...rows]);
}
