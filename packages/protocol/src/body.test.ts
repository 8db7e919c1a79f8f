import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bodyFromBytes, checkBody } from './body.ts';
import { isLaliaError, type LaliaError } from './errors.ts';
import { encodeLine } from './framing.ts';
import { MAX_BODY_BYTES, MAX_ENCODED_BODY_BYTES } from './limits.ts';

/** What a body is refused with; undefined when it is taken. */
function refusal(body: string | Uint8Array): LaliaError | undefined {
  try {
    if (typeof body === 'string') checkBody(body);
    else bodyFromBytes(body);
    return undefined;
  } catch (error) {
    if (isLaliaError(error)) return error;
    throw error;
  }
}

test.each([
  ['one character', 'a', undefined],
  ['only blanks', ' \n', undefined],
  ['exactly 1 MiB', 'a'.repeat(MAX_BODY_BYTES), undefined],
  ['exactly 1 MiB of characters of two bytes', 'é'.repeat(MAX_BODY_BYTES / 2), undefined],
  ['exactly 1 MiB of quotes, which JSON doubles', '"'.repeat(MAX_BODY_BYTES), undefined],
  ['one byte over 1 MiB', 'a'.repeat(MAX_BODY_BYTES + 1), 'message_too_large'],
  ['1 MiB in characters but more in bytes', 'é'.repeat(MAX_BODY_BYTES / 2 + 1), 'message_too_large'],
  ['nothing', '', 'empty_body'],
  ['a NUL', 'a\0b', 'body_has_nul'],
  ['a lone surrogate', 'a\ud800', 'invalid_utf8'],
  ['a byte order mark', '\ufeff', undefined],
])('a body of %s', (_, body, reason) => {
  expect(refusal(body)?.reason).toBe(reason);
});

test.each([
  ['a byte that never occurs', Uint8Array.of(0x61, 0xff), 'invalid_utf8'],
  ['a character cut off', Uint8Array.of(0xe2, 0x82), 'invalid_utf8'],
  ['a surrogate', Uint8Array.of(0xed, 0xa0, 0x80), 'invalid_utf8'],
  ['a NUL', Uint8Array.of(0), 'body_has_nul'],
  ['nothing', Uint8Array.of(), 'empty_body'],
])('bytes with %s', (_, bytes, reason) => {
  expect(refusal(bytes)?.reason).toBe(reason);
});

test('control characters are refused exactly when their JSON form is too long', () => {
  // Two quotes, and six bytes for each character.
  const most = Math.floor((MAX_ENCODED_BODY_BYTES - 2) / 6);
  expect(refusal('\x01'.repeat(most))).toBeUndefined();
  expect(refusal('\x01'.repeat(most + 1))?.reason).toBe('message_too_large');
  expect(refusal('\n'.repeat(MAX_BODY_BYTES))).toBeUndefined();
});

test('every accepted body fits a line, whatever stands around it', () => {
  const most = Math.floor((MAX_ENCODED_BODY_BYTES - 2) / 6);
  const around = { text: 'x'.repeat(60 * 1024) };
  for (const body of [
    '\x01'.repeat(most),
    '"'.repeat(MAX_BODY_BYTES),
    '€'.repeat(Math.floor(MAX_BODY_BYTES / 3)),
  ])
    expect(encodeLine({ ...around, body })).toContain('"body"');
});

test('what is decoded from bytes is those bytes again, byte order mark and line ends included', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.constantFrom('', '\ufeff'), (text, start) => {
      const body = start + text.replaceAll('\0', '\r\n');
      expect(bodyFromBytes(new TextEncoder().encode(body))).toBe(body);
    }),
  );
});

test('the size and the limit are in the context of the error', () => {
  const refused = refusal('a'.repeat(MAX_BODY_BYTES + 1));
  expect(refused?.context).toEqual({ bytes: MAX_BODY_BYTES + 1, max_bytes: MAX_BODY_BYTES });
});
