/** Nicknames, one a line, with whom each leads to now. */
import { agentAddress, type Nickname, oneLine } from '@lalia/client';
import { table } from './table.ts';

export function nicknameList(nicknames: readonly Nickname[]): string {
  if (nicknames.length === 0) return 'no nicknames yet: `lalia nickname NICK ADDRESS` gives one\n';
  return table(nicknames.map((one) => [one.nickname, targetOf(one)]));
}

function targetOf({ agent, follows, stale }: Nickname): string {
  if (stale !== null) return `stale: ${oneLine(stale)}`;
  const address = agent === null ? '-' : agentAddress(agent);
  return follows === null ? address : `${address}, following ${oneLine(follows)}`;
}
