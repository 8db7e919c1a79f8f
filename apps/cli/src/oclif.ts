/**
 * The driver of everything: oclif finds the command, and shows help and versions. It is slower to load than what most
 * commands do, so the message loop has its own (fast.ts).
 */
import { fileURLToPath } from 'node:url';
import { fail, oneLine, VERSION } from '@lalia/client';
import { Config, settings } from '@oclif/core';
import type { Command } from './command.ts';
import { ALL_COMMANDS } from './commands/index.ts';
import { version } from './commands/version.ts';
import { showsColor, textWidth } from './environment.ts';
import { commandHelp } from './help/command-help.ts';
import { helpDocument } from './help/document.ts';
import { overview, summaries } from './help/overview.ts';
import { commandsOf, topics } from './help/topics.ts';
import { nearest } from './nearest.ts';
import { oclifCommand, runLine } from './oclif-command.ts';
import { ignoreErrors, print } from './output.ts';
import { asksForHelp, asksForJson, asksForNoColor } from './parse.ts';
import { jsonText } from './render/json.ts';
import { report } from './report.ts';

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
    return report(error, { json: asksForJson(argv), noColor: asksForNoColor(argv) });
  }
}

// oclif would look for TypeScript sources of its commands when NODE_ENV says `development` or `test`.
settings.enableAutoTranspile = false;

async function dispatch(argv: readonly string[]): Promise<number> {
  if (argv[0] === '--version') {
    if (asksForJson(argv)) return runLine(version, argv.slice(1));
    await print(`lalia ${VERSION}\n`);
    return 0;
  }
  const isHelp = argv.length === 0 || argv[0] === 'help' || asksForHelp(argv);
  const words = argv[0] === 'help' ? argv.slice(1) : argv;
  const command = commandOf(words);
  if (isHelp || (command === undefined && isTopic(words))) return help(words, argv);
  if (command === undefined) throw unknownCommand(words);
  // Not Config.load: it looks for plugins, hooks and the Linux of a Windows, which takes longer than most commands, and
  // there is nothing to find.
  const config = new Config({ root: fileURLToPath(new URL('..', import.meta.url)) });
  const argvOfCommand = words.slice(command.name.split(' ').length);
  return new (oclifCommand(command))(argvOfCommand, config).run();
}

/** The subject's help: of a command, of a topic, of all. */
async function help(words: readonly string[], argv: readonly string[]): Promise<number> {
  const subject = words.filter((word) => !word.startsWith('-'));
  const command = commandOf(words);
  const isAll = subject.length === 0 || (subject.length === 1 && subject[0] === 'all');
  const listed = isAll ? ALL_COMMANDS : commandsOf(subject, ALL_COMMANDS);
  if (command === undefined && listed.length === 0)
    throw argv[0] === 'help' ? unknownTopic(subject) : unknownCommand(words);
  if (asksForJson(argv)) await print(jsonText(helpDocument(command === undefined ? listed : [command])));
  else await print(helpText({ command, listed, isOverview: subject.length === 0 }, argv));
  return 0;
}

interface Subject {
  readonly command: Command | undefined;
  readonly listed: readonly Command[];
  readonly isOverview: boolean;
}

function helpText({ command, listed, isOverview }: Subject, argv: readonly string[]): string {
  const view = {
    width: textWidth(process.stdout),
    color: !asksForNoColor(argv) && showsColor(process.stdout),
  };
  if (isOverview) return overview(ALL_COMMANDS, view);
  if (command === undefined) return summaries(listed, view);
  // A word may be both, as `rooms` is.
  const others = listed.filter((one) => one !== command);
  return commandHelp(command, view) + (others.length === 0 ? '' : `\n${summaries(others, view)}`);
}

/** The command that a line begins with; of `rooms` and `rooms gc` the longer one, where both do. */
export function commandOf(words: readonly string[]): Command | undefined {
  return ALL_COMMANDS.filter(({ name }) => name.split(' ').every((word, index) => words[index] === word))
    .toSorted((a, b) => b.name.length - a.name.length)
    .at(0);
}

/** Whether the line names a group of commands and none of them, as `lalia room` does. */
function isTopic(words: readonly string[]): boolean {
  const topic = words.filter((word) => !word.startsWith('-')).join(' ');
  return topic !== '' && ALL_COMMANDS.some(({ name }) => name.startsWith(`${topic} `));
}

function unknownTopic(words: readonly string[]): Error {
  const guess = nearest(words.join(' '), [...topics(ALL_COMMANDS), ...ALL_COMMANDS.map(({ name }) => name)]);
  const advice = guess === undefined ? '' : `Did you mean \`lalia help ${guess}\`? `;
  return fail('invalid_params', `lalia has no command and no topic "${oneLine(words.join(' '))}".`, {
    hint: `${advice}\`lalia help\` lists the commands.`,
  });
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
