/** Commands as a model reads them, made from their definitions: what is not there cannot be named. */
import { type Command, type CommandFace, placeholderOf } from '../command.ts';

/** A command in one line, in as few words as do. */
export interface ShownCommand {
  readonly command: Command;
  /** Which of its flags are shown; most of the time few are needed. */
  readonly flags?: readonly string[];
  /** Default: its summary. */
  readonly does?: string;
}

/** `lalia tell <peer> '<message>' [--needs-answer]: what it does`. */
export function shownCommand({ command, flags = [], does = command.summary }: ShownCommand): string {
  return `- \`lalia ${shortUsage(command, flags)}\`: ${does.replace(/\.$/, '')}`;
}

/** @throws an error for a flag that the command does not have. */
function shortUsage(face: CommandFace, flags: readonly string[]): string {
  return [face.name, ...argumentsOf(face), ...flags.map((flag) => flagOf(face, flag))].join(' ');
}

function argumentsOf(face: CommandFace): string[] {
  // Of what carries a text, the arguments may come from elsewhere; a model does best with the plain form.
  const isPlain = Object.hasOwn(face.args, 'message');
  return Object.entries(face.args).map(([name, { optional, many }]) => {
    const word = name === 'message' ? "'<text>'" : `<${name}>${many ? '...' : ''}`;
    return optional && !isPlain ? `[${word}]` : word;
  });
}

function flagOf({ name, flags }: CommandFace, flag: string): string {
  const spec = flags[flag];
  if (spec === undefined) throw new Error(`lalia ${name} has no flag --${flag}`);
  const value = placeholderOf(spec);
  return value === undefined ? `[--${flag}]` : `[--${flag} ${value}]`;
}
