/**
 * A page of the documentation whose `console` blocks are typed into real shells, and whose outputs are compared with
 * what was printed. What differs between two runs of the same commands (ids, ages, hashes, process numbers) counts as equal.
 */
import { readFileSync } from 'node:fs';

/** One command as the page shows it. */
export interface Example {
  /** Which terminal it is typed into; the first has no name. */
  readonly terminal: string;
  readonly command: string;
  /** What the page says that is printed; lines of `…` alone stand for any lines. */
  readonly output: string;
  /** The line of the page that it is on. */
  readonly line: number;
}

/** The examples of a page, in their order; a file that it shows (```yaml shop/tasks.yaml) is written in the home directory. */
export function examplesOf(page: string): Example[] {
  return blocksOf(page).flatMap((block) =>
    block.kind === 'console' ? examplesOfBlock(block) : [written(block)],
  );
}

/**
 * Writes what was printed into a page, in the place of what it shows, where the two are not equal.
 * @param printed by the line of the example.
 */
export function withOutputs(page: string, printed: ReadonlyMap<number, string>): string {
  const lines = page.split('\n');
  // From the end, so that the lines before stay where they are.
  for (const { line, command, output } of examplesOf(page).reverse()) {
    const now = printed.get(line);
    if (now === undefined || shows(output, now)) continue;
    const shown = output === '' ? 0 : output.split('\n').length;
    lines.splice(line + command.split('\n').length, shown, ...(now === '' ? [] : now.split('\n')));
  }
  return lines.join('\n');
}

/** Whether a page shows what was printed, but for what differs in every run. */
export function shows(expected: string, printed: string): boolean {
  const pattern = comparable(expected)
    .split(/(?:^|\n)…(?:\n|$)/)
    .map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`))
    .join(String.raw`\n?[\s\S]*\n?`);
  return new RegExp(`^${pattern}$`).test(comparable(printed));
}

/** A text without what differs in every run. */
export function comparable(text: string): string {
  return EVER_DIFFERENT.reduce((changed, [what, word]) => changed.replaceAll(what, word), text)
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd();
}

export const MESSAGE_ID = /\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g;

const EVER_DIFFERENT: readonly (readonly [RegExp, string])[] = [
  [MESSAGE_ID, 'ID'],
  [/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME'],
  [/\b(?:now|\d+[smhd] ago)\b/g, 'AGE'],
  [/\bup \d+[smhd]\b/g, 'up AGE'],
  [/\bts"?: ?\d{13}\b/g, 'ts: TIME'],
  [/\b(?:nonce|sig): [\w.-]+/g, 'RANDOM'],
  [/\/[^\s"]+\/[\da-f]{16}\.spool/g, 'SPOOL'],
  [/\b(pid"?:? *|process )\d+/g, '$1N'],
  [/\b\d+ MiB\b/g, 'N MiB'],
  [/\bconnections +\d+/g, 'connections N'],
  [/\bNode \d+\.\d+\.\d+|"node":"[\d.]+"/g, 'NODE'],
  [/\b[\da-f]{7,40}\b/g, 'HASH'],
  // A table is as wide as its widest age or number.
  [/ {2,}/g, '  '],
];

interface Block {
  readonly kind: string;
  /** After the kind: the terminal, or the file. */
  readonly name: string;
  readonly lines: readonly string[];
  /** Where its first line is. */
  readonly line: number;
}

function blocksOf(page: string): Block[] {
  const lines = page.split('\n');
  return lines.flatMap((text, index) => {
    const [, kind, name = ''] = /^```(console(?= |$)|\w+(?= \S+$)) ?(\S*)$/.exec(text) ?? [];
    if (kind === undefined) return [];
    const end = lines.indexOf('```', index);
    return [{ kind, name, lines: lines.slice(index + 1, end), line: index + 1 }];
  });
}

function written({ name, lines, line }: Block): Example {
  const command = [`cat > ~/${name} <<'THE END'`, ...lines, 'THE END'].join('\n');
  return { terminal: '', command, output: '', line };
}

function examplesOfBlock(block: Block): Example[] {
  const prompts = block.lines.flatMap((text, index) => (PROMPT.test(text) ? [index] : []));
  return prompts.map((at, index) => {
    const [, name = '', first = ''] = PROMPT.exec(block.lines[at] ?? '') ?? [];
    const rest = block.lines.slice(at + 1, prompts[index + 1] ?? block.lines.length);
    const continued = rest.findIndex((text) => !text.startsWith('> '));
    const more = rest.slice(0, continued === -1 ? rest.length : continued);
    return {
      terminal: name === '' ? block.name : name,
      command: [first, ...more.map((text) => text.slice(2))].join('\n'),
      output: rest.slice(more.length).join('\n').trimEnd(),
      line: block.line + at,
    };
  });
}

/** `$ ` in the terminal of the block, or `ann$ ` in hers. */
const PROMPT = /^(\w*)\$ (.*)$/;

export function pageAt(path: string): string {
  return readFileSync(path, 'utf8');
}
