/**
 * argv → input, by the specs of a command. Both drivers parse with this; oclif's own parser would take
 * `--json=true` as the switch and a message "true", and would wait for standard input where an argument is missing.
 *
 * A word is a flag when it looks like one: dashes, then a letter, then letters, digits and dashes. Other words are text
 * even when they begin with a dash, as a list item or a negative number does; after `--` everything is text.
 */
import { parseArgs } from 'node:util';
import { fail, isUlid, type LaliaError, limits } from '@lalia/client';
import {
  type ArgumentSpec,
  COMMON_FLAGS,
  type CommandFace,
  type FlagSpec,
  type Flags,
  type Input,
  shortOf,
  usageOf,
} from './command.ts';
import { nearest } from './nearest.ts';
import { shellWord } from './render/names.ts';

const FLAG = /^--?[A-Za-z][A-Za-z0-9-]{0,63}(?:=|$)/;
/** A hundred years: longer than anything is unseen. */
const MAX_DAYS = 36_500;
const HELP = new Set(['--help', '-h']);

/** Whether colours are asked to stay away, although the command line may be wrong. */
export function asksForNoColor(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end === -1 ? argv : argv.slice(0, end)).includes('--no-color');
}

/** Whether help is asked for instead of the command itself. */
export function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end === -1 ? argv : argv.slice(0, end)).some((word) => HELP.has(word));
}

/**
 * Whether `--json` is meant although the command line may be wrong: an error has to be told in the form that was asked for.
 */
export function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json');
}

/**
 * Parses the words after the command's name.
 * @throws LaliaError `invalid_params` that says which word is wrong, with the usage as its hint.
 */
export function parse(face: CommandFace, argv: readonly string[]): Input {
  const specs: Flags = { ...COMMON_FLAGS, ...face.flags };
  const { words, given } = split(face, specs, argv);
  const flags = Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [name, convert(face, { name, spec, text: given.get(name) })]),
  );
  const { as, json, 'no-color': noColor, ...own } = flags;
  return {
    args: assign(face, words),
    flags: own,
    common: { as: typeof as === 'string' ? as : undefined, json: json === true, noColor: noColor === true },
  };
}

interface Split {
  readonly words: readonly string[];
  /** Flags with their text; a switch has an empty one. */
  readonly given: ReadonlyMap<string, string>;
}

function split(face: CommandFace, specs: Flags, argv: readonly string[]): Split {
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      {
        type: spec.kind === 'switch' ? 'boolean' : 'string',
        ...(shortOf(spec) === undefined ? {} : { short: shortOf(spec) }),
      } as const,
    ]),
  );
  // parseArgs would take text that begins with a dash for flags, so it is hidden from it and found again by its index.
  const args = argv.map((word) => (isText(word) ? '' : word));
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  const words: string[] = [];
  const given = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(argv[token.index] ?? '');
    if (token.kind !== 'option') continue;
    const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined;
    if (spec === undefined || !isSpelt(token.rawName, spec))
      throw unknownFlag(face, specs, argv[token.index] ?? token.rawName);
    const text = token.value === undefined || token.inlineValue ? token.value : argv[token.index + 1];
    given.set(
      token.name,
      flagText(face, { name: token.name, spec, text, inline: token.inlineValue === true, before: given }),
    );
  }
  return { words, given };
}

/** One dash is only for the one letter of a flag that has one. */
function isSpelt(rawName: string, spec: FlagSpec): boolean {
  return rawName.startsWith('--') || rawName === `-${shortOf(spec) ?? ''}`;
}

function isText(word: string): boolean {
  return word.startsWith('-') && word !== '--' && !FLAG.test(word);
}

interface GivenFlag {
  readonly name: string;
  readonly spec: FlagSpec;
  readonly text: string | undefined;
  readonly inline: boolean;
  readonly before: ReadonlyMap<string, string>;
}

function flagText(face: CommandFace, { name, spec, text, inline, before }: GivenFlag): string {
  if (spec.kind === 'switch') {
    if (inline) throw usageError(face, `--${name} takes no value.`);
    return '';
  }
  if (before.has(name)) throw usageError(face, `--${name} is given twice.`);
  if (text === undefined || (!inline && (text === '--' || FLAG.test(text))))
    throw usageError(face, `--${name} needs a value.`);
  return text;
}

function assign(face: CommandFace, words: readonly string[]): Input['args'] {
  const specs = Object.entries(face.args);
  const extra = words[specs.length];
  if (extra !== undefined && specs.at(-1)?.[1].many !== true) throw usageError(face, surplus(face, extra));
  return Object.fromEntries(
    specs.map(([name, spec], index) => {
      const word = words[index];
      if (word === undefined && spec.optional !== true) {
        throw usageError(face, `<${name}> is missing.`, spec.instead === undefined ? '' : `${spec.instead} `);
      }
      const wrong = words
        .slice(index, spec.many === true ? undefined : index + 1)
        .find((one) => spec.options?.includes(one) === false);
      if (wrong !== undefined) throw wrongWord(face, { name, spec, word: wrong });
      return [name, spec.many === true ? words.slice(index) : word];
    }),
  );
}

function wrongWord(
  face: CommandFace,
  { name, spec, word }: { readonly name: string; readonly spec: ArgumentSpec; readonly word: string },
): LaliaError {
  const { options = [] } = spec;
  const guess = nearest(word, options);
  const advice = guess === undefined ? '' : ` Did you mean ${guess}?`;
  return usageError(face, `<${name}> is one of ${options.join(', ')}, not "${shown(word)}".${advice}`);
}

function surplus(face: CommandFace, word: string): string {
  const tooMany = `"${shown(word)}" is one word too many`;
  if (face.surplus !== undefined) return `${tooMany}: say --${face.surplus} ${shellWord(shown(word))}.`;
  return Object.hasOwn(face.args, 'message')
    ? `${tooMany}: put a text of several words in quotes.`
    : `${tooMany}.`;
}

interface FlagText {
  readonly name: string;
  readonly spec: FlagSpec;
  readonly text: string | undefined;
}

function convert(face: CommandFace, { name, spec, text }: FlagText): string | number | boolean | undefined {
  if (spec.kind === 'switch') return text !== undefined;
  if (text === undefined) return undefined;
  const wrong = (wanted: string): LaliaError =>
    usageError(face, `--${name} takes ${wanted}, not "${shown(text)}".`);
  switch (spec.kind) {
    case 'text':
      if (text === '') throw usageError(face, `--${name} is empty.`);
      return text;
    case 'choice':
      if (!spec.options.includes(text)) throw wrong(spec.options.join(', '));
      return text;
    case 'ulid':
      if (!isUlid(text)) throw wrong('a ULID (26 characters, upper case)');
      return text;
    case 'seconds': {
      const ms = /^\d+(?:\.\d*)?$|^\.\d+$/.test(text) ? Math.round(Number(text) * 1000) : Number.NaN;
      if (!(ms <= limits.MAX_WAIT_MS)) throw wrong(`seconds from 0 to ${String(limits.MAX_WAIT_MS / 1000)}`);
      return ms;
    }
    case 'days': {
      const days = /^\d+(?:\.\d*)?d?$|^\.\d+d?$/.test(text) ? Number(text.replace('d', '')) : Number.NaN;
      if (!(days <= MAX_DAYS)) throw wrong(`days from 0 to ${String(MAX_DAYS)}`);
      return Math.round(days * 24 * 60 * 60 * 1000);
    }
    case 'count': {
      const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      if (!(count >= spec.min && count <= spec.max))
        throw wrong(`a number from ${String(spec.min)} to ${String(spec.max)}`);
      return count;
    }
  }
}

function unknownFlag(face: CommandFace, specs: Flags, word: string): LaliaError {
  const flag = word.split('=', 1)[0] ?? word;
  const guess = nearest(flag.replace(/^-+/, ''), Object.keys(specs));
  const suggestion = guess === undefined ? '' : ` Did you mean --${guess}?`;
  return usageError(
    face,
    `lalia ${face.name} has no ${shown(flag)}.${suggestion}`,
    'Text that looks like a flag goes after --. ',
  );
}

/** A mistake in the command line, told in the voice of every other error. */
function usageError(face: CommandFace, message: string, advice = ''): LaliaError {
  return fail('invalid_params', message, { hint: `${advice}Usage: ${usageOf(face)}` });
}

function shown(text: string): string {
  const line = text.replace(/\p{C}/gu, '?');
  return line.length <= 40 ? line : `${line.slice(0, 37)}...`;
}
