/** Nicknames, one a line, with whom each leads to now. */
import type { Nickname } from '@lalia/client';
import { agentAddress } from './names.ts';
import { table } from './table.ts';
import { oneLine } from './visible.ts';

export function nicknameList(nicknames: readonly Nickname[]): string {
  if (nicknames.length === 0) return 'no nicknames yet: `lalia nickname NICK ADDRESS` gives one\n';
  return table(nicknames.map((one) => [one.nickname, targetOf(one)]));
}

function targetOf({ agent, follows, stale }: Nickname): string {
  if (stale !== null) return `stale: ${oneLine(stale)}`;
  const address = agent === null ? '-' : agentAddress(agent);
  return follows === null ? address : `${address}, following ${oneLine(follows)}`;
}
