/** Who may publish in a project, and from where (spec 8). */
import { fail } from '@lalia/protocol';
import type { AgentRecord, TaskListRecord } from '@lalia/store';
import type { Context } from '../context.ts';

/** A supervisor in the place that its list belongs to. */
export interface Holding {
  readonly caller: AgentRecord;
  readonly project: string;
  /** The main worktree of the project's repository, or the repository itself where that is bare. */
  readonly mainRepoRoot: string;
}

/**
 * What a supervisor works on, from where it is.
 * @param fromRepo the main worktree of the repository in which it calls.
 * @throws LaliaError `not_supervisor`, `project_identity_mismatch`.
 */
export function holdingOf(caller: AgentRecord, fromRepo: string | null): Holding {
  if (caller.role !== 'supervisor') {
    throw fail('not_supervisor', `${caller.name} is registered as a ${caller.role}, not as a supervisor.`, {
      context: { role: caller.role },
      hint: 'Register again with --role supervisor, or have the supervisor do it.',
    });
  }
  const { project, location } = caller;
  const { main_repo_root: mainRepoRoot } = location;
  if (project === null || mainRepoRoot === null) {
    throw fail('project_identity_mismatch', `${caller.name} was not registered in a git repository.`, {
      context: { registered_in: location.cwd, project },
      hint: 'Run `lalia register` again in the repository that the tasks are for.',
    });
  }
  if (fromRepo !== mainRepoRoot) {
    throw fail(
      'project_identity_mismatch',
      `${caller.name} was registered in ${mainRepoRoot}, and this is ${fromRepo ?? 'no git repository'}.`,
      { context: { registered_in: mainRepoRoot, called_in: fromRepo } },
    );
  }
  return { caller, project, mainRepoRoot };
}

/**
 * Sees to it that a supervisor may publish in its project: the list is its own, or nobody's, or there is none.
 * @throws LaliaError `supervisor_busy`, `not_supervisor`, `project_identity_mismatch`, `unregistered`.
 */
export function checkHolding(context: Context, { caller, project, mainRepoRoot }: Holding): void {
  checkStillSupervisor(context, caller);
  const list = context.store.tasks.getList(project);
  if (list === undefined || isEmpty(context, list)) return;
  if (list.mainRepoRoot !== mainRepoRoot) {
    throw fail(
      'project_identity_mismatch',
      `The tasks of ${project} belong to ${list.mainRepoRoot}, and ${caller.name} was registered in ${mainRepoRoot}.`,
      {
        context: { project, registered_in: mainRepoRoot, tasks_of: list.mainRepoRoot },
        hint: 'Two repositories have the same project name: register in one of them with --project NAME.',
      },
    );
  }
  if (list.supervisor !== null && list.supervisor !== caller.agentId) throw othersList(context, list);
}

/** It may have unregistered, or registered for something else, while its request waited. */
function checkStillSupervisor({ views }: Context, { agentId, name }: AgentRecord): void {
  const { role, unregisteredMs } = views.agent(agentId);
  if (unregisteredMs !== null) throw fail('unregistered', `${name} was unregistered.`);
  if (role !== 'supervisor')
    throw fail('not_supervisor', `${name} is registered as a ${role} now.`, { context: { role } });
}

/** A list without a task is nobody's. */
function isEmpty({ store }: Context, { project }: TaskListRecord): boolean {
  return (
    store.tasks.list(project).length === 0 && !store.tasks.underway().some((task) => task.project === project)
  );
}

function othersList({ views, presence }: Context, { supervisor, project }: TaskListRecord): Error {
  const holder = views.agent(supervisor ?? '');
  const details = { context: { supervisor: views.agentRef(holder), project } };
  return presence.isLive(holder)
    ? fail('supervisor_busy', `${holder.name} is the supervisor of ${project}.`, {
        ...details,
        hint: `Ask it to hand the tasks over: lalia task handoff, by ${holder.name}.`,
      })
    : fail('not_supervisor', `${holder.name}, who is away, is the supervisor of ${project}.`, {
        ...details,
        hint: 'Take the tasks over first: `lalia task handoff` with your own name.',
      });
}
