/** Agents and rooms as one writes them on a command line. */
import type { AgentRef, RoomRef } from '@lalia/client';
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

/** A word as the shell takes it back: quoted where it has to be. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** `1 message`, `2 messages`. */
export function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}
