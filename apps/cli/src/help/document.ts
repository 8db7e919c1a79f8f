/** `lalia help --json`: the commands as programs read them. */
import { type ArgumentSpec, COMMON_FLAGS, type CommandFace, type Flags, usageOf } from '../command.ts';

/** The commands that were asked for; the flags of each are its own, then those of every command. */
export function helpDocument(commands: readonly CommandFace[]): object {
  return {
    commands: commands.map((command) => ({
      name: command.name,
      group: command.group,
      summary: command.summary,
      usage: usageOf(command),
      args: Object.entries(command.args).map(([name, spec]: [string, ArgumentSpec]) => ({
        name,
        summary: spec.summary,
        required: spec.optional !== true,
        many: spec.many === true,
        ...(spec.options === undefined ? {} : { options: spec.options }),
      })),
      flags: flagsOf({ ...command.flags, ...COMMON_FLAGS }),
      examples: command.examples,
    })),
  };
}

function flagsOf(flags: Flags): object[] {
  return Object.entries(flags).map(([name, spec]) => ({
    name,
    kind: spec.kind,
    summary: spec.summary,
    ...(spec.kind === 'choice' ? { options: spec.options } : {}),
  }));
}
