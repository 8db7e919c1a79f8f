/** The part of somebody else's text file that is Lalia's: what stands between two lines of its own. */

export const BEGIN = '<!-- lalia:begin -->';
export const END = '<!-- lalia:end -->';

export type Merge =
  /** Its marks are there, or the file was not. */
  | { readonly kind: 'own'; readonly text: string }
  /** It has no marks; the text is what it would be with a section at its end. */
  | { readonly kind: 'foreign'; readonly text: string }
  /** The marks do not enclose one section. */
  | { readonly kind: 'broken' };

/**
 * Puts a section into a file's text.
 * @param file one character a byte (latin1), so that whatever it holds stays; undefined where there is no file.
 */
export function mergeSection(file: string | undefined, section: string): Merge {
  const newline = file?.includes('\r\n') === true ? '\r\n' : '\n';
  const body = Buffer.from(section.trimEnd(), 'utf8').toString('latin1').replaceAll('\n', newline);
  const block = [BEGIN, body, END].join(newline);
  if (file === undefined) return { kind: 'own', text: `${block}${newline}` };
  const [begins, ends] = [linesOf(file, BEGIN), linesOf(file, END)];
  const [begin, end] = [begins[0], ends[0]];
  if (begin === undefined && end === undefined)
    return { kind: 'foreign', text: appended(file, block, newline) };
  if (begins.length !== 1 || ends.length !== 1 || begin === undefined || end === undefined || end < begin) {
    return { kind: 'broken' };
  }
  return { kind: 'own', text: file.slice(0, begin) + block + file.slice(end + END.length) };
}

/** Where a mark stands as a line of its own. */
function linesOf(file: string, mark: string): number[] {
  return [...file.matchAll(new RegExp(`^${mark}(?=\\r?$)`, 'gm'))].map(({ index }) => index);
}

function appended(file: string, block: string, newline: string): string {
  const gap = file === '' || file.endsWith('\n') ? '' : newline;
  return `${file}${gap}${file === '' ? '' : newline}${block}${newline}`;
}
