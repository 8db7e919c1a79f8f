/**
 * `lalia __complete SHELL WORDS…`, which the shells' scripts call at each press of the key. It says what kind of word is wanted, what is
 * typed of it, and the words; nothing where it cannot know, since a person who completes has asked for no errors.
 */
import { oneLine } from '@lalia/client';
import { ALL_COMMANDS } from './commands/index.ts';
import { names } from './completion/names.ts';
import { shellLine } from './completion/shell-line.ts';
import { type Suggestion, suggest } from './completion/suggest.ts';
import { print } from './output.ts';

/**
 * @param argv `__complete`, the shell, and for bash its line as far as the cursor, for others the words after `lalia`.
 * @returns the exit code.
 */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    await print(await answer(argv.slice(1)));
  } catch {
    // See above: also a daemon that does not answer, or one of another version, only means no names.
  }
  return 0;
}

async function answer([shell, ...words]: readonly string[]): Promise<string> {
  const line = shell === 'bash' ? shellLine(words[0] ?? '') : undefined;
  const done = line === undefined ? words.slice(0, -1) : line.done.slice(1);
  const current = line?.current ?? words.at(-1) ?? '';
  const wanted = suggest(ALL_COMMANDS, done, current);
  if (wanted.kind === 'words') return listed('words', current, wanted.words);
  const { of, before, as } = wanted;
  if (of === 'file' || of === 'folder') return listed(of, current, []);
  const found = await names({ of, as, typed: current.slice(before.length) });
  return listed(
    'words',
    current,
    found.map(({ word, about }) => ({ word: before + word, about })),
  );
}

function listed(kind: 'words' | 'file' | 'folder', current: string, found: readonly Suggestion[]): string {
  const matching = found.filter(({ word }) => word.startsWith(current));
  const lines = matching.map(({ word, about }) => `${oneLine(word)}\t${oneLine(about)}`);
  return `${[kind, oneLine(current), ...new Set(lines)].join('\n')}\n`;
}
