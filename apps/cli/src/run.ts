/** One command from its parsed line to its exit code; both drivers end here. */
import type { Command, Input, Output } from './command.ts';
import { print } from './output.ts';
import { jsonText } from './render/json.ts';
import { report } from './report.ts';
import { CommandSession } from './session.ts';

/**
 * Runs a command, prints its result or its error.
 * @returns the exit code.
 */
export async function runCommand(command: Command, input: Input): Promise<number> {
  const { json } = input.common;
  try {
    await using session = new CommandSession(input.common);
    const output = await command.run(input, session);
    await print(json ? jsonText(output.document) : textOf(output));
    // Only now does it count as read: what could not be printed is unread again.
    await session.settle();
    return session.exitCode;
  } catch (error) {
    return report(error, { json });
  }
}

function textOf(output: Output): string {
  return output.text({ nowMs: Date.now(), terminal: process.stdout.isTTY });
}
