/** A point in time as people type it: a date, a date with a time, or how long ago. */
import { fail } from '@lalia/client';

const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

const DATE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * Reads `3d`, `90m`, `2026-11-20`, `2026-11-20T14:30`; without a zone a date is this machine's.
 * @returns milliseconds since 1970, not below 0.
 * @throws LaliaError `invalid_params`.
 */
export function moment(
  text: string,
  { flag, nowMs }: { readonly flag: string; readonly nowMs: number },
): number {
  const ms = lengthAgo(text, nowMs) ?? dateOf(text);
  if (ms !== undefined && !Number.isNaN(ms)) return Math.max(0, ms);
  throw fail('invalid_params', `--${flag} takes a date or a length of time, not "${text.slice(0, 40)}".`, {
    hint: `For example --${flag} 3d, --${flag} 90m, --${flag} 2026-11-20 or --${flag} 2026-11-20T14:30.`,
  });
}

function lengthAgo(text: string, nowMs: number): number | undefined {
  const [, count, unit = ''] = /^(\d{1,9})([smhdw])$/.exec(text) ?? [];
  const length = UNITS[unit];
  return count === undefined || length === undefined ? undefined : nowMs - Number(count) * length;
}

function dateOf(text: string): number | undefined {
  const [, day, time = '00:00', zone = ''] = DATE.exec(text) ?? [];
  if (day === undefined) return undefined;
  const date = new Date(`${day}T${time}${zone}`);
  // The 31st of a shorter month is no date, and not the first of the next.
  const isReal =
    new Date(`${day}T00:00Z`).getTime() >= 0 && new Date(`${day}T00:00Z`).toISOString().startsWith(day);
  return isReal ? date.getTime() : undefined;
}
