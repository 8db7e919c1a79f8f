/** What changes from one text to another, as lines with `+` and `-`, like `diff -u` without its heads. */

const AROUND = 2;

/** @returns no lines for equal texts. */
export function difference(before: string, after: string): readonly string[] {
  const old = linesOf(before);
  const now = linesOf(after);
  let start = 0;
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  if (start === old.length && start === now.length) return [];
  const middle = edits(old.slice(start, old.length - end), now.slice(start, now.length - end));
  const head = old.slice(Math.max(0, start - AROUND), start).map((line) => ` ${line}`);
  const tail = old.slice(old.length - end, old.length - end + AROUND).map((line) => ` ${line}`);
  return [...head, ...folded(middle), ...tail];
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => line.replace(/\r$/, ''));
}

/** The longest common subsequence, by the table of its lengths. */
function edits(old: readonly string[], now: readonly string[]): string[] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint16Array(now.length + 1));
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      const row = lengths[i] as Uint16Array;
      row[j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: string[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push(` ${old[i] ?? ''}`);
      i += 1;
      j += 1;
    } else if (i < old.length && (j === now.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push(`-${old[i] ?? ''}`);
      i += 1;
    } else {
      lines.push(`+${now[j] ?? ''}`);
      j += 1;
    }
  }
  return lines;
}

/** Leaves out what is far from any change. */
function folded(lines: readonly string[]): string[] {
  const isNear = (index: number) =>
    lines.slice(Math.max(0, index - AROUND), index + AROUND + 1).some((line) => !line.startsWith(' '));
  const result: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (isNear(index)) result.push(line);
    else if (result.at(-1) !== ' ...') result.push(' ...');
  }
  return result;
}
