/** What the doctor, or a probe, found: a line each, and below it what mends it. */
import { type Check, type Health, oneLine } from '@lalia/client';

const MARKS = { ok: 'ok', warn: 'warn', fail: 'FAIL', skipped: 'skipped' } as const;

/** A finding, whoever looked. */
interface Found extends Pick<Check, 'name' | 'sentence' | 'mend'> {
  readonly status: keyof typeof MARKS;
  readonly fixed?: string | null;
}

export function findings({ checks, bundle }: Health & { readonly bundle: string | null }): string {
  const written =
    bundle === null ? [] : [`diagnostics are in ${oneLine(bundle)}; it holds no messages and no keys`];
  return `${[...findingLines(checks), verdict(checks), ...written].join('\n')}\n`;
}

/** The findings alone. */
export function findingLines(checks: readonly Found[]): readonly string[] {
  const marks = width(checks.map(({ status }) => MARKS[status]));
  const names = width(
    checks.map(({ name }) => name),
    LEAST_NAME,
  );
  const indent = ' '.repeat(marks + names + 4);
  return checks.flatMap(({ name, status, sentence, mend, fixed = null }) => [
    `${MARKS[status].padEnd(marks)}  ${name.padEnd(names)}  ${oneLine(sentence)}`,
    ...(fixed === null ? [] : [`${indent}fixed: ${oneLine(fixed)}`]),
    ...(mend === null ? [] : [`${indent}mend: ${oneLine(mend)}`]),
  ]);
}

/** Of the column of names, in characters. */
const LEAST_NAME = 12;

function width(words: readonly string[], least = 4): number {
  return Math.max(least, ...words.map(({ length }) => length));
}

/** How many findings say that something is wrong. */
export function verdict(checks: readonly Found[]): string {
  const [failures, warnings] = (['fail', 'warn'] as const).map(
    (wanted) => checks.filter(({ status }) => status === wanted).length,
  );
  if (failures === 0 && warnings === 0) return 'all is well';
  return `${plural(failures ?? 0, 'failure')}, ${plural(warnings ?? 0, 'warning')}`;
}

function plural(count: number, word: string): string {
  return `${String(count)} ${word}${count === 1 ? '' : 's'}`;
}
