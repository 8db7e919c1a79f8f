import { expect, test } from 'vitest';
import { searchTerms } from './search-terms.ts';

test.each([
  ['two words', [{ text: 'two' }, { text: 'words' }]],
  ['"exit code" 2', [{ text: 'exit code' }, { text: '2' }]],
  [
    'pars* "open soc"*',
    [
      { text: 'pars', prefix: true },
      { text: 'open soc', prefix: true },
    ],
  ],
  ['an "open phrase', [{ text: 'an' }, { text: 'open phrase' }]],
  ['NEAR(a b) OR -c:d', [{ text: 'NEAR(a' }, { text: 'b)' }, { text: 'OR' }, { text: '-c:d' }]],
  ['a"b"c', [{ text: 'a' }, { text: 'b' }, { text: 'c' }]],
  ['  "" * " "', []],
])('%j is read as its words and phrases', (query, terms) => {
  expect(searchTerms(query)).toEqual(terms);
});
