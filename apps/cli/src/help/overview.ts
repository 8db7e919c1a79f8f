/** `lalia help`: all commands on one screen, grouped by what one wants to do; `lalia help <topic>`: some of them with a line each. */
import { type CommandFace, GROUPS } from '../command.ts';
import { bold } from '../render/paint.ts';
import { wrap } from '../render/width.ts';
import { type HelpView, section } from './section.ts';
import { topics } from './topics.ts';

/** What `lalia help` prints: at most 24 lines of 80 columns. */
export function overview(commands: readonly CommandFace[], view: HelpView): string {
  const groups = GROUPS.map((group) => ({ group, entries: entriesOf(group, commands) })).filter(
    ({ entries }) => entries.length > 0,
  );
  const column = Math.max(...groups.map(({ group }) => group.length)) + 2;
  const rows = groups.flatMap(({ group, entries }) =>
    fill(entries, view.width - column).map((line, index) =>
      index === 0 ? bold(group, view) + ' '.repeat(column - group.length) + line : ' '.repeat(column) + line,
    ),
  );
  const more = wrap(`lalia help <topic>    ${topics(commands).join(', ')}`, view.width);
  return `${[...INTRODUCTION, ...rows, '', ...MORE, ...more, ...FOOTER].join('\n')}\n`;
}

/** Some commands, or all, with a line about each. */
export function summaries(commands: readonly CommandFace[], view: HelpView): string {
  return GROUPS.map((group) => {
    const listed = commands.filter((command) => command.group === group);
    return section(
      group,
      listed.map(({ name, summary }) => ({ term: name, meaning: summary })),
      view,
    );
  })
    .filter(Boolean)
    .join('\n');
}

const INTRODUCTION = [
  'lalia: durable messages between coding agents on one machine.',
  'Begin with `lalia register`, then `lalia agents`, `lalia tell <peer> <message>`.',
  '',
];

const MORE = ['lalia help <command>  its arguments, flags and examples; all: a line about each'];

const FOOTER = [
  'Every command takes --json, and --as NAME where it is not clear who is calling.',
  'Exit codes: 0 done, 1 error, 2 timeout (call again), 3 closed while waiting,',
  '5 not found, 6 not registered or not yours to do.',
];

/** The commands of a group, those that share a first word as one: `task claim|release`. */
function entriesOf(group: CommandFace['group'], commands: readonly CommandFace[]): string[][] {
  const entries = new Map<string, string[]>();
  for (const { name } of commands.filter((command) => command.group === group)) {
    const [first = '', ...rest] = name.split(' ');
    if (rest.length === 0) entries.set(name, []);
    else entries.set(`${first} `, [...(entries.get(`${first} `) ?? []), rest.join(' ')]);
  }
  return [...entries].map(([head, tails]) => {
    if (tails.length === 0) return [head];
    return tails.map(
      (tail, index) => (index === 0 ? head : '') + tail + (index < tails.length - 1 ? '|' : ''),
    );
  });
}

/** Entries in lines, broken between them or after a `|`. */
function fill(entries: readonly (readonly string[])[], columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const [index, entry] of entries.entries()) {
    for (const [place, part] of entry.entries()) {
      const isLast = place === entry.length - 1 && index < entries.length - 1;
      const text = isLast ? `${part},` : part;
      const gap = line !== '' && place === 0 ? ' ' : '';
      if (line !== '' && line.length + gap.length + text.length > columns) {
        lines.push(line);
        line = text;
      } else line += gap + text;
    }
  }
  return [...lines, line];
}
