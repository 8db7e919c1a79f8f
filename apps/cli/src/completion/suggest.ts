/** What may stand where the cursor is, by the definitions of the commands; names that only the daemon knows are left to names.ts. */
import {
  type ArgumentSpec,
  COMMON_FLAGS,
  type CommandFace,
  type Completes,
  type FlagSpec,
  type Flags,
} from '../command.ts';
import { topics } from '../help/topics.ts';

export interface Suggestion {
  readonly word: string;
  readonly about: string;
}

export type Wanted =
  | { readonly kind: 'words'; readonly words: readonly Suggestion[] }
  /** Of something there is; every word begins with `before`, which is typed already, as in `--as=`. */
  | {
      readonly kind: 'names';
      readonly of: Completes;
      readonly before: string;
      readonly as: string | undefined;
    };

const HELP: Suggestion = { word: 'help', about: 'How commands are used.' };
const NOTHING: Wanted = { kind: 'words', words: [] };

/**
 * @param done the words after `lalia` that are complete.
 * @param current the word that the cursor is at the end of, maybe empty.
 */
export function suggest(commands: readonly CommandFace[], done: readonly string[], current: string): Wanted {
  if (done[0] === 'help')
    return words([...nextWords(commands, done.slice(1)), ...topicWords(commands, done)]);
  const face = commands
    .filter(({ name }) => name.split(' ').every((word, index) => done[index] === word))
    .toSorted((a, b) => b.name.length - a.name.length)
    .at(0);
  const next = nextWords(commands, done);
  if (face === undefined) return words(done.length === 0 ? [...next, HELP, ...START_FLAGS] : next);
  const given = done.slice(face.name.split(' ').length);
  const own = within(face, given, current);
  // `rooms` is a command, and `rooms gc` another.
  return given.length === 0 && own.kind === 'words' ? words([...next, ...own.words]) : own;
}

const START_FLAGS: readonly Suggestion[] = [{ word: '--version', about: 'The version of lalia.' }];

function words(found: readonly Suggestion[]): Wanted {
  return { kind: 'words', words: found };
}

/** The words that go on towards a command. */
function nextWords(commands: readonly CommandFace[], done: readonly string[]): Suggestion[] {
  const found = new Map<string, string>();
  for (const { name, summary } of commands) {
    const parts = name.split(' ');
    const word = parts[done.length];
    if (word === undefined || done.some((one, index) => one !== parts[index])) continue;
    const isWhole = parts.length === done.length + 1;
    if (isWhole || !found.has(word))
      found.set(word, isWhole ? summary : `${name.slice(0, name.indexOf(word))}${word} …`);
  }
  return [...found].map(([word, about]) => ({ word, about }));
}

function topicWords(commands: readonly CommandFace[], done: readonly string[]): Suggestion[] {
  if (done.length > 1) return [];
  return [...topics(commands), 'all'].map((word) => ({ word, about: 'A topic of the help.' }));
}

/** Inside the line of one command. */
function within(face: CommandFace, given: readonly string[], current: string): Wanted {
  const specs: Flags = { ...face.flags, ...COMMON_FLAGS };
  const { positionals, flags, pending, isText } = walk(specs, given);
  const as = flags.get('as') || undefined;
  if (pending !== undefined) return wantedFor(pending, { before: '', as });
  const [, before = '', name = ''] = (isText ? null : /^(--([^=]+)=)/.exec(current)) ?? [];
  const inline = specs[name];
  if (inline !== undefined && before !== '') return wantedFor(inline, { before, as });
  if (!isText && current.startsWith('-')) return words(flagWords(specs, flags));
  const argument = argumentAt(face, positionals);
  const own = argument === undefined ? NOTHING : wantedFor(argument, { before: '', as });
  if (own.kind === 'names' || own.words.length > 0 || isText) return own;
  return current === '' ? words(flagWords(specs, flags)) : NOTHING;
}

interface Walked {
  readonly positionals: number;
  readonly flags: ReadonlyMap<string, string>;
  /** The flag whose value comes next. */
  readonly pending: FlagSpec | undefined;
  /** Whether a `--` makes text of all that follows. */
  readonly isText: boolean;
}

function walk(specs: Flags, given: readonly string[]): Walked {
  const flags = new Map<string, string>();
  let pending: { readonly name: string; readonly spec: FlagSpec } | undefined;
  let positionals = 0;
  let isText = false;
  for (const word of given) {
    const [, name = '', value] = /^--([A-Za-z][A-Za-z0-9-]*)(?:=(.*))?$/s.exec(word) ?? [];
    const spec = specs[name];
    if (pending !== undefined) {
      flags.set(pending.name, word);
      pending = undefined;
    } else if (isText || spec === undefined) {
      if (word === '--') isText = true;
      else if (!/^-[a-z]$/.test(word) && !word.startsWith('--')) positionals += 1;
    } else {
      flags.set(name, value ?? '');
      if (spec.kind !== 'switch' && value === undefined) pending = { name, spec };
    }
  }
  return { positionals, flags, pending: pending?.spec, isText };
}

function argumentAt({ args }: CommandFace, index: number): ArgumentSpec | undefined {
  const specs = Object.values(args);
  const last = specs.at(-1);
  return specs[index] ?? (last?.many === true ? last : undefined);
}

interface Place {
  readonly before: string;
  readonly as: string | undefined;
}

function wantedFor(spec: FlagSpec | ArgumentSpec, { before, as }: Place): Wanted {
  const fixed =
    ('options' in spec ? spec.options : undefined) ?? ('suggests' in spec ? spec.suggests : undefined);
  if (fixed !== undefined) return words(fixed.map((word) => ({ word: before + word, about: '' })));
  const of = completesOf(spec);
  return of === undefined ? NOTHING : { kind: 'names', of, before, as };
}

function completesOf(spec: FlagSpec | ArgumentSpec): Completes | undefined {
  if ('completes' in spec) return spec.completes;
  if (!('kind' in spec) || spec.kind !== 'text') return undefined;
  if (spec.value === 'FILE') return 'file';
  return spec.value === 'FOLDER' ? 'folder' : undefined;
}

function flagWords(specs: Flags, given: ReadonlyMap<string, string>): Suggestion[] {
  const left = Object.entries(specs).filter(([name]) => !given.has(name));
  return [
    ...left.map(([name, { summary }]) => ({ word: `--${name}`, about: summary })),
    { word: '--help', about: 'How this command is used.' },
  ];
}
