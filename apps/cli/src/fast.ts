/**
 * The driver of the message loop, which agents run hundreds of times: it loads only what those commands need. Whatever
 * is not one of them, plainly and correctly put, is left to the other driver.
 */
import { isLaliaError } from '@lalia/client';
import type { Command, Input } from './command.ts';
import { ask } from './commands/ask.ts';
import { peek } from './commands/peek.ts';
import { post } from './commands/post.ts';
import { read } from './commands/read.ts';
import { readAny } from './commands/read-any.ts';
import { reply } from './commands/reply.ts';
import { tell } from './commands/tell.ts';
import { asksForHelp, parse } from './parse.ts';
import { runCommand } from './run.ts';

/** bin/lalia.js names the same commands: it chooses the driver without loading one. */
export const FAST_COMMANDS: ReadonlyMap<string, Command> = new Map(
  [tell, ask, reply, read, readAny, peek, post].map((command) => [command.name, command]),
);

/**
 * Runs a command line of the message loop.
 * @param argv the words after `lalia`.
 * @returns the exit code, or undefined when the other driver has to take it.
 */
export async function main(argv: readonly string[]): Promise<number | undefined> {
  const line = parseFast(argv);
  return line === undefined ? undefined : runCommand(line.command, line.input);
}

/** @returns the command and its input, or undefined for what the other driver has to take. */
export function parseFast(argv: readonly string[]): { command: Command; input: Input } | undefined {
  const [name = '', ...words] = argv;
  const command = FAST_COMMANDS.get(name);
  if (command === undefined || asksForHelp(words)) return undefined;
  try {
    return { command, input: parse(command, words) };
  } catch (error) {
    if (isLaliaError(error)) return undefined;
    throw error;
  }
}
