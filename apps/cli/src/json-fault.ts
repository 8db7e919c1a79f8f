/** Where a text stops being JSON (RFC 8259). `JSON.parse` says that it is none, and only sometimes where. */

export interface JsonFault {
  /** From the beginning of the text, in UTF-16 units. */
  readonly offset: number;
  /** What is wrong there, such as `expected "," or "}"`. */
  readonly problem: string;
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /(?:true|false|null)(?![\w$])/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in a string.
const STRING = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const STRING_BEGIN = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;

/** Deeper than any plan, and not so deep that reading it could exhaust the stack. */
const MAX_DEPTH = 500;

class Fault extends Error {
  readonly offset: number;

  constructor(offset: number, problem: string) {
    super(problem);
    this.offset = offset;
  }
}

/** @returns the first fault; undefined when the text is JSON. */
export function jsonFault(text: string): JsonFault | undefined {
  try {
    new Scanner(text).document();
    return undefined;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { offset: error.offset, problem: error.message };
  }
}

/** The line and the column of an offset, both from 1, as editors count them. */
export function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split(/\r\n|\n|\r/);
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    this.#value(0);
    this.#take(SPACE);
    if (this.#at < this.#text.length) throw this.#fault('something follows the end of the document');
  }

  #value(depth: number): void {
    this.#take(SPACE);
    if (depth > MAX_DEPTH) throw this.#fault('it is nested too deeply');
    if (this.#is('{')) this.#members('}', () => this.#member(depth));
    else if (this.#is('[')) this.#members(']', () => this.#value(depth + 1));
    else if (this.#is('"')) this.#string();
    else if (!this.#take(WORD) && !this.#take(NUMBER)) throw this.#fault('expected a value');
  }

  #members(end: '}' | ']', member: () => void): void {
    this.#at += 1;
    this.#take(SPACE);
    if (this.#skip(end)) return;
    do {
      member();
      this.#take(SPACE);
      if (this.#skip(end)) return;
    } while (this.#skip(','));
    throw this.#fault(`expected "," or "${end}"`);
  }

  #member(depth: number): void {
    this.#take(SPACE);
    if (!this.#is('"')) throw this.#fault('expected a key in double quotes');
    this.#string();
    this.#take(SPACE);
    if (!this.#skip(':')) throw this.#fault('expected ":"');
    this.#value(depth + 1);
  }

  #string(): void {
    if (this.#take(STRING)) return;
    this.#take(STRING_BEGIN);
    throw this.#fault('this string does not end, or holds a character that must be escaped');
  }

  #is(character: string): boolean {
    return this.#text[this.#at] === character;
  }

  #skip(character: string): boolean {
    if (!this.#is(character)) return false;
    this.#at += 1;
    return true;
  }

  /** Takes what a sticky pattern matches here. */
  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const [matched] = pattern.exec(this.#text) ?? [];
    this.#at += matched?.length ?? 0;
    return matched !== undefined;
  }

  #fault(problem: string): Fault {
    const ending = this.#at >= this.#text.length ? ', and here the text ends' : '';
    return new Fault(this.#at, problem + ending);
  }
}
