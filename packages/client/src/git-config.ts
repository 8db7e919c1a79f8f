/**
 * Reads git's configuration format as far as a repository's own file needs it (git-config(1), "Syntax"): sections and
 * subsections, quoting, escapes, comments, continued lines. Included files are not read.
 */

/** Values by `section.subsection.key`; section and key in lower case, the subsection as it is written. */
export type GitConfig = ReadonlyMap<string, string>;

const SECTION = /^\s*\[\s*([A-Za-z0-9.-]+)\s*(?:"((?:[^"\\]|\\.)*)")?\s*\]/;
const ENTRY = /^\s*([A-Za-z][A-Za-z0-9-]*)\s*(=)?/;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b' };

/** Parses a configuration file. Of a key that is set several times the last value counts; nonsense is skipped. */
export function parseGitConfig(text: string): GitConfig {
  const values = new Map<string, string>();
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  let section = '';
  for (let i = 0; i < lines.length; i += 1) {
    let line = lines[i] ?? '';
    const header = SECTION.exec(line);
    if (header !== null) {
      section = sectionName(header);
      line = line.slice(header[0].length);
    }
    const entry = ENTRY.exec(line);
    if (entry === null) continue;
    let rest = line.slice(entry[0].length);
    // An odd number of backslashes at its end carries the line on.
    while (/(^|[^\\])(\\\\)*\\$/.test(rest) && i + 1 < lines.length) {
      i += 1;
      rest = rest.slice(0, -1) + (lines[i] ?? '');
    }
    // A key without "=" is true.
    values.set(
      `${section}.${String(entry[1]).toLowerCase()}`,
      entry[2] === undefined ? 'true' : parseValue(rest),
    );
  }
  return values;
}

/** Whether a value means true, as git reads it. */
export function isGitTrue(value: string | undefined): boolean {
  return value !== undefined && /^(true|yes|on|1)$/i.test(value);
}

function sectionName([, name = '', subsection]: RegExpExecArray): string {
  const lower = name.toLowerCase();
  return subsection === undefined ? lower : `${lower}.${subsection.replace(/\\(.)/g, '$1')}`;
}

/** Spaces around a value and comments after it do not belong to it, unless they are within quotes. */
function parseValue(text: string): string {
  let value = '';
  /** Up to where the value must be kept: what was quoted or is no space. */
  let end = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (!isQuoted && (character === '#' || character === ';')) break;
    if (character === '"') {
      isQuoted = !isQuoted;
      end = value.length;
    } else if (character === '\\') {
      i += 1;
      value += ESCAPES[text.charAt(i)] ?? text.charAt(i);
      end = value.length;
    } else if (isQuoted || !/\s/.test(character)) {
      value += character;
      end = value.length;
    } else if (value !== '') {
      value += character;
    }
  }
  return value.slice(0, end);
}
