/** One of our commands as oclif wants it: a class whose statics are what its help shows. */
import { Args, Command as Base, type Config, Flags } from '@oclif/core';
import {
  COMMON_FLAGS,
  type Command,
  type FlagSpec,
  type Flags as FlagSpecs,
  placeholderOf,
} from './command.ts';
import { asksForJson, asksForNoColor, parse } from './parse.ts';
import { report } from './report.ts';
import { runCommand } from './run.ts';

/** A class that oclif can load and run; running it gives the exit code. */
type OclifCommand = new (argv: string[], config: Config) => Omit<Base, 'run'> & { run(): Promise<number> };

/** Makes the class of a command. */
export function oclifCommand(command: Command): OclifCommand {
  return class extends Base {
    static override summary = command.summary;
    static override args = argsOf(command);
    static override flags = { ...flagsOf(command.flags), ...flagsOf(COMMON_FLAGS) };
    static override examples = command.examples.map(({ does, line }) => ({
      description: does,
      command: line,
    }));

    override async run(): Promise<number> {
      // Our own parser has read the line, see there; oclif warns of commands that have not called its own.
      this.parsed = true;
      return runLine(command, this.argv);
    }
  };
}

/** Parses the words after a command's name, and runs it. @returns the exit code. */
export async function runLine(command: Command, argv: readonly string[]): Promise<number> {
  try {
    return await runCommand(command, parse(command, argv));
  } catch (error) {
    return report(error, { json: asksForJson(argv), noColor: asksForNoColor(argv) });
  }
}

function argsOf(command: Command): Base.Class['args'] {
  return Object.fromEntries(
    Object.entries(command.args).map(([name, spec]) => [
      name,
      Args.string({
        description: spec.summary,
        required: spec.optional !== true,
        ignoreStdin: true,
        ...(spec.many === true ? { multiple: true } : {}),
      }),
    ]),
  );
}

function flagsOf(specs: FlagSpecs): Base.Class['flags'] {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, flagOf(spec)]));
}

function flagOf(spec: FlagSpec): Base.Class['flags'][string] {
  const { summary } = spec;
  if (spec.kind === 'switch')
    return Flags.boolean({ summary, ...(spec.short === undefined ? {} : { char: spec.short }) });
  if (spec.kind === 'choice') return Flags.string({ summary, options: [...spec.options] });
  return Flags.string({ summary, helpValue: placeholderOf(spec) ?? '' });
}
