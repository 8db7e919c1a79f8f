/** A line of bash as far as the cursor, in words; a quote that is still open ends with the line. */
export function shellLine(line: string): { readonly done: readonly string[]; readonly current: string } {
  const done: string[] = [];
  let current: string | undefined;
  for (const [part] of line.matchAll(
    /\s+|'[^']*(?:'|$)|"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)|\\[\s\S]|[^\s'"\\]+|\\$/g,
  )) {
    if (/^\s/.test(part)) {
      if (current !== undefined) done.push(current);
      current = undefined;
    } else current = (current ?? '') + unquoted(part);
  }
  return { done, current: current ?? '' };
}

function unquoted(part: string): string {
  if (part.startsWith("'")) return part.slice(1).replace(/'$/, '');
  if (part.startsWith('"')) {
    const isClosed = part.length > 1 && part.endsWith('"') && !/(?:^|[^\\])(?:\\\\)*\\"$/.test(part);
    return (isClosed ? part.slice(1, -1) : part.slice(1)).replace(/\\(["\\$`])/g, '$1');
  }
  return part.replace(/^\\/, '');
}
