/** Tasks as peers see them. */
import type { AgentRef, Result } from '@lalia/protocol';
import type { TaskRecord } from '@lalia/store';
import type { Context } from '../context.ts';

export type TaskView = Result<'task_release'>['task'];
export type TaskRef = Pick<TaskView, 'task_id' | 'slug' | 'project' | 'branch'>;

export function taskRef({ taskId, slug, project, branch }: TaskRecord): TaskRef {
  return { task_id: taskId, slug, project, branch };
}

/** The dependencies of a task that are not merged. One that is not on the list is not merged either. */
export function blockedBy({ store }: Context, task: TaskRecord): string[] {
  return task.dependsOn.filter((slug) => store.tasks.bySlug(task.project, slug)?.status !== 'merged');
}

export function ownerOf({ views }: Context, { owner }: TaskRecord): AgentRef | null {
  return owner === null ? null : views.agentRef(views.agent(owner));
}

export function taskView(context: Context, task: TaskRecord): TaskView {
  const { views, presence } = context;
  return {
    ...taskRef(task),
    status: task.status,
    owner: ownerOf(context, task),
    owner_presence: task.owner === null ? null : presence.of(views.agent(task.owner)).presence,
    blocked_by: blockedBy(context, task),
    brief: task.brief,
    owned_paths: [...task.ownedPaths],
    contracts: [...task.contracts],
    depends_on: [...task.dependsOn],
    worktree: task.worktree,
    room: views.roomRef(views.room(task.roomId)),
    published_ts: task.publishedMs,
    changed_ts: task.changedMs,
  };
}

/** What `task_list` answers; of a project without tasks as well. */
export function taskListView(context: Context, project: string): Result<'task_list'> {
  const { store, views, presence } = context;
  const list = store.tasks.getList(project);
  const supervisor = list === undefined || list.supervisor === null ? null : views.agent(list.supervisor);
  return {
    project,
    revision: list?.revision ?? 0,
    supervisor: supervisor === null ? null : views.agentRef(supervisor),
    supervisor_presence: supervisor === null ? null : presence.of(supervisor).presence,
    tasks: store.tasks.list(project).map((task) => taskView(context, task)),
  };
}
