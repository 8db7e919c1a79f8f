/** What a person types into a search, as the terms of the protocol. */
import type { Params } from '@lalia/protocol';

/** A word or a phrase, as the protocol has it. */
type Term = Params<'search'>['terms'][number];

/** A phrase, also one without an end, with a star right behind it; or a word. */
const TERM = /"([^"]*)(?:"(\*?)|$)|([^\s"]+)/g;

/**
 * Reads a query: words, `"phrases"`, and `word*` for all words that begin so. No query is wrong; one without a term has no hit.
 */
export function searchTerms(query: string): Term[] {
  return [...query.matchAll(TERM)]
    .map(([, phrase, star, word]) => (word === undefined ? term(phrase ?? '', star === '*') : ofWord(word)))
    .filter(({ text }) => text.trim() !== '');
}

function ofWord(word: string): Term {
  const isPrefix = word.endsWith('*');
  return term(isPrefix ? word.replace(/\*+$/, '') : word, isPrefix);
}

function term(text: string, isPrefix: boolean): Term {
  return isPrefix ? { text, prefix: true } : { text };
}
