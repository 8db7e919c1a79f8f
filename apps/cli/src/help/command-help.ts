/** `lalia help <command>`: how one command is used. */
import {
  type ArgumentSpec,
  argumentUsage,
  COMMON_FLAGS,
  type CommandFace,
  type Flags,
  flagUsage,
  shortOf,
  usageOf,
} from '../command.ts';
import { bold } from '../render/paint.ts';
import { wrap } from '../render/width.ts';
import { type HelpView, type Row, section } from './section.ts';
import { topicOf } from './topics.ts';

export function argumentRows({ args }: Pick<CommandFace, 'args'>): Row[] {
  return Object.entries(args).map(([name, spec]: [string, ArgumentSpec]) => ({
    term: argumentUsage(name, spec),
    meaning: spec.summary,
  }));
}

export function flagRows(flags: Flags): Row[] {
  return Object.entries(flags).map(([name, spec]) => ({
    term: (shortOf(spec) === undefined ? '' : `-${String(shortOf(spec))}, `) + flagUsage(name, spec),
    meaning: spec.summary,
  }));
}

/** The whole text; every line fits the width where its words do. */
export function commandHelp(face: CommandFace, view: HelpView): string {
  const { width } = view;
  const [first = '', ...rest] = wrap(usageOf(face).replace(/^lalia /, ''), width - USAGE.length);
  const parts = [
    `${wrap(`lalia ${face.name}: ${face.summary}`, width).join('\n')}\n`,
    `${USAGE}${[first, ...rest.map((line) => INDENT + line)].join('\n')}\n`,
    section('Arguments', argumentRows(face), view),
    section('Flags', flagRows(face.flags), view),
    section('Flags of every command', flagRows(COMMON_FLAGS), view),
    examples(face, view),
    `See also: lalia help ${topicOf(face.group)}\n`,
  ];
  return parts.filter(Boolean).join('\n');
}

const USAGE = 'Usage: lalia ';
const INDENT = ' '.repeat(USAGE.length);
function examples({ examples: all }: CommandFace, view: HelpView): string {
  if (all.length === 0) return '';
  const lines = all.map(({ does, line }) => `  ${does}:\n    ${line}`);
  return `${bold(all.length === 1 ? 'Example' : 'Examples', view)}\n${lines.join('\n')}\n`;
}
