/** How long the database keeps bodies, in a line. */
import type { Retention } from '@lalia/client';
import { counted } from './names.ts';

const MIB = 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;

/** `12.0 MiB, keeps bodies for 90 days; 300 messages have theirs in the transcript alone`. */
export function retentionLine({ keep_ms, pruned, database_bytes }: Retention): string {
  const kept = keep_ms === null ? 'for ever' : `for ${counted(days(keep_ms), 'day')}`;
  const gone =
    pruned === 0
      ? ''
      : `; ${counted(pruned, 'message')} ${pruned === 1 ? 'has its' : 'have their'} body in the transcript alone`;
  return `${(database_bytes / MIB).toFixed(1)} MiB, keeps bodies ${kept}${gone}`;
}

function days(ms: number): number {
  return Math.round((ms / DAY_MS) * 100) / 100;
}
