import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isLaliaError } from './errors.ts';
import { isName } from './ids.ts';
import type { Message } from './message.ts';
import { formatMessage, messagePath, parseMessage } from './transcript.ts';

const ULID_CHARACTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TOKEN_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';

const text = (characters: string, length: number) =>
  fc.string({ unit: fc.constantFrom(...characters), minLength: length, maxLength: length });
const ulid = text(ULID_CHARACTERS, 25).map((rest) => `0${rest}`);
const name = fc
  .string({ unit: fc.constantFrom(...'abYZ09._-'), minLength: 1, maxLength: 64 })
  .filter((candidate) => isName(candidate));

/** Bodies made of what could be taken for the end, or for another beginning, of front matter. */
const trickyBody = fc
  .array(
    fc.constantFrom(
      '---',
      '---\n',
      '---\n\n',
      '\n',
      '\r\n',
      '\ufeff',
      'seq: 1\n',
      'sig: x\n',
      ' ',
      '...',
      'é😀',
      '\t',
    ),
    { minLength: 1 },
  )
  .map((parts) => parts.join(''));
const body = fc.oneof(trickyBody, fc.string({ unit: 'binary', minLength: 1 }));

const common = {
  id: ulid,
  seq: fc.integer({ min: 1, max: 999_999_999 }),
  prev: fc.option(ulid, { nil: undefined }),
  from: name,
  from_id: ulid,
  ts: fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }),
  nonce: text(TOKEN_CHARACTERS, 22),
  sig: text(TOKEN_CHARACTERS, 86),
  reply_to: fc.option(ulid, { nil: undefined }),
  needs_answer: fc.boolean(),
  status: fc.boolean(),
  body,
};
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ kind: fc.constant('tell' as const), ...common, to: name, to_id: ulid }),
  fc.record({ kind: fc.constant('post' as const), ...common, room: name, room_id: ulid }),
);

const example: Message = {
  kind: 'tell',
  id: '01K0M3Z9GD8VN5QW2R7XTBCAEF',
  seq: 42,
  prev: '01K0M3Z8QH4S6JYKZ1PVNM0D9C',
  from: 'alice',
  from_id: '01K0M3YRE2T9FXB4C8G5HD7JKA',
  to: 'bob',
  to_id: '01K0M3YSVN6P1QW3ZR8MTE0XBD',
  ts: 1_752_999_999_123,
  nonce: '8Zt2mJq0yVd4sXwB6uLkCg',
  sig: 'A'.repeat(86),
  reply_to: undefined,
  needs_answer: true,
  status: false,
  body: '---\nNot front matter.\n---\n\nNo newline at the end',
};

const exampleText = `---
lalia: 1
id: 01K0M3Z9GD8VN5QW2R7XTBCAEF
seq: 42
prev: 01K0M3Z8QH4S6JYKZ1PVNM0D9C
kind: tell
from: alice
from_id: 01K0M3YRE2T9FXB4C8G5HD7JKA
to: bob
to_id: 01K0M3YSVN6P1QW3ZR8MTE0XBD
at: 2025-07-20T08:26:39.123Z
ts: 1752999999123
needs_answer: true
nonce: 8Zt2mJq0yVd4sXwB6uLkCg
sig: ${'A'.repeat(86)}
---

---
Not front matter.
---

No newline at the end`;

test('a message file is front matter, an empty line, and the body with nothing added', () => {
  expect(formatMessage(example)).toBe(exampleText);
});

test('every message reads back as it was written, whatever its body looks like', () => {
  fc.assert(
    fc.property(message, (value) => {
      expect(parseMessage(formatMessage(value))).toEqual(value);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['nothing but a fence', '---\n'],
  ['a whole other message', exampleText],
  ['Windows line ends', 'a\r\nb\r\n'],
  ['a byte order mark', '\ufeffa'],
  ['an empty line first', '\n\na'],
  ['blanks and line ends last', 'a \n\n\n'],
])('a body of %s is kept byte for byte', (_, value) => {
  expect(parseMessage(formatMessage({ ...example, body: value })).body).toBe(value);
});

test('the end of the front matter is where the body starts, for any YAML reader as well', () => {
  fc.assert(
    fc.property(message, (value) => {
      const lines = formatMessage(value).split('\n');
      const end = lines.indexOf('---', 1);
      expect(lines.slice(1, end).every((line) => /^[a-z_]+: [A-Za-z0-9._:-]+$/.test(line))).toBe(true);
      expect(lines.slice(end + 1).join('\n')).toBe(`\n${value.body}`);
    }),
  );
});

test('only one text stands for a message: what else is read is refused', () => {
  // Any edit of the front matter that is still accepted has to be the form of the message that it now says.
  const edit = fc.tuple(
    fc.nat(),
    fc.nat(3),
    fc.constantFrom('', ' ', '\n', '\r', '0', 'A', '-', '---\n', 'x: y\n', '\ufeff'),
  );
  fc.assert(
    fc.property(message, edit, (value, [place, removed, inserted]) => {
      const original = formatMessage(value);
      const at = place % (original.length - value.body.length);
      const edited = original.slice(0, at) + inserted + original.slice(at + removed);
      const parsed = readIfAccepted(edited);
      expect(parsed === undefined || formatMessage(parsed) === edited).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

const headerLines = exampleText.split('\n').slice(1, 14);

test.each(headerLines)('without its line "%s" a file is another message or none', (line) => {
  const edited = exampleText.replace(`${line}\n`, '');
  const optional = /^(prev|needs_answer): /.test(line);
  expectRefused(edited, !optional);
});

test.each(headerLines)('with its line "%s" twice a file is refused', (line) => {
  expectRefused(exampleText.replace(`${line}\n`, `${line}\n${line}\n`));
});

test.each(headerLines)('with blanks after its line "%s" a file is refused', (line) => {
  expectRefused(exampleText.replace(`${line}\n`, `${line} \n`));
});

test.each(headerLines)('with a carriage return after its line "%s" a file is refused', (line) => {
  expectRefused(exampleText.replace(`${line}\n`, `${line}\r\n`));
});

test.each([
  ['an unknown line', 'seq: 42\n', 'seq: 42\nextra: 1\n'],
  [
    'lines in another order',
    'lalia: 1\nid: 01K0M3Z9GD8VN5QW2R7XTBCAEF\n',
    'id: 01K0M3Z9GD8VN5QW2R7XTBCAEF\nlalia: 1\n',
  ],
  ['an empty line within', 'seq: 42\n', 'seq: 42\n\n'],
  ['an empty line before the end', '---\n\n---', '\n---\n\n---'],
  ['a number with a zero before it', 'seq: 42', 'seq: 042'],
  ['the number 0', 'seq: 42', 'seq: 0'],
  ['a negative number', 'seq: 42', 'seq: -42'],
  ['a number that no double holds', 'ts: 1752999999123', 'ts: 17529999991230000000'],
  ['a time that is not its ts', 'at: 2025-07-20T08:26:39.123Z', 'at: 2025-07-20T08:26:39.124Z'],
  ['a flag that is false', 'needs_answer: true', 'needs_answer: false'],
  ['another format version', 'lalia: 1', 'lalia: 2'],
  ['another kind', 'kind: tell', 'kind: shout'],
  ['the target of the other kind', 'kind: tell', 'kind: post'],
  ['a sender that is no name', 'from: alice', 'from: a--b'],
  ['a path for a sender', 'from: alice', 'from: ..'],
  ['a sender id that is no id', 'from_id: 01K0M3YRE2T9FXB4C8G5HD7JKA', 'from_id: alice'],
  ['a previous id that is no id', 'prev: 01K0M3Z8QH4S6JYKZ1PVNM0D9C', 'prev: none'],
  ['a key without its value', 'nonce: 8Zt2mJq0yVd4sXwB6uLkCg', 'nonce: '],
  ['a quoted value', 'from: alice', 'from: "alice"'],
  ['a comment', 'from: alice', 'from: alice # me'],
  ['something before the first fence', '---\nlalia', '\n---\nlalia'],
  ['a byte order mark before it', '---\nlalia', '\ufeff---\nlalia'],
])('a file with %s is refused', (_, from, to) => {
  expect(exampleText).toContain(from);
  expectRefused(exampleText.replace(from, to));
});

test.each(['', '---\n', '---\n---\n\n', '---\n\n---\n\nbody', 'body', exampleText.slice(0, 300)])(
  '%j is not a message file',
  (value) => {
    expectRefused(value);
  },
);

test.each([
  [1, 'alice', '000001-alice.md'],
  [42, 'claude-code', '000042-claude-code.md'],
  [999, 'a.b', '000999-a.b.md'],
  [1000, 'alice', '001/001000-alice.md'],
  [1999, 'alice', '001/001999-alice.md'],
  [2000, 'alice', '002/002000-alice.md'],
  [999_999, 'alice', '999/999999-alice.md'],
  [1_000_000, 'alice', '1000/1000000-alice.md'],
])('message %i from %s lies at %s', (seq, from, path) => {
  expect(messagePath(seq, from)).toBe(path);
});

test('no two sequence numbers share a path, and no path leaves its conversation', () => {
  const seq = fc.integer({ min: 1, max: 3_000_000 });
  fc.assert(
    fc.property(seq, seq, name, (a, b, from) => {
      expect(messagePath(a, from) === messagePath(b, from)).toBe(a === b);
      expect(messagePath(a, from)).toMatch(/^(\d{3,}\/)?\d{6,}-[A-Za-z0-9][^/]*\.md$/);
    }),
  );
});

function readIfAccepted(value: string): Message | undefined {
  try {
    return parseMessage(value);
  } catch (error) {
    if (isLaliaError(error) && error.reason === 'verify_failed') return undefined;
    throw error;
  }
}

/** Checks that a text is no message file; or, where that is said, that it at least is not this message. */
function expectRefused(value: string, always = true): void {
  if (always) {
    expect(() => parseMessage(value)).toThrow(expect.objectContaining({ reason: 'verify_failed' }) as Error);
  } else {
    expect(parseMessage(value)).not.toEqual(example);
  }
}
