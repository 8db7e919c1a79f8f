/** What a new home has, and what nobody can know from a transcript. */
import { oneLine } from '@lalia/client';
import type { Rebuilt } from '@lalia/protocol';
import { counted } from './names.ts';

export function rebuilt(result: Rebuilt): string {
  const { agents, agents_kept: kept, tasks, problems } = result;
  const what = [
    counted(result.messages, 'message'),
    counted(result.conversations, 'conversation'),
    counted(result.rooms, 'room'),
    counted(agents, 'identity').replace('identitys', 'identities'),
  ].join(', ');
  const ended = agents - kept;
  const lines = [
    `rebuilt ${oneLine(result.home)}: ${what}`,
    `The transcript goes on in ${oneLine(result.workspace)}.`,
    'What was unread, which questions were open and who had nicknames is not in a transcript: nothing is unread.',
    ended === 0
      ? 'All identities go on: their keys are here.'
      : `Without their keys ${String(ended)} of them have ended: registering such a name makes a new agent, which sees none of the old mail. \`lalia export --transcript\` shows all of it.`,
    ...(tasks === 0 ? [] : [`${counted(tasks, 'task')} of the transcript must be published again.`]),
    ...(problems === 0
      ? []
      : [`The history has ${counted(problems, 'fault')}, as before: \`lalia verify\` names them.`]),
  ];
  return `${lines.join('\n')}\n`;
}
