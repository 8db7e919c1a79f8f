import type { Result } from '@lalia/client';
import { agentAddress, counted } from './names.ts';

export function registered({ agent, created }: Pick<Result<'register'>, 'agent' | 'created'>): string {
  const verb = created ? 'registered' : 'welcome back,';
  const unread = agent.unread === 0 ? '' : `; ${counted(agent.unread, 'unread message')}`;
  return `${verb} ${agentAddress(agent)} (${agent.role}) id ${agent.agent_id}${unread}\n`;
}
