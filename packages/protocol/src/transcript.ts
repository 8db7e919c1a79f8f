/**
 * The transcript's format (spec 7): a message as a file, and where that file lies.
 *
 * A file is YAML front matter, an empty line, and then the body byte for byte, with nothing added at its end. Every
 * value in the front matter is a plain scalar of `[A-Za-z0-9._:-]`, so no name can end it and no body begin before it ends.
 */
import { fail } from './errors.ts';
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
  const lines = fields.filter(([, value]) => value !== undefined).map(([key, value]) => `${key}: ${String(value)}\n`);
  return `${START}${lines.join('')}${END}${message.body}`;
}

/**
 * Reads a message's file.
 * @throws LaliaError `verify_failed` whose message says which part is missing or wrong.
 */
export function parseMessage(text: string): Message {
  const end = text.indexOf(`\n${END}`);
  if (!text.startsWith(START) || end === -1) throw damaged('it has no front matter');
  const fields = readFields(text.slice(START.length, end + 1));
  if (fields.number('lalia') !== FORMAT) throw damaged('it has another format version');
  const common = {
    id: fields.text('id'),
    seq: fields.number('seq'),
    prev: fields.optional('prev'),
    from: fields.text('from'),
    from_id: fields.text('from_id'),
    ts: fields.number('ts'),
    nonce: fields.text('nonce'),
    sig: fields.text('sig'),
    reply_to: fields.optional('reply_to'),
    needs_answer: fields.flag('needs_answer'),
    status: fields.flag('status'),
    body: text.slice(end + 1 + END.length),
  };
  if (fields.text('at') !== new Date(common.ts).toISOString()) throw damaged('"at" and "ts" are different times');
  switch (fields.text('kind')) {
    case 'tell':
      return { kind: 'tell', ...common, to: fields.text('to'), to_id: fields.text('to_id') };
    case 'post':
      return { kind: 'post', ...common, room: fields.text('room'), room_id: fields.text('room_id') };
    default:
      throw damaged('its kind is neither tell nor post');
  }
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

interface Fields {
  text(key: string): string;
  number(key: string): number;
  optional(key: string): string | undefined;
  flag(key: string): boolean;
}

/** Front matter is read as strictly as it is written: unknown and repeated keys are damage, not variety. */
function readFields(frontMatter: string): Fields {
  const values = new Map<string, string>();
  for (const line of frontMatter.trimEnd().split('\n')) {
    const match = /^([a-z_]+): ([A-Za-z0-9._:-]+)$/.exec(line);
    const [, key = '', value = ''] = match ?? [];
    if (match === null || values.has(key)) throw damaged(`its front matter has a bad line: ${line.slice(0, 80)}`);
    values.set(key, value);
  }
  const text = (key: string): string => {
    const value = values.get(key);
    if (value === undefined) throw damaged(`"${key}" is missing`);
    return value;
  };
  return {
    text,
    optional: (key) => values.get(key),
    number: (key) => {
      const value = text(key);
      if (!/^\d{1,15}$/.test(value)) throw damaged(`"${key}" is not a number`);
      return Number(value);
    },
    flag: (key) => {
      const value = values.get(key);
      if (value !== undefined && value !== 'true') throw damaged(`"${key}" is neither true nor left out`);
      return value === 'true';
    },
  };
}

function damaged(what: string): Error {
  return fail('verify_failed', `not a message file: ${what}`);
}
