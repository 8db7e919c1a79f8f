/** `lalia.1`: the commands as a page of the manual, in the few requests of man(7) that every reader of it knows. */
import { ERRORS, EXIT } from '@lalia/client';
import { COMMON_FLAGS, type CommandFace, GROUPS, usageOf } from '../src/command.ts';
import { argumentRows, flagRows } from '../src/help/command-help.ts';
import type { Row } from '../src/help/section.ts';
import { wrap } from '../src/render/width.ts';

/** @param version what the foot of the page says. */
export function manPage(commands: readonly CommandFace[], version: string): string {
  const groups = GROUPS.map((group) => commands.filter((command) => command.group === group));
  return [
    `.TH LALIA 1 "" "lalia ${version}" "User Commands"`,
    '.SH NAME',
    text('lalia - durable messages between coding agents on one machine'),
    '.SH SYNOPSIS',
    '.B lalia',
    text('command [argument ...] [flag ...]'),
    '.SH DESCRIPTION',
    text(
      'Agents that come and go send each other messages: each has a name, a mailbox and a key. A daemon, which every command starts where none runs, keeps what was said, and writes it to a git repository.',
    ),
    '.PP',
    text(
      'Begin with "lalia register", then "lalia agents", "lalia tell" and "lalia read". "lalia help" lists the commands on one screen.',
    ),
    '.SH OPTIONS',
    text('Every command takes these.'),
    ...rows(flagRows(COMMON_FLAGS)),
    ...rows([{ term: '--help', meaning: 'Show how the command is used.' }]),
    '.SH COMMANDS',
    ...groups.flatMap((listed) => {
      const [first] = listed;
      return first === undefined ? [] : [`.SS ${quoted(first.group)}`, ...listed.flatMap(commandPart)];
    }),
    '.SH EXIT STATUS',
    ...rows(exitRows()),
    '.SH ENVIRONMENT',
    ...rows(ENVIRONMENT),
    '.SH FILES',
    ...rows(FILES),
    '.SH SEE ALSO',
    '.BR git (1)',
    '',
  ].join('\n');
}

const ENVIRONMENT: readonly Row[] = [
  { term: 'LALIA_NAME', meaning: 'Who is calling, where --as does not say it.' },
  { term: 'LALIA_HOME', meaning: 'The folder of socket, database, keys and log, instead of ~/.lalia.' },
  { term: 'LALIA_WORKSPACE', meaning: 'The git repository of the transcript.' },
  { term: 'LALIA_KEYSTORE', meaning: 'Where new private keys go: files, or keychain.' },
  { term: 'NO_COLOR', meaning: 'No colours, as with --no-color.' },
];

const FILES: readonly Row[] = [
  { term: '~/.lalia', meaning: 'Socket, database, keys and log, for their owner alone.' },
  { term: '~/.local/state/lalia/workspace', meaning: 'The transcript, an ordinary git repository.' },
];

function commandPart(face: CommandFace, place: number): string[] {
  return [
    // A heading begins a paragraph itself.
    ...(place === 0 ? [] : ['.PP']),
    `.B ${quoted(usageOf(face))}`,
    '.br',
    text(face.summary),
    ...rows([...argumentRows(face), ...flagRows(face.flags)]),
    ...face.examples.flatMap(({ does, line }) => [
      '.PP',
      text(`${does}:`),
      '.PP',
      '.nf',
      '.RS 4',
      literal(line),
      '.RE',
      '.fi',
    ]),
  ];
}

/** Codes with the reasons that have them. */
function exitRows(): Row[] {
  return Object.values(EXIT).map((code) => {
    const reasons = Object.entries(ERRORS).flatMap(([reason, error]) =>
      error.code === code ? [reason] : [],
    );
    return { term: String(code), meaning: reasons.length === 0 ? 'Done.' : `${reasons.join(', ')}.` };
  });
}

function rows(found: readonly Row[]): string[] {
  return found.flatMap(({ term, meaning }) => ['.TP', `.B ${quoted(term)}`, text(meaning)]);
}

/** Text in lines that are not too long for an editor. */
function text(paragraph: string): string {
  return wrap(paragraph, 70).map(literal).join('\n');
}

/** A line of text: no character of it is an order to the formatter. */
function literal(line: string): string {
  const escaped = line
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga');
  return escaped.startsWith('.') ? `\\&${escaped}` : escaped;
}

/** As `literal`, as one argument of a request. */
function quoted(line: string): string {
  return `"${literal(line).replaceAll('"', '\\(dq')}"`;
}
