/** A harness's command line as far as Lalia has to understand it: where it says what the model is told. */

/** The options of one harness that take a value; of all others a following word is taken for a word of its own. */
export type ValueOptions = ReadonlySet<string>;

/** @returns the indexes of the words that are neither options nor their values. */
export function wordsOf(args: readonly string[], valueOptions: ValueOptions): readonly number[] {
  const found: number[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] as string;
    if (arg === '--') return [...found, ...args.keys().drop(index + 1)];
    if (!arg.startsWith('-') || arg === '-') found.push(index);
    else if (valueOptions.has(arg)) index += 1;
  }
  return found;
}

/** Whether an option is among the arguments, as `--name value` or `--name=value`. */
export function hasOption(args: readonly string[], names: readonly string[]): boolean {
  return locate(args, names) !== undefined;
}

/**
 * Puts a text before what an option already says, or adds the option in front.
 * @param names the option's spellings; the first one is used to add it.
 */
export function prefixOption(args: readonly string[], names: readonly string[], text: string): string[] {
  const place = locate(args, names);
  const [name = ''] = names;
  if (place === undefined) return [name, text, ...args];
  const { index, inline } = place;
  const at = inline === undefined ? index + 1 : index;
  const value = inline === undefined ? args[at] : inline.value;
  if (value === undefined) return [...args, text];
  const joined = `${text}\n\n${value}`;
  return args.with(at, inline === undefined ? joined : `${inline.name}=${joined}`);
}

export interface FirstPrompt {
  /** Options that carry a prompt; the first one is used to add it, a word of its own where there is none. */
  readonly options: readonly string[];
  readonly valueOptions: ValueOptions;
  readonly text: string;
}

/** Puts a text before the first prompt that the arguments have, or makes it the first prompt. */
export function prefixFirstPrompt(
  args: readonly string[],
  { options, valueOptions, text }: FirstPrompt,
): string[] {
  if (hasOption(args, options)) return prefixOption(args, options, text);
  const [first] = wordsOf(args, valueOptions);
  if (first !== undefined) return args.with(first, `${text}\n\n${args[first] ?? ''}`);
  const [option] = options;
  return option === undefined ? [...args, text] : [option, text, ...args];
}

interface Place {
  readonly index: number;
  /** Of `--name=value`. */
  readonly inline: { readonly name: string; readonly value: string } | undefined;
}

function locate(args: readonly string[], names: readonly string[]): Place | undefined {
  for (const [index, arg] of args.entries()) {
    if (arg === '--') return undefined;
    if (names.includes(arg)) return { index, inline: undefined };
    const name = names.find((each) => each.startsWith('--') && arg.startsWith(`${each}=`));
    if (name !== undefined) return { index, inline: { name, value: arg.slice(name.length + 1) } };
  }
  return undefined;
}
