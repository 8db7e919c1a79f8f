/**
 * What a command is: one object, read by both drivers, by the help and by the pinned snapshot of the command line.
 * `run` decides and never prints; `render` is pure and turns its result into text.
 */
import type { Session } from './session.ts';

/** The sections of `lalia help`, in order: what one wants to do. */
export const GROUPS = [
  'Talk',
  'Look',
  'Rooms',
  'Tasks',
  'Harnesses',
  'Who is who',
  'The daemon',
  'Shell',
] as const;

/** What a word may name, for completion: `conversation` is an agent or a room. */
export type Completes = 'agent' | 'room' | 'conversation' | 'task' | 'nickname' | 'file' | 'folder';

export interface ArgumentSpec {
  readonly summary: string;
  readonly optional?: true;
  /** The words that it takes, where there are only so many. */
  readonly options?: readonly string[];
  /** Words for completion, where it says itself what it takes. */
  readonly suggests?: readonly string[];
  readonly completes?: Completes;
  /** What to do instead, for who left it out: a sentence before the usage. */
  readonly instead?: string;
  /** Takes all words that are left, at least one; only the last argument can. */
  readonly many?: true;
  /** Stands after `--`, so that nothing in it is taken for a flag. */
  readonly afterDashes?: true;
}

/** A value is converted by its kind, so that a command sees numbers and milliseconds, not text. */
export type FlagSpec = {
  readonly summary: string;
} /** `short` is one letter that stands for it after a single dash. */ & (
  | { readonly kind: 'switch'; readonly short?: 'd' | 'f' }
  | { readonly kind: 'text'; readonly value: string; readonly completes?: Completes }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  /** Given in days, as `30` or `30d`, with decimals; a command sees milliseconds. */
  | { readonly kind: 'days' }
  /** Given in seconds, with decimals; a command sees milliseconds. */
  | { readonly kind: 'seconds' }
  | { readonly kind: 'count'; readonly short?: 'n'; readonly min: number; readonly max: number }
  | { readonly kind: 'ulid' }
);

export type Arguments = Readonly<Record<string, ArgumentSpec>>;
export type Flags = Readonly<Record<string, FlagSpec>>;

export type ArgumentValues<A extends Arguments> = {
  readonly [K in keyof A]: A[K] extends { readonly many: true }
    ? readonly WordOf<A[K]>[]
    : A[K] extends { readonly optional: true }
      ? WordOf<A[K]> | undefined
      : WordOf<A[K]>;
};

type WordOf<S extends ArgumentSpec> = S extends { readonly options: readonly (infer Option)[] }
  ? Option
  : string;

type FlagValue<F extends FlagSpec> = F extends { readonly kind: 'switch' }
  ? boolean
  : F extends { readonly kind: 'seconds' | 'days' | 'count' }
    ? number | undefined
    : F extends { readonly kind: 'choice'; readonly options: readonly (infer Option)[] }
      ? Option | undefined
      : string | undefined;

export type FlagValues<F extends Flags> = { readonly [K in keyof F]: FlagValue<F[K]> };

/** What every command takes. */
export const COMMON_FLAGS = {
  as: {
    kind: 'text',
    value: 'NAME',
    completes: 'agent',
    summary: 'Who is calling, where it is not clear from the terminal.',
  },
  json: { kind: 'switch', summary: 'Print one JSON document.' },
  'no-color': { kind: 'switch', summary: 'No colours, also on a terminal.' },
} as const satisfies Flags;

export interface CommonFlags {
  readonly as: string | undefined;
  readonly json: boolean;
  /** Whether colours are asked to stay away. */
  readonly noColor: boolean;
}

/** A command line, parsed: what both drivers have to agree on. */
export interface Input {
  readonly args: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly flags: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly common: CommonFlags;
}

/** What a rendering may depend on besides the result. */
export interface View {
  readonly nowMs: number;
  /** Whether a person's terminal shows it; elsewhere bytes go out as they are. */
  readonly terminal: boolean;
  /** Whether it may be coloured; never off a terminal. */
  readonly color?: boolean;
}

export interface Context<A extends Arguments, F extends Flags> {
  readonly args: ArgumentValues<A>;
  readonly flags: FlagValues<F>;
  readonly session: Session;
}

export interface Example {
  readonly does: string;
  readonly line: string;
}

/** What help, snapshot and parser read. */
export interface CommandFace {
  /** The words that call it, as `room create`. */
  readonly name: string;
  readonly group: (typeof GROUPS)[number];
  readonly summary: string;
  /** In the order of the command line. */
  readonly args: Arguments;
  /** Without the common ones. */
  readonly flags: Flags;
  /** The flag that a word too many was probably meant for. */
  readonly surplus?: string;
  readonly examples: readonly Example[];
}

export interface Definition<A extends Arguments, F extends Flags, R> extends CommandFace {
  readonly args: A;
  readonly flags: F;
  readonly run: (context: Context<A, F>) => Promise<R>;
  readonly render: (result: R, view: View) => string;
  /** The document of `--json`, where the result has more in it than programs should see. */
  readonly document?: (result: R) => unknown;
}

/** What a command gives to be printed: the document of `--json`, or text. */
export interface Output {
  /** `undefined` where everything is printed already. */
  readonly document: unknown;
  readonly text: (view: View) => string;
}

/** A command as the drivers hold it, whatever its arguments and its result. */
export interface Command extends CommandFace {
  readonly run: (input: Input, session: Session) => Promise<Output>;
}

/** Makes a command from its definition. */
export function command<const A extends Arguments, const F extends Flags, R>(
  definition: Definition<A, F, R>,
): Command {
  const { run, render, document, ...face } = definition;
  return {
    ...face,
    run: async (input, session) => {
      // The parser read the same specs, so the values have the types that the specs say.
      const args = input.args as ArgumentValues<A>;
      const flags = input.flags as FlagValues<F>;
      const result = await run({ args, flags, session });
      return { document: document ? document(result) : result, text: (view) => render(result, view) };
    },
  };
}

/** The command line of a command in one line, as help and errors show it. */
export function usageOf(face: CommandFace): string {
  const usage = (isLast: boolean): string[] =>
    Object.entries(face.args)
      .filter(([, spec]) => (spec.afterDashes === true) === isLast)
      .map(([name, spec]) => argumentUsage(name, spec));
  const flags = Object.entries(face.flags).map(([name, spec]) => `[${flagUsage(name, spec)}]`);
  return ['lalia', face.name, ...usage(false), ...flags, ...usage(true)].join(' ');
}

/** An argument as usages name it. */
export function argumentUsage(name: string, { optional, many, afterDashes }: ArgumentSpec): string {
  const word = `${afterDashes ? '-- ' : ''}<${name}>${many ? '...' : ''}`;
  return optional ? `[${word}]` : word;
}

/** A flag with the placeholder of its value. */
export function flagUsage(name: string, spec: FlagSpec): string {
  const value = placeholderOf(spec);
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

/** The letter that stands for a flag, if there is one. */
export function shortOf(spec: FlagSpec): 'd' | 'f' | 'n' | undefined {
  return 'short' in spec ? spec.short : undefined;
}

/** What stands for a flag's value; none for a switch. */
export function placeholderOf(spec: FlagSpec): string | undefined {
  switch (spec.kind) {
    case 'switch':
      return undefined;
    case 'text':
      return spec.value;
    case 'choice':
      return spec.options.join('|');
    case 'seconds':
      return 'SECONDS';
    case 'days':
      return 'DAYS';
    case 'count':
      return 'N';
    case 'ulid':
      return 'ID';
  }
}
