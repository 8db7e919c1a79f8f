/** `lalia help`: the commands grouped by what one wants to do. The help of one command is oclif's own. */
import { Help } from '@oclif/core';
import { type CommandFace, GROUPS, usageOf } from './command.ts';
import { ALL_COMMANDS } from './commands/index.ts';
import { table } from './render/table.ts';

export class LaliaHelp extends Help {
  override async showRootHelp(): Promise<void> {
    this.log(rootHelp().trimEnd());
    await Promise.resolve();
  }
}

/** The whole of `lalia help`. */
export function rootHelp(): string {
  const sections = GROUPS.map((group) => {
    const rows = ALL_COMMANDS.filter((command) => command.group === group).map(({ name, summary }) => [
      name,
      summary,
    ]);
    return `${group}\n${table(rows, { indent: '  ' })}`;
  });
  return `${INTRODUCTION}\n${sections.join('\n')}\n${FOOTER}`;
}

/** `lalia help --json`: the commands as programs read them, all or those asked for. */
export function helpDocument(commands: readonly CommandFace[]): object {
  return {
    commands: commands.map((command) => ({
      name: command.name,
      group: command.group,
      summary: command.summary,
      usage: usageOf(command),
    })),
  };
}

const INTRODUCTION = `lalia: durable messages between coding agents on one machine.

Start with \`lalia register\`, then \`lalia agents\`, \`lalia tell <peer> <message>\`, \`lalia read <peer>\`.
`;

const FOOTER = `Every command takes --json, and --as NAME where it is not clear who is calling.
\`lalia help <command>\` shows its arguments, flags and examples.
Exit codes: 0 done, 1 error, 2 timeout (call again), 3 closed while waiting, 5 not found, 6 not registered or not yours to do.
`;
