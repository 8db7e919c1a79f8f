/** What the doctor found: a line each, and below it what mends it. */
import type { Health } from '@lalia/client';
import { oneLine } from './visible.ts';

const MARKS = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const;

/** Under the sentence. */
const INDENT = ' '.repeat(20);

export function findings({ checks, bundle }: Health & { readonly bundle: string | null }): string {
  const lines = checks.flatMap(({ name, status, sentence, mend, fixed }) => [
    `${MARKS[status]}  ${name.padEnd(12)}  ${oneLine(sentence)}`,
    ...(fixed === null ? [] : [`${INDENT}fixed: ${oneLine(fixed)}`]),
    ...(mend === null ? [] : [`${INDENT}mend: ${oneLine(mend)}`]),
  ]);
  const written =
    bundle === null ? [] : [`diagnostics are in ${oneLine(bundle)}; it holds no messages and no keys`];
  return `${[...lines, verdict(checks), ...written].join('\n')}\n`;
}

function verdict(checks: Health['checks']): string {
  const [failures, warnings] = (['fail', 'warn'] as const).map(
    (wanted) => checks.filter(({ status }) => status === wanted).length,
  );
  if (failures === 0 && warnings === 0) return 'all is well';
  return `${plural(failures ?? 0, 'failure')}, ${plural(warnings ?? 0, 'warning')}`;
}

function plural(count: number, word: string): string {
  return `${String(count)} ${word}${count === 1 ? '' : 's'}`;
}
