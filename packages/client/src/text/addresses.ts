/** Agents and rooms as one writes them to name them. */
import type { AgentRef, RoomRef } from '@lalia/protocol';
import { oneLine } from './visible.ts';

/** `alice@shop`; `alice` where there is no project; `human` for the person, `lalia` for the daemon. */
export function agentAddress(agent: Pick<AgentRef, 'name' | 'project' | 'kind'>): string {
  return agent.kind === 'agent' ? qualified(agent) : agent.name;
}

/** `auth@shop`. */
export function roomAddress(room: Pick<RoomRef, 'name' | 'project'>): string {
  return qualified(room);
}

function qualified({ name, project }: { readonly name: string; readonly project: string | null }): string {
  return oneLine(project === null ? name : `${name}@${project}`);
}
