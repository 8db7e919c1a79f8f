/**
 * The driver of everything: oclif finds the command, and shows help and versions. It is slower to load than what most
 * commands do, so the message loop has its own (fast.ts).
 */
import { fileURLToPath } from 'node:url';
import { fail } from '@lalia/client';
import { Config, settings } from '@oclif/core';
import type { Command } from './command.ts';
import { ALL_COMMANDS } from './commands/index.ts';
import { helpDocument, LaliaHelp } from './help.ts';
import { nearest } from './nearest.ts';
import { idOf, type OclifCommand, oclifCommand } from './oclif-command.ts';
import { ignoreErrors, print } from './output.ts';
import { asksForHelp, asksForJson } from './parse.ts';
import { jsonText } from './render/json.ts';
import { oneLine } from './render/visible.ts';
import { report } from './report.ts';

/** What oclif discovers (`oclif.commands` in package.json). */
export const COMMANDS: Readonly<Record<string, OclifCommand>> = Object.fromEntries(
  ALL_COMMANDS.map((command) => [idOf(command.name), oclifCommand(command)]),
);

/**
 * Runs a command line.
 * @param argv the words after `lalia`.
 * @returns the exit code.
 */
export async function main(argv: readonly string[]): Promise<number> {
  ignoreErrors(process.stdout);
  try {
    return await dispatch(argv);
  } catch (error) {
    return report(error, { json: asksForJson(argv) });
  }
}

// oclif would look for TypeScript sources of its commands when NODE_ENV says `development` or `test`.
settings.enableAutoTranspile = false;

async function dispatch(argv: readonly string[]): Promise<number> {
  const config = await Config.load({ root: fileURLToPath(new URL('..', import.meta.url)) });
  if (argv[0] === '--version') {
    await print(`lalia ${config.version}\n`);
    return 0;
  }
  const isHelp = argv.length === 0 || argv[0] === 'help' || asksForHelp(argv);
  const words = argv[0] === 'help' ? argv.slice(1) : argv;
  const command = commandOf(words);
  if (isHelp || (command === undefined && isTopic(words))) {
    const subject = words.filter((word) => !word.startsWith('-'));
    if (command === undefined && subject.length > 0 && !isTopic(words)) throw unknownCommand(words);
    if (asksForJson(argv)) await print(jsonText(helpDocument(commandsOf(command, subject))));
    else
      await new LaliaHelp(config).showHelp(
        subject.length === 0 ? [] : [idOf(command?.name ?? subject.join(' '))],
      );
    return 0;
  }
  if (command === undefined) throw unknownCommand(words);
  return config.runCommand<number>(idOf(command.name), words.slice(command.name.split(' ').length));
}

/** The command that a line begins with; of `rooms` and `rooms gc` the longer one, where both do. */
export function commandOf(words: readonly string[]): Command | undefined {
  return ALL_COMMANDS.filter(({ name }) => name.split(' ').every((word, index) => words[index] === word))
    .toSorted((a, b) => b.name.length - a.name.length)
    .at(0);
}

/** What help is asked for: one command, those of a topic, or all. */
function commandsOf(command: Command | undefined, topic: readonly string[]): readonly Command[] {
  if (command !== undefined) return [command];
  return ALL_COMMANDS.filter(({ name }) => topic.length === 0 || name.startsWith(`${topic.join(' ')} `));
}

/** Whether the line names a group of commands and none of them, as `lalia room` does. */
function isTopic(words: readonly string[]): boolean {
  const topic = words.filter((word) => !word.startsWith('-')).join(' ');
  return topic !== '' && ALL_COMMANDS.some(({ name }) => name.startsWith(`${topic} `));
}

function unknownCommand(words: readonly string[]): Error {
  const names = ALL_COMMANDS.map(({ name }) => name);
  const [first = ''] = words;
  const guess = [3, 2, 1]
    .map((count) => nearest(words.slice(0, count).join(' '), names))
    .find((name) => name !== undefined);
  const advice = guess === undefined ? '' : `Did you mean \`lalia ${guess}\`? `;
  const order = first.startsWith('-') ? 'The command comes first, its flags after it. ' : advice;
  const topic = isTopic([first]) ? words.slice(0, 2).join(' ') : first;
  return fail('invalid_params', `lalia has no command "${oneLine(topic)}".`, {
    hint: `${order}\`lalia help\` lists the commands.`,
  });
}
