/** docs/reference/commands.md, made from the definitions of the commands and of the operations that they call. */
import { ERRORS, EXIT, type Reason } from '@lalia/client';
import { OPERATIONS } from '@lalia/protocol/operations';
import { COMMON_FLAGS, type CommandFace, GROUPS, usageOf } from '../src/command.ts';
import { argumentRows, flagRows } from '../src/help/command-help.ts';
import type { Row } from '../src/help/section.ts';
import { topicOf } from '../src/help/topics.ts';

/** The operations of a command that is not called as its only one, with `resolve` where names are looked up. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  tell: ['resolve', 'tell'],
  ask: ['resolve', 'tell', 'question', 'read'],
  reply: ['reply_target', 'tell', 'post'],
  read: ['resolve', 'read'],
  'read-any': ['read'],
  peek: ['resolve', 'peek'],
  post: ['resolve', 'post'],
  resolve: ['question_resolve'],
  history: ['resolve', 'history'],
  receipts: ['resolve', 'receipts'],
  search: ['resolve', 'search'],
  join: ['resolve', 'join'],
  leave: ['resolve', 'leave'],
  participants: ['resolve', 'participants'],
  whoami: ['identify'],
  nickname: ['nicknames', 'nickname_set', 'nickname_delete'],
  'task bulletin': ['task_list'],
  'task show': ['task_list'],
  'task owns': ['task_owners'],
  'task check': ['task_owners', 'task_list'],
  'task guard install': ['task_guard'],
  'task guard uninstall': ['task_guard'],
};

/** Any command that needs to know who is calling, and any that needs the daemon, may end with these. */
const USUAL: readonly Reason[] = [
  'invalid_params',
  'not_registered',
  'ambiguous_caller',
  'key_missing',
  'daemon_unavailable',
  'home_unavailable',
  'unsupported_protocol',
];

/** The page. */
export function commandReference(commands: readonly CommandFace[]): string {
  const groups = GROUPS.filter((group) => commands.some((command) => command.group === group));
  return [
    '# Commands',
    '',
    'Every command with its arguments, flags, reasons to fail, and the shape of what `--json` prints. Made from the definitions of the',
    'commands by `vitest run apps/cli/test/face.test.ts -u`; the [guide](../guide/README.md) has what they are for.',
    '',
    ...groups.flatMap((group) => [
      `- ${group}: ${commands
        .filter((command) => command.group === group)
        .map(({ name }) => `[${name}](#${anchor(name)})`)
        .join(', ')}`,
    ]),
    '',
    '## Every command',
    '',
    ...list('', flagRows(COMMON_FLAGS)),
    '',
    'Only the result goes to standard output. An error is three lines on standard error, or with `--json` one',
    "[document](../../apps/cli/schemas/error.json) on standard output. These reasons are any command's:",
    '',
    reasons(USUAL),
    '',
    ...groups.flatMap((group) => [
      `## ${group}`,
      '',
      `\`lalia help ${topicOf(group)}\``,
      '',
      ...commands.filter((command) => command.group === group).flatMap(part),
    ]),
    '## Exit codes',
    '',
    '| code | reasons |',
    '| --- | --- |',
    ...Object.values(EXIT).map((code) => `| ${String(code)} | ${ofCode(code).join(', ') || 'done'} |`),
    '',
  ].join('\n');
}

function part(face: CommandFace): string[] {
  const own = reasonsOf(face.name);
  return [
    `### ${face.name}`,
    '',
    escaped(face.summary),
    '',
    '```',
    usageOf(face),
    '```',
    '',
    ...list('Arguments', argumentRows(face)),
    ...list('Flags', flagRows(face.flags)),
    ...face.examples.flatMap(({ does, line }) => [`${does}:`, '', '```sh', line, '```', '']),
    ...(own.length === 0 ? [] : [`Reasons: ${reasons(own)}`, '']),
    `Document: [${file(face.name)}](../../apps/cli/schemas/${file(face.name)})`,
    '',
  ];
}

function list(head: string, rows: readonly Row[]): string[] {
  if (rows.length === 0) return [];
  const lines = rows.map(({ term, meaning }) => `- \`${term}\`: ${escaped(meaning)}`);
  return [...(head === '' ? [] : [`${head}:`, '']), ...lines, ''];
}

function reasonsOf(name: string): Reason[] {
  const called = CALLS[name] ?? [name.replaceAll(/[ -]/g, '_')];
  const found = called.flatMap((operation) =>
    Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation as keyof typeof OPERATIONS].errors : [],
  );
  return [...new Set<Reason>(found)].filter((reason) => !USUAL.includes(reason)).toSorted();
}

function reasons(found: readonly Reason[]): string {
  return found.map((reason) => `\`${reason}\` (${String(ERRORS[reason].code)})`).join(', ');
}

function ofCode(code: number): string[] {
  return Object.entries(ERRORS).flatMap(([reason, error]) => (error.code === code ? [`\`${reason}\``] : []));
}

function file(name: string): string {
  return `${name.replaceAll(' ', '-')}.json`;
}

function anchor(name: string): string {
  return name.replaceAll(' ', '-');
}

/** Outside of code Markdown would take a placeholder for a tag. */
function escaped(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((piece, index) =>
      index % 2 === 1 ? piece : piece.replaceAll('<', '\\<').replaceAll('*', '\\*').replaceAll('|', '\\|'),
    )
    .join('');
}
