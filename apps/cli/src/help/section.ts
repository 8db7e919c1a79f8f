/** A heading and what stands beneath it, each term with its meaning beside it. */
import type { View } from '../command.ts';
import { bold } from '../render/paint.ts';
import { widthOf, wrap } from '../render/width.ts';

export interface HelpView extends Pick<View, 'color'> {
  /** In columns. */
  readonly width: number;
}

/** A command, an argument or a flag with what it means. */
export interface Row {
  readonly term: string;
  readonly meaning: string;
}

/** A longer term has its meaning on the next line. */
const MAX_TERM = 24;

/** @returns nothing where there are no rows. */
export function section(head: string, rows: readonly Row[], view: HelpView): string {
  if (rows.length === 0) return '';
  const column = Math.max(...rows.map(({ term }) => term.length).filter((length) => length <= MAX_TERM), 8);
  const indent = ' '.repeat(column + 4);
  const lines = rows.flatMap(({ term, meaning }) => {
    const [first = '', ...rest] = wrap(meaning, view.width - indent.length);
    return widthOf(term) <= column
      ? [`  ${term.padEnd(column)}  ${first}`, ...rest.map((line) => indent + line)]
      : [`  ${term}`, ...[first, ...rest].map((line) => indent + line)];
  });
  return `${bold(head, view)}\n${lines.join('\n')}\n`;
}
