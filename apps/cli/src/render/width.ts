/** How many columns of a terminal a text takes. */

/** Text whose every character takes one column; all names and ids are such. */
const PLAIN = /^[\x20-\x7e]*$/;

/** East Asian wide and full-width characters (UAX 11), and pictures; a cluster with one of them takes two columns. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Yi}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|\ufe0f/u;

/** What takes no column of its own where it stands alone: marks, joiners, selectors. */
const NARROWEST = /^[\p{M}\p{Cf}]+$/u;

let clusters: Intl.Segmenter | undefined;

/** @returns columns, for text without control characters. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  clusters ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  let width = 0;
  for (const { segment } of clusters.segment(text)) width += columnsOf(segment);
  return width;
}

function columnsOf(cluster: string): number {
  if (WIDE.test(cluster)) return 2;
  return NARROWEST.test(cluster) ? 0 : 1;
}

/** Lines of at most so many columns, broken between words; a longer word stays whole. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
