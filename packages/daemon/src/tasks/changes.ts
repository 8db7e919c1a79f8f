/** Changes of a project's tasks: each is a new revision, in the transcript, and wakes whoever waits for it. */
import type { TaskStatus, Ulid } from '@lalia/protocol';
import type { AgentRecord, TaskRecord } from '@lalia/store';
import type { Context } from '../context.ts';

export interface ListChange {
  readonly project: string;
  readonly by: AgentRecord;
  /** Of the commit in the transcript: a sentence without its full stop, such as `bob claimed auth`. */
  readonly subject: string;
}

/** Says that something in a project's list has changed; once for all that one step changes, and after it. */
export function tasksChanged(
  { store, chronicle, taskWaiters }: Context,
  { project, by, subject }: ListChange,
): void {
  store.tasks.revise(project);
  chronicle.tasks(project, by, subject);
  taskWaiters.changed(project);
}

/** What of a task changes while it is published. */
export interface TaskChange {
  readonly status: TaskStatus;
  readonly owner: Ulid | null;
  readonly claimId?: Ulid | null;
}

/** Writes a task anew, without saying so to anybody. @returns it as it is now. */
export function putTask(
  { store, clock }: Context,
  task: TaskRecord,
  change: Partial<TaskChange & Pick<TaskRecord, 'dependsOn'>>,
): TaskRecord {
  const changed = { ...task, ...change, changedMs: clock.nowMs() };
  store.tasks.update(changed);
  return changed;
}

export interface SingleChange extends Omit<ListChange, 'project'> {
  readonly task: TaskRecord;
  readonly change: TaskChange;
}

/** Changes one task, and says so. @returns it as it is now. */
export function changeTask(context: Context, { task, change, by, subject }: SingleChange): TaskRecord {
  const changed = putTask(context, task, change);
  tasksChanged(context, { project: task.project, by, subject });
  return changed;
}

/**
 * Takes tasks that leave the list out of what others depend on, without saying so to anybody.
 * @returns the slugs of those others.
 */
export function dropDependencies(context: Context, project: string, gone: readonly string[]): string[] {
  const isGone = new Set(gone.map((slug) => slug.toLowerCase()));
  const freed: string[] = [];
  for (const task of context.store.tasks.list(project)) {
    const dependsOn = task.dependsOn.filter((slug) => !isGone.has(slug.toLowerCase()));
    if (dependsOn.length === task.dependsOn.length || isGone.has(task.slug.toLowerCase())) continue;
    putTask(context, task, { dependsOn });
    freed.push(task.slug);
  }
  return freed;
}
