/**
 * The transcript's format (spec 7): a message as a file, and where that file lies.
 *
 * A file is YAML front matter, an empty line, and then the body byte for byte, with nothing added at its end. Every
 * value in the front matter is a plain scalar of `[A-Za-z0-9._:-]`, so no name can end it and no body begin before it ends.
 */
import { fail } from './errors.ts';
import { isName, isUlid, type Ulid } from './ids.ts';
import type { Message } from './message.ts';

/** Messages in one folder. A git tree is written anew for each commit, so its size must not grow with history. */
const FOLDER_SIZE = 1000;
const FORMAT = 1;
const START = '---\n';
const END = '---\n\n';

/**
 * The path of a message below its conversation's folder: `000042-alice.md`, and from the thousandth on in a folder of
 * a thousand: `001/001000-alice.md`.
 */
export function messagePath(seq: number, from: string): string {
  const file = `${String(seq).padStart(6, '0')}-${from}.md`;
  return seq < FOLDER_SIZE ? file : `${String(Math.floor(seq / FOLDER_SIZE)).padStart(3, '0')}/${file}`;
}

/** The text of a message's file. */
export function formatMessage(message: Message): string {
  const fields: [string, string | number | boolean | undefined][] = [
    ['lalia', FORMAT],
    ['id', message.id],
    ['seq', message.seq],
    ['prev', message.prev],
    ['kind', message.kind],
    ['from', message.from],
    ['from_id', message.from_id],
    ...targetFields(message),
    ['at', new Date(message.ts).toISOString()],
    ['ts', message.ts],
    ['reply_to', message.reply_to],
    ['needs_answer', message.needs_answer || undefined],
    ['status', message.status || undefined],
    ['nonce', message.nonce],
    ['sig', message.sig],
  ];
  const lines = fields
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${String(value)}\n`);
  return `${START}${lines.join('')}${END}${message.body}`;
}

/**
 * Reads a message's file. Only what `formatMessage` writes is accepted, so one message has one text and an edit of any
 * line shows, also of those that no signature covers.
 * @throws LaliaError `verify_failed` whose message says which part is missing or wrong.
 */
export function parseMessage(text: string): Message {
  const end = text.indexOf(`\n${END}`);
  if (!text.startsWith(START) || end === -1) throw damaged('it has no front matter');
  const fields = readFields(text.slice(START.length, end));
  if (fields.number('lalia') !== FORMAT) throw damaged('it has another format version');
  const message = readMessage(fields, text.slice(end + 1 + END.length));
  if (fields.text('at') !== new Date(message.ts).toISOString())
    throw damaged('"at" and "ts" are different times');
  if (formatMessage(message) !== text) throw damaged('its front matter is not in the form that Lalia writes');
  return message;
}

function readMessage(fields: Fields, body: string): Message {
  const kind = fields.text('kind');
  if (kind !== 'tell' && kind !== 'post') throw damaged('its kind is neither tell nor post');
  const common = {
    id: fields.id('id'),
    seq: fields.position('seq'),
    prev: fields.optionalId('prev'),
    from: fields.name('from'),
    from_id: fields.id('from_id'),
    ts: fields.number('ts'),
    nonce: fields.text('nonce'),
    sig: fields.text('sig'),
    reply_to: fields.optionalId('reply_to'),
    needs_answer: fields.flag('needs_answer'),
    status: fields.flag('status'),
    body,
  };
  return kind === 'tell'
    ? { kind, ...common, to: fields.name('to'), to_id: fields.id('to_id') }
    : { kind, ...common, room: fields.name('room'), room_id: fields.id('room_id') };
}

function targetFields(message: Message): [string, string][] {
  return message.kind === 'tell'
    ? [
        ['to', message.to],
        ['to_id', message.to_id],
      ]
    : [
        ['room', message.room],
        ['room_id', message.room_id],
      ];
}

/** The lines of a front matter, each asked for as what it has to be. */
class Fields {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  text(key: string): string {
    const value = this.#values.get(key);
    if (value === undefined) throw damaged(`"${key}" is missing`);
    return value;
  }

  number(key: string): number {
    const value = this.text(key);
    if (!/^\d{1,15}$/.test(value)) throw damaged(`"${key}" is not a number`);
    return Number(value);
  }

  position(key: string): number {
    const value = this.number(key);
    if (value === 0) throw damaged(`"${key}" is 0`);
    return value;
  }

  name(key: string): string {
    const value = this.text(key);
    if (!isName(value)) throw damaged(`"${key}" is not a name`);
    return value;
  }

  id(key: string): Ulid {
    const value = this.text(key);
    if (!isUlid(value)) throw damaged(`"${key}" is not an id`);
    return value;
  }

  optionalId(key: string): Ulid | undefined {
    return this.#values.has(key) ? this.id(key) : undefined;
  }

  flag(key: string): boolean {
    const value = this.#values.get(key);
    if (value !== undefined && value !== 'true') throw damaged(`"${key}" is neither true nor left out`);
    return value === 'true';
  }
}

function readFields(frontMatter: string): Fields {
  const values = new Map<string, string>();
  for (const line of frontMatter.split('\n')) {
    const match = /^([a-z_]+): ([A-Za-z0-9._:-]+)$/.exec(line);
    const [, key = '', value = ''] = match ?? [];
    if (match === null || values.has(key))
      throw damaged(`its front matter has a bad line: ${line.slice(0, 80)}`);
    values.set(key, value);
  }
  return new Fields(values);
}

function damaged(what: string): Error {
  return fail('verify_failed', `not a message file: ${what}`);
}
