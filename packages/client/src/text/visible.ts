/** Text from outside, made safe to stand in a line or on a terminal. */

/**
 * Where a reader may see a new line begin: the line breaks of Unicode (UAX 14: CR, LF, NEL, VT, FF, LS, PS), CR LF as one.
 */
export const LINE_BREAK = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/g;

/** Controls that move, colour or reorder what a terminal shows; breaks and tabs are not among them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about.
const CONTROL = /[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Shows control characters instead of letting a terminal obey them. */
export function showControls(text: string): string {
  return text.replace(CONTROL, escaped);
}

/** Text on one line, whatever it contains: for names, projects, descriptions and error messages. */
export function oneLine(text: string): string {
  return showControls(text)
    .replace(LINE_BREAK, (breaks) => [...breaks].map(escaped).join(''))
    .replaceAll('\t', ' ');
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  return code <= 0xff
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}
