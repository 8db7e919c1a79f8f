/** Tasks in tables: what is open, and all there is. */
import { agentAddress, oneLine, roomAddress, type Task, type TaskList } from '@lalia/client';
import { table } from './table.ts';

/** What is open, in the order in which it is shown, and which of it is this worktree's. */
export interface Bulletin {
  readonly list: TaskList;
  /** The slug of the task of this worktree. */
  readonly here: string | undefined;
}

export function bulletin({ list, here }: Bulletin): string {
  const heading = `${oneLine(list.project)}: ${supervisorOf(list)}\n`;
  if (list.tasks.length === 0) return `${heading}no open tasks\n`;
  const rows = list.tasks.map((task) => [
    task.slug,
    task.status,
    ownerOf(task),
    listed(task.blocked_by),
    oneLine(task.branch) + (task.slug === here ? ' (here)' : ''),
  ]);
  return heading + table([['TASK', 'STATUS', 'OWNER', 'BLOCKED BY', 'BRANCH'], ...rows]);
}

export function taskTable(list: TaskList): string {
  if (list.tasks.length === 0) return `no tasks in ${oneLine(list.project)}\n`;
  const rows = list.tasks.map((task) => [
    task.slug,
    task.status,
    ownerOf(task),
    listed(task.blocked_by),
    oneLine(task.branch),
    roomAddress(task.room),
    oneLine(task.worktree),
  ]);
  return table([['TASK', 'STATUS', 'OWNER', 'BLOCKED BY', 'BRANCH', 'ROOM', 'WORKTREE'], ...rows]);
}

/** Who looks after a list: `supervisor boss@shop (live)`. */
export function supervisorOf({ supervisor, supervisor_presence }: TaskList): string {
  if (supervisor === null) return 'no supervisor';
  return `supervisor ${agentAddress(supervisor)} (${String(supervisor_presence)})`;
}

/** Whose a task is: `codex@shop (away)`. */
export function ownerOf({ owner, owner_presence }: Pick<Task, 'owner' | 'owner_presence'>): string {
  return owner === null ? '-' : `${agentAddress(owner)} (${String(owner_presence)})`;
}

/** Names in a cell. */
export function listed(names: readonly string[]): string {
  return names.length === 0 ? '-' : names.map(oneLine).join(', ');
}
