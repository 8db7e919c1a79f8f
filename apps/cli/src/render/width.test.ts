import { expect, test } from 'vitest';
import { table } from './table.ts';
import { widthOf, wrap } from './width.ts';

test.each([
  ['', 0],
  ['codex@shop', 10],
  ['grüße', 5],
  ['e\u0301', 1],
  ['你好', 4],
  ['日本語テスト', 12],
  ['한국어', 6],
  ['ＡＢ', 4],
  ['👋', 2],
  ['👩‍👧', 2],
  ['🇩🇪', 2],
  ['❤️', 2],
  ['a\u200bb', 2],
  ['·…–', 3],
])('%j takes %i columns', (text, columns) => {
  expect(widthOf(text)).toBe(columns);
});

test('columns of a table stand below each other, whatever the characters', () => {
  const lines = table([
    ['NAME', 'ABOUT', 'END'],
    ['a', '你好 👋', 'x'],
    ['b', 'plain', 'x'],
  ]).split('\n');
  expect(lines).toEqual(['NAME  ABOUT    END', 'a     你好 👋  x', 'b     plain    x', '']);
});

test('a text is broken between words, and a word is never cut', () => {
  expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
  expect(wrap('a-word-that-is-longer and more', 8)).toEqual(['a-word-that-is-longer', 'and more']);
  expect(wrap('', 8)).toEqual(['']);
});
