/** How long ago something was, in one word. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `now`, `40s ago`, `3m ago`, `2h ago`, `5d ago`; a time ahead of the clock counts as now. */
export function ago(ts: number, nowMs: number): string {
  const elapsed = nowMs - ts;
  if (elapsed < SECOND) return 'now';
  return `${lasting(elapsed)} ago`;
}

/** A length of time in its largest unit, rounded down. */
export function lasting(ms: number): string {
  if (ms < MINUTE) return `${String(Math.floor(ms / SECOND))}s`;
  if (ms < HOUR) return `${String(Math.floor(ms / MINUTE))}m`;
  if (ms < DAY) return `${String(Math.floor(ms / HOUR))}h`;
  return `${String(Math.floor(ms / DAY))}d`;
}
