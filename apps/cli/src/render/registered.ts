import { type AgentInfo, agentAddress, ago, type Result } from '@lalia/client';
import type { View } from '../command.ts';
import { counted } from './names.ts';

export function registered({ agent, created }: Pick<Result<'register'>, 'agent' | 'created'>): string {
  const verb = created ? 'registered' : 'welcome back,';
  const unread = agent.unread === 0 ? '' : `; ${counted(agent.unread, 'unread message')}`;
  return `${verb} ${agentAddress(agent)} (${agent.role}) id ${agent.agent_id}${unread}\n`;
}

/** @param before the agent as it was when the command began. */
export function renamed(before: AgentInfo, { agent }: Result<'rename'>): string {
  return before.name === agent.name
    ? `${agentAddress(agent)} is the name already\n`
    : `${agentAddress(before)} is ${agentAddress(agent)} now\n`;
}

export function collectedAgents({ agents, dry_run }: Result<'agents_gc'>, { nowMs }: View): string {
  if (agents.length === 0) return 'no agents to unregister\n';
  const verb = dry_run ? 'would unregister' : 'unregistered';
  return agents
    .map((agent) => `${verb} ${agentAddress(agent)}, last seen ${ago(agent.last_seen_ts, nowMs)}\n`)
    .join('');
}
