/** What becomes of the tasks of an agent that unregisters. */
import { fail } from '@lalia/protocol';
import type { AgentRecord, TaskListRecord } from '@lalia/store';
import type { Context } from '../context.ts';
import { putTask, tasksChanged } from './changes.ts';
import { taskRef } from './view.ts';

/**
 * Lets go of the list that an agent supervises.
 * @throws LaliaError `supervisor_busy` while a task on it is not merged.
 */
export function leaveList(context: Context, agent: AgentRecord): void {
  const { tasks } = context.store;
  for (const list of tasks.lists().filter(({ supervisor }) => supervisor === agent.agentId)) {
    checkAllMerged(context, list, agent);
    tasks.putList({ ...list, supervisor: null });
    tasksChanged(context, {
      project: list.project,
      by: agent,
      subject: `${agent.name} left the tasks of ${list.project}`,
    });
  }
}

function checkAllMerged({ store }: Context, { project }: TaskListRecord, { name }: AgentRecord): void {
  const underway = store.tasks.underway().filter((task) => task.project === project);
  const unmerged = [
    ...store.tasks.list(project).filter((task) => task.status !== 'merged'),
    ...underway.filter((task) => task.undertaking?.kind === 'publish'),
  ];
  if (unmerged.length === 0) return;
  const slugs = unmerged.map(({ slug }) => slug);
  throw fail('supervisor_busy', `${name} supervises tasks that are not merged: ${slugs.join(', ')}.`, {
    context: { project, tasks: unmerged.map(taskRef) },
    hint: 'Hand them over first with `lalia task handoff AGENT`, or finish them.',
  });
}

/** Opens an owner's tasks again, with a note in each room; merged ones are nobody's from now on. */
export function giveUpTasks(context: Context, agent: AgentRecord): void {
  const { store, announcer, views } = context;
  const owned = store.tasks.ownedBy(agent.agentId);
  for (const task of owned) {
    const isMerged = task.status === 'merged';
    putTask(context, task, { status: isMerged ? 'merged' : 'open', owner: null });
    if (isMerged) continue;
    announcer.toRoom(
      views.room(task.roomId),
      `${agent.name} was unregistered, and ${task.slug} is open again: lalia task claim ${task.slug}`,
      agent,
    );
  }
  for (const project of new Set(owned.map((task) => task.project))) {
    tasksChanged(context, { project, by: agent, subject: `${agent.name} gave its tasks up` });
  }
}
