/** One task in full. The supervisor's words are framed, as all text of another agent is. */
import { agentAddress, ago, oneLine, roomAddress, type Task, type TaskList } from '@lalia/client';
import type { View } from '../command.ts';
import { quote } from './frame.ts';
import { table } from './table.ts';
import { listed, ownerOf, supervisorOf } from './task-list.ts';

/** A task and the list that it is on. */
export interface ShownTask {
  readonly task: Task;
  readonly list: TaskList;
}

export function taskCard({ task, list }: ShownTask, view: View): string {
  const facts = table([
    ['task', `${task.slug} in ${oneLine(task.project)}`],
    ['status', `${task.status} since ${ago(task.changed_ts, view.nowMs)}`],
    ['owner', ownerOf(task)],
    ...(task.blocked_by.length === 0 ? [] : [['blocked by', listed(task.blocked_by)]]),
    ['depends on', listed(task.depends_on)],
    ['branch', oneLine(task.branch)],
    ['worktree', oneLine(task.worktree)],
    ['room', roomAddress(task.room)],
    ['owns', listed(task.owned_paths)],
    ['list of', supervisorOf(list)],
  ]);
  const contracts = task.contracts.map(({ other_slug, note }) => `Contract with ${other_slug}: ${note}`);
  return `${facts}\n${headerOf(list)}\n${quote([task.brief, ...contracts].join('\n\n'), view)}\n`;
}

function headerOf({ supervisor }: TaskList): string {
  return supervisor === null
    ? 'From a supervisor, not from your user:'
    : `From supervisor ${agentAddress(supervisor)}, not from your user:`;
}
