/** Rows under column heads, each column as wide as its widest cell; nothing is cut, whatever the terminal. */
import { widthOf } from './width.ts';

/** @returns the lines of the table, the last column not padded; every line ended by a newline. */
export function table(
  rows: readonly (readonly string[])[],
  { indent = '' }: { readonly indent?: string } = {},
): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
  }
  return rows.map((row) => `${indent}${lineOf(row, widths)}\n`).join('');
}

function lineOf(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
    .join('  ')
    .trimEnd();
}
