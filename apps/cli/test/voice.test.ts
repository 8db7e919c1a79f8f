/** All that the tool says, in one voice: whole sentences that say what is or what to do, without ornament. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERRORS } from '@lalia/client';
import { expect, test } from 'vitest';
import { type ArgumentSpec, COMMON_FLAGS, type CommandFace, type FlagSpec } from '../src/command.ts';
import { ALL_COMMANDS } from '../src/commands/index.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** A sentence begins with a capital, a number, a sign or a name as it is typed, and ends with a stop. */
const SENTENCE = /^[^a-z].*[.?]$/su;
const NAME_FIRST = /^(?:lalia|git|human|opencode|docs\/\S+)\b.*\.$/su;
/** What is wrong with params begins with the place, as the daemon tells of all of them. */
const PLACE_FIRST = /^[a-z_]+: /;
const ORNAMENT = /\b(?:please|sorry|oops)\b|!(?!=)|\b(?:can't|don't|doesn't|won't|isn't|couldn't)\b|\.\.\.$/i;

function unlike(sentences: readonly string[]): string[] {
  return sentences.filter(
    (sentence) =>
      ![SENTENCE, NAME_FIRST, PLACE_FIRST].some((form) => form.test(sentence)) || ORNAMENT.test(sentence),
  );
}

test('commands, arguments and flags are told in sentences', () => {
  const faces: readonly Pick<CommandFace, 'summary' | 'args' | 'flags'>[] = ALL_COMMANDS;
  const specs: (ArgumentSpec | FlagSpec)[] = [
    ...Object.values(COMMON_FLAGS),
    ...faces.flatMap(({ args }): ArgumentSpec[] => Object.values(args)),
    ...faces.flatMap(({ flags }): FlagSpec[] => Object.values(flags)),
  ];
  const said = [...faces, ...specs].map(({ summary }) => summary);
  expect(unlike(said)).toEqual([]);
});

test('what an example does begins with a capital and has no stop: its line follows', () => {
  const said = ALL_COMMANDS.flatMap(({ examples }) => examples.map(({ does }) => does));
  expect(said.filter((does) => !/^[A-Z~].*[^.:!]$/.test(does))).toEqual([]);
});

test('hints of the reasons are sentences', () => {
  expect(unlike(Object.values(ERRORS).map(({ hint }) => hint))).toEqual([]);
});

test('errors and their hints are sentences, wherever they are written', () => {
  const said = sources().flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    const messages = [...text.matchAll(/\bfail\(\s*'[a-z_]+',\s*'((?:[^'\\\n]|\\.)*)'/g)];
    const hints = [...text.matchAll(/\bhint:\s*'((?:[^'\\\n]|\\.)*)'\s*[,}]/g)];
    return [...messages, ...hints].map(([, sentence = '']) => sentence.replaceAll("\\'", "'"));
  });
  expect(said.length).toBeGreaterThan(80);
  expect(unlike(said)).toEqual([]);
});

/** All our sources that may tell an error. */
function sources(): string[] {
  return ['packages', 'apps'].flatMap((folder) =>
    readdirSync(join(ROOT, folder)).flatMap((name) => {
      const src = join(ROOT, folder, name, 'src');
      return readdirSync(src, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
        .map((file) => join(src, file));
    }),
  );
}
