import { describe, expect, it } from 'vitest';
import { prefixFirstPrompt, prefixOption, wordsOf } from './arguments.ts';

const VALUES = new Set(['-m', '--model']);

it.each([
  [['fix it'], [0]],
  [['--model', 'x', 'fix it'], [2]],
  [['--model=x', 'fix it'], [1]],
  [
    ['-v', '--', '--model', '-x'],
    [2, 3],
  ],
  [['--unknown', 'word'], [1]],
  [[], []],
])('the words of %j are at %j', (args, indexes) => {
  expect(wordsOf(args, VALUES)).toEqual(indexes);
});

describe('a text before what an option says', () => {
  it.each([
    [[], ['--p', 'role']],
    [['-v'], ['--p', 'role', '-v']],
    [
      ['-v', '--p', 'mine'],
      ['-v', '--p', 'role\n\nmine'],
    ],
    [['--p=mine'], ['--p=role\n\nmine']],
    [['--p'], ['--p', 'role']],
    [
      ['--', '--p', 'x'],
      ['--p', 'role', '--', '--p', 'x'],
    ],
  ])('of %j makes %j', (args, joined) => {
    expect(prefixOption(args, ['--p', '-p'], 'role')).toEqual(joined);
  });
});

describe('a first prompt', () => {
  const prefixed = (args: string[], options: string[]) =>
    prefixFirstPrompt(args, { options, valueOptions: VALUES, text: 'role' });

  it('goes before the person’s own, wherever that is', () => {
    expect(prefixed(['-m', 'x', 'mine'], ['-i'])).toEqual(['-m', 'x', 'role\n\nmine']);
    expect(prefixed(['-p', 'mine'], ['-i', '-p'])).toEqual(['-p', 'role\n\nmine']);
  });

  it('is given by the option, or as a word, where there is none', () => {
    expect(prefixed(['-m', 'x'], ['-i'])).toEqual(['-i', 'role', '-m', 'x']);
    expect(prefixed(['-m', 'x'], [])).toEqual(['-m', 'x', 'role']);
  });
});
