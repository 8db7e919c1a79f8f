/** One command from its parsed line to its exit code; both drivers end here. */
import type { Command, Input } from './command.ts';
import { report } from './report.ts';
import { CommandSession } from './session.ts';

/**
 * Runs a command, prints its result or its error.
 * @returns the exit code.
 */
export async function runCommand(command: Command, input: Input): Promise<number> {
  try {
    await using session = new CommandSession(input.common);
    const output = await command.run(input, session);
    await session.show(output);
    // Only now does it count as read: what could not be printed is unread again.
    await session.settle();
    return session.exitCode;
  } catch (error) {
    return report(error, input.common);
  }
}
