/** Agents in tables: by repository, in one list, or as the members of a room. */
import { type AgentInfo, agentAddress, ago, oneLine, type Result } from '@lalia/client';
import type { View } from '../command.ts';
import { table } from './table.ts';
import { doing } from './turn.ts';

export interface ListStyle {
  /** One table with full addresses, instead of one for each repository. */
  readonly flat: boolean;
  /** With id, model, worktree and folder. */
  readonly wide: boolean;
}

interface Column {
  readonly head: string;
  readonly cell: (agent: AgentInfo, nowMs: number) => string;
}

const COLUMNS: readonly Column[] = [
  { head: 'ROLE', cell: ({ kind, role }) => (kind === 'agent' ? role : kind) },
  { head: 'BRANCH', cell: ({ branch }) => text(branch) },
  { head: 'HARNESS', cell: ({ harness }) => text(harness) },
  { head: 'PRESENCE', cell: presence },
  { head: 'SEEN', cell: ({ last_seen_ts }, nowMs) => ago(last_seen_ts, nowMs) },
  { head: 'UNREAD', cell: ({ unread }) => String(unread) },
];

const WIDE_COLUMNS: readonly Column[] = [
  { head: 'ID', cell: ({ agent_id }) => agent_id },
  { head: 'MODEL', cell: ({ model }) => text(model) },
  { head: 'WORKTREE', cell: ({ worktree }) => text(worktree) },
  { head: 'FOLDER', cell: ({ cwd }) => text(cwd) },
];

const NAME: Column = { head: 'NAME', cell: ({ name }) => name };
const ADDRESS: Column = { head: 'AGENT', cell: agentAddress };

export function agentList(listed: readonly AgentInfo[], { flat, wide }: ListStyle, { nowMs }: View): string {
  // The person is always there, and worth a line when mail waits for it.
  const agents = listed.filter(({ kind, unread }) => kind !== 'human' || unread > 0);
  if (agents.length === 0) return 'no agents yet: `lalia register` makes one\n';
  const columns = wide ? [...COLUMNS, ...WIDE_COLUMNS] : COLUMNS;
  if (flat) return rowsOf(agents.toSorted(byAddress), [ADDRESS, ...columns], nowMs);
  return [...byRepository(agents)]
    .map(
      ([heading, members]) => `${heading}\n${rowsOf(members.toSorted(mainFirst), [NAME, ...columns], nowMs)}`,
    )
    .join('\n');
}

export function participantList({ members }: Result<'participants'>, { nowMs }: View): string {
  return rowsOf(members, [ADDRESS, ...COLUMNS], nowMs);
}

function rowsOf(agents: readonly AgentInfo[], columns: readonly Column[], nowMs: number): string {
  return table([
    columns.map(({ head }) => head),
    ...agents.map((agent) => columns.map(({ cell }) => cell(agent, nowMs))),
  ]);
}

/** Repositories by project, then by place; agents outside of any come last. */
function byRepository(agents: readonly AgentInfo[]): Map<string, AgentInfo[]> {
  const groups = new Map<string, AgentInfo[]>();
  for (const agent of agents.toSorted((a, b) => compare(groupKey(a), groupKey(b)))) {
    const heading = headingOf(agent);
    groups.set(heading, [...(groups.get(heading) ?? []), agent]);
  }
  return groups;
}

function groupKey({ project, main_repo_root }: AgentInfo): string {
  return project === null && main_repo_root === null
    ? '\u{10ffff}'
    : `${project ?? ''}\0${main_repo_root ?? ''}`;
}

function headingOf({ project, main_repo_root }: AgentInfo): string {
  if (project === null && main_repo_root === null) return 'outside of any repository';
  return [project, main_repo_root].flatMap((part) => (part === null ? [] : [oneLine(part)])).join('  ');
}

function mainFirst(a: AgentInfo, b: AgentInfo): number {
  const rank = ({ worktree_kind }: AgentInfo): number => (worktree_kind === 'main' ? 0 : 1);
  return rank(a) - rank(b) || compare(a.worktree ?? '', b.worktree ?? '') || compare(a.name, b.name);
}

function byAddress(a: AgentInfo, b: AgentInfo): number {
  return compare(agentAddress(a), agentAddress(b)) || compare(a.agent_id, b.agent_id);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function presence({ presence, unregistered_ts, turn }: AgentInfo): string {
  if (unregistered_ts !== null) return 'unregistered';
  return turn === null ? presence : `${presence}, ${doing(turn)}`;
}

function text(value: string | null): string {
  return value === null || value === '' ? '-' : oneLine(value);
}
