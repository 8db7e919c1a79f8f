/** What a change to tasks did, in a line or two. */
import { agentAddress, oneLine, type Result, roomAddress } from '@lalia/client';
import { counted, shellWord } from './names.ts';
import { table } from './table.ts';

export function released({ task }: Result<'task_release'>): string {
  return `released ${task.slug}; it is open again\n`;
}

export function statusSet({ task, opened }: Result<'task_set_status'>): string {
  return `${task.slug} is ${task.status}\n${opened.map((slug) => `${slug} can be claimed now\n`).join('')}`;
}

export function unassigned({ task, from }: Result<'task_unassign'>): string {
  return from === null
    ? `${task.slug} was nobody's; it is ${task.status}\n`
    : `took ${task.slug} from ${agentAddress(from)}; it is ${task.status}\n`;
}

export function reassigned({ task, from }: Result<'task_reassign'>): string {
  if (task.owner === null) return `${task.slug} is ${task.status}\n`;
  const isSame = from === null || from.agent_id === task.owner.agent_id;
  const before = isSame ? '' : ` instead of ${agentAddress(from)}`;
  return `${task.slug} goes to ${agentAddress(task.owner)}${before}; it is ${task.status}\n`;
}

export function unpublished(result: Result<'task_unpublish'>): string {
  const { task, worktree, worktree_removed, branch_removed, freed } = result;
  const place = worktree_removed
    ? `worktree removed, branch ${oneLine(task.branch)} ${branch_removed ? 'too' : 'stays'}`
    : `worktree stays: ${oneLine(worktree)}`;
  const others = freed.map((slug) => `${slug} does not depend on it any more\n`).join('');
  return `unpublished ${task.slug}; its room is archived; ${place}\n${others}`;
}

export function handedOff({ project, from, to, tasks }: Result<'task_handoff'>): string {
  const before =
    from === null || from.agent_id === to.agent_id ? '' : `, before it was ${agentAddress(from)}`;
  return `${agentAddress(to)} is the supervisor of ${oneLine(project)} (${counted(tasks, 'task')})${before}\n`;
}

export function collected({ removed }: Result<'task_gc'>): string {
  if (removed.length === 0) return 'no merged tasks\n';
  const slugs = removed.map(({ slug }) => slug).join(', ');
  return `took ${counted(removed.length, 'merged task')} off the list: ${slugs}; worktrees stay\n`;
}

export function archived({ archived: rooms }: Result<'rooms_gc'>): string {
  if (rooms.length === 0) return 'no rooms to archive\n';
  return `archived ${counted(rooms.length, 'room')}: ${rooms.map(roomAddress).join(', ')}\n`;
}

export function guarded({ worktrees }: Result<'task_guard'>): string {
  if (worktrees.length === 0) return 'no worktrees of tasks\n';
  return table(
    worktrees.map(({ slug, worktree, done, note }) => [
      done ? 'done' : 'not done',
      shellWord(slug),
      oneLine(worktree),
      oneLine(note),
    ]),
  );
}
