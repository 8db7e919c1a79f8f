/** What to do about an error, for a model that has tools where a shell has commands. */
import type { LaliaError, Reason } from '@lalia/client';

/** Where the tools want something else than the command line does. */
const OWN: Partial<Record<Reason, string>> = {
  ambiguous_caller:
    'The server has to be told who is calling: `lalia mcp --as NAME`, or LALIA_NAME in its environment.',
  empty_body: 'Give the text in `message`.',
  name_reserved: 'Choose another name.',
  not_a_question: '`ask` sends a question; `waiting` lists the open ones.',
  not_registered: 'Call `register` first.',
  nothing_to_reply: 'Read a message first, or name one in `to`.',
  session_conflict: 'Choose another name.',
};

/** Commands that a tool stands for, the longer ones first. */
const COMMANDS: readonly (readonly [command: RegExp, tool: string])[] = [
  [/`lalia task claim[^`]* --wait`/g, '`tasks` with action claim and `wait`'],
  [/`lalia task claim[^`]*`/g, '`tasks` with action claim'],
  [/`lalia task (?:list|bulletin)`/g, '`tasks`'],
  [/`lalia join [^`]*`/g, '`rooms` with action join'],
  [/`lalia resolve [^`]*`/g, '`waiting` with `close`'],
  [
    /`?\blalia (agents|ask|history|post|read|register|reply|rooms|search|tell|waiting)\b(?:[^`]*`|.*$)/g,
    '`$1`',
  ],
  [/--to ID/g, '`to`'],
  [/--wait\b/g, '`wait`'],
];

/** @returns the hint of an error, in words of the tools; what only a shell can do stays as it is. */
export function toolHint({ reason, hint }: LaliaError): string {
  return OWN[reason] ?? COMMANDS.reduce((text, [command, tool]) => text.replace(command, tool), hint);
}
