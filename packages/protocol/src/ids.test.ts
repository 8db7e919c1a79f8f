import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HUMAN, isName, isUlid, ulidSource } from './ids.ts';

test.each([
  ['a', true],
  ['7', true],
  ['claude-code', true],
  ['v1.2_x-', true],
  ['a'.repeat(64), true],
  [HUMAN, true],
  ['a'.repeat(65), false],
  ['', false],
  ['a--b', false],
  ['a---b', false],
  ['a--', false],
  ['-a', false],
  ['.git', false],
  ['_a', false],
  ['..', false],
  ['../../x', false],
  ['a/b', false],
  [String.raw`a\b`, false],
  ['a b', false],
  ['a\n', false],
  ['a\0', false],
  ['a@b', false],
  ['a:b', false],
  // Lookalikes: a Cyrillic а, a fullwidth a, an accent as its own character, a non-breaking hyphen, an invisible space.
  ['аlice', false],
  ['ａlice', false],
  ['e\u0301', false],
  ['a\u2011b', false],
  ['a\u200bb', false],
])('whether %j is a name: %s', (text, expected) => {
  expect(isName(text)).toBe(expected);
});

test('a name is safe as one segment of a path and in a line of front matter', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'aZ0._-/\\:~ \n"'), minLength: 1, maxLength: 66 }),
      (text) => {
        expect(!isName(text) || /^[A-Za-z0-9](?!.*--)[A-Za-z0-9._-]{0,63}$/.test(text)).toBe(true);
      },
    ),
    { numRuns: 2000 },
  );
});

test.each([
  ['01ARZ3NDEKTSV4RRFFQ69G5FAV', true],
  ['7ZZZZZZZZZZZZZZZZZZZZZZZZZ', true],
  ['00000000000000000000000000', true],
  // More than 128 bits.
  ['8ZZZZZZZZZZZZZZZZZZZZZZZZZ', false],
  ['01arz3ndektsv4rrffq69g5fav', false],
  ['01ARZ3NDEKTSV4RRFFQ69G5FA', false],
  ['01ARZ3NDEKTSV4RRFFQ69G5FAVX', false],
  // I, L, O and U are not in Crockford's alphabet.
  ['01ARZ3NDEKTSV4RRFFQ69G5FAI', false],
  ['01ARZ3NDEKTSV4RRFFQ69G5FAL', false],
  ['01ARZ3NDEKTSV4RRFFQ69G5FAO', false],
  ['01ARZ3NDEKTSV4RRFFQ69G5FAU', false],
  ['01ARZ3NDEKTSV4RRFFQ69G5FAV\n', false],
  ['', false],
])('whether %j is a ULID: %s', (text, expected) => {
  expect(isUlid(text)).toBe(expected);
});

test('ids rise also within one millisecond and when the clock goes back', () => {
  const clock = [1000, 1000, 1000, 999, 1, 1001, 5000, 4999];
  let tick = 0;
  const next = ulidSource(() => clock[tick++] ?? 0);
  const ids = clock.map(() => next());
  expect(ids.every(isUlid)).toBe(true);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});
