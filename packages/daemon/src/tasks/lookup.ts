/** The tasks of a caller's project: which there are for it, and what it may do with them. */
import { fail } from '@lalia/protocol';
import type { AgentRecord, TaskListRecord, TaskRecord } from '@lalia/store';
import type { Context } from '../context.ts';
import { didYouMean, nearest } from '../nearest.ts';
import { taskBusy } from './undertaking.ts';

/**
 * The project of a caller.
 * @throws LaliaError `task_not_found` for one that is in none.
 */
export function ownProject({ name, project }: AgentRecord): string {
  if (project !== null) return project;
  throw fail('task_not_found', `${name} is in no project, and tasks belong to one.`, {
    hint: 'Register in a repository, or with --project NAME.',
  });
}

/**
 * A task of the caller's project, by its slug.
 * @throws LaliaError `task_not_found`, with the nearest slugs.
 */
export function ownTask({ store }: Context, caller: AgentRecord, slug: string): TaskRecord {
  const project = ownProject(caller);
  const task = store.tasks.bySlug(project, slug);
  if (task !== undefined && task.undertaking?.kind !== 'publish') return task;
  const known = store.tasks.list(project);
  const suggestions = nearest(
    slug,
    known.map((one) => ({ name: one.slug, label: one.slug, rank: 0 })),
  );
  const hint = didYouMean(suggestions);
  throw fail('task_not_found', `There is no task ${slug} in ${project}.`, {
    context: { slug, project, suggestions },
    ...(hint === undefined ? {} : { hint }),
  });
}

/**
 * A task of the caller's project that can be changed now.
 * @throws LaliaError `task_not_found`, `task_busy`.
 */
export function ownIdleTask(context: Context, caller: AgentRecord, slug: string): TaskRecord {
  const task = ownTask(context, caller, slug);
  checkIdle(task);
  return task;
}

/** @throws LaliaError `task_busy` while git has still something to do for a task. */
export function checkIdle(task: TaskRecord): void {
  if (task.undertaking !== null) throw taskBusy(task);
}

/** @throws LaliaError `not_supervisor` for a caller of another role. */
export function checkRole({ name, role }: AgentRecord): void {
  if (role === 'supervisor') return;
  throw fail('not_supervisor', `${name} is registered as a ${role}.`, { context: { name, role } });
}

/**
 * Checks that a caller supervises its project's tasks.
 * @returns the list; undefined when there is none yet.
 * @throws LaliaError `not_supervisor`.
 */
export function checkSupervisor(context: Context, caller: AgentRecord): TaskListRecord | undefined {
  checkRole(caller);
  const list = context.store.tasks.getList(ownProject(caller));
  if (list === undefined || list.supervisor === caller.agentId) return list;
  const { views } = context;
  const supervisor = list.supervisor === null ? null : views.agent(list.supervisor);
  const who = supervisor === null ? 'nobody at the moment' : supervisor.name;
  throw fail('not_supervisor', `The tasks of ${list.project} are supervised by ${who}.`, {
    context: { project: list.project, supervisor: supervisor === null ? null : views.agentRef(supervisor) },
    hint: `Ask ${supervisor === null ? 'for it' : 'to be handed it'}: lalia task handoff ${caller.name}`,
  });
}

/** @throws LaliaError `not_owner` for anybody but the owner of a task. */
export function checkOwner({ views }: Context, caller: AgentRecord, task: TaskRecord): void {
  if (task.owner === caller.agentId) return;
  const owner = task.owner === null ? null : views.agent(task.owner);
  throw fail(
    'not_owner',
    owner === null ? `Nobody owns ${task.slug}.` : `${task.slug} is the task of ${owner.name}.`,
    { context: { slug: task.slug, owner: owner === null ? null : views.agentRef(owner) } },
  );
}
