/** A point in time as people type it: a date, a date with a time, or how long ago. */
import { fail, type LaliaError } from '@lalia/client';

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
export function moment(text: string, asked: Asked): number {
  const ms = momentOf(text, asked);
  if (ms !== undefined) return ms;
  throw wrong(text, { ...asked, takes: 'a date or a length of time', examples: ['3d', '90m', ...DATES] });
}

/**
 * As `moment`, where a plain number is that of a message.
 * @throws LaliaError `invalid_params`.
 */
export function momentOrSeq(
  text: string,
  asked: Asked,
): { readonly sinceSeq: number } | { readonly sinceMs: number } {
  if (/^\d{1,15}$/.test(text)) return { sinceSeq: Number(text) };
  const sinceMs = momentOf(text, asked);
  if (sinceMs !== undefined) return { sinceMs };
  const takes = 'the number of a message, a date or a length of time';
  throw wrong(text, { ...asked, takes, examples: ['40', '3d', ...DATES] });
}

interface Asked {
  readonly flag: string;
  readonly nowMs: number;
}

const DATES = ['2026-11-20', '2026-11-20T14:30'];

function momentOf(text: string, { nowMs }: Asked): number | undefined {
  const ms = lengthAgo(text, nowMs) ?? dateOf(text);
  return ms === undefined || Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function wrong(
  text: string,
  {
    flag,
    takes,
    examples,
  }: { readonly flag: string; readonly takes: string; readonly examples: readonly string[] },
): LaliaError {
  const [last = '', ...others] = examples.map((example) => `--${flag} ${example}`).toReversed();
  return fail('invalid_params', `--${flag} takes ${takes}, not "${text.slice(0, 40)}".`, {
    hint: `For example ${others.toReversed().join(', ')} or ${last}.`,
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
