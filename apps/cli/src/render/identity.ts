/** Who is calling, in full. */
import { type AgentInfo, agentAddress, ago, oneLine, type Result } from '@lalia/client';
import type { View } from '../command.ts';
import { table } from './table.ts';

type How = Result<'identify'>['how'];

const HOW: Record<How, string> = {
  as: 'named with --as',
  env_name: 'named by LALIA_NAME',
  harness_session: 'registered in this harness session',
  anchor: 'registered in this terminal or by this harness process',
  worktree: 'the only agent registered in this worktree',
};

export function identity(
  { agent, how }: { readonly agent: AgentInfo; readonly how: How },
  { nowMs }: View,
): string {
  const facts: (readonly [string, string | null])[] = [
    ['you are', agentAddress(agent)],
    ['because', HOW[how]],
    ['id', agent.agent_id],
    ['role', agent.kind === 'agent' ? agent.role : agent.kind],
    ['harness', agent.harness],
    ['model', agent.model],
    ['repository', agent.main_repo_root],
    ['worktree', agent.worktree === null ? null : `${agent.worktree} (${agent.worktree_kind})`],
    ['branch', agent.branch],
    ['registered', ago(agent.registered_ts, nowMs)],
    ['unread', String(agent.unread)],
  ];
  return table(facts.flatMap(([name, value]) => (value === null ? [] : [[name, oneLine(value)]])));
}
