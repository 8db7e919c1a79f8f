import { fail } from '@lalia/protocol';
import type { AgentRecord, TaskListRecord } from '@lalia/store';
import type { Context } from '../../context.ts';
import { registeredAgent } from '../../conversations.ts';
import type { SignedHandler } from '../../handler.ts';
import { joinRoom, leaveRoom } from '../../membership.ts';
import { tasksChanged } from '../../tasks/changes.ts';
import { checkRole, ownProject } from '../../tasks/lookup.ts';
import { publishingOf, taskBusy } from '../../tasks/undertaking.ts';

/** To the supervisor that it has, a list is not handed again: nothing changes. */
export const taskHandoff: SignedHandler<'task_handoff'> = (context, { params, caller }) => {
  const { store, views } = context;
  checkRole(caller);
  const list = ownList(context, caller);
  checkMayHandOff(context, caller, list);
  const to = successor(context, list, params.to);
  const from = list.supervisor === null ? null : views.agent(list.supervisor);
  const tasks = store.tasks.list(list.project);
  const answer = {
    project: list.project,
    from: from === null ? null : views.agentRef(from),
    to: views.agentRef(to),
    tasks: tasks.length,
  };
  if (from?.agentId === to.agentId) return answer;
  checkIdleList(context, list);
  store.tasks.putList({ ...list, supervisor: to.agentId });
  moveRooms(context, list, { from, to });
  tasksChanged(context, {
    project: list.project,
    by: caller,
    subject: `${caller.name} handed the tasks of ${list.project} to ${to.name}`,
  });
  announce(context, list, { from, to, by: caller });
  return answer;
};

function ownList({ store }: Context, caller: AgentRecord): TaskListRecord {
  const project = ownProject(caller);
  const list = store.tasks.getList(project);
  if (list !== undefined) return list;
  throw fail('task_not_found', `${project} has no tasks.`, {
    context: { project },
    hint: 'Who publishes the first ones supervises them.',
  });
}

/** By the supervisor itself; by any other one only when it is away, or supervises no more. */
function checkMayHandOff({ views, presence }: Context, caller: AgentRecord, list: TaskListRecord): void {
  if (list.supervisor === null || list.supervisor === caller.agentId) return;
  const supervisor = views.agent(list.supervisor);
  if (supervisor.role !== 'supervisor' || presence.of(supervisor).presence === 'away') return;
  throw fail(
    'supervisor_busy',
    `${supervisor.name} supervises the tasks of ${list.project}, and is not away.`,
    {
      context: { project: list.project, supervisor: views.agentRef(supervisor) },
      hint: `Ask ${supervisor.name} to hand them over: lalia task handoff ${caller.name}`,
    },
  );
}

function successor(context: Context, list: TaskListRecord, agentId: string): AgentRecord {
  const agent = registeredAgent(context, agentId);
  if (agent.project !== list.project || agent.location.main_repo_root !== list.mainRepoRoot) {
    throw fail('project_identity_mismatch', `${agent.name} is not in the repository of these tasks.`, {
      context: { name: agent.name, project: list.project, main_repo_root: list.mainRepoRoot },
      hint: `Only a supervisor who registered in ${list.mainRepoRoot} can have them.`,
    });
  }
  checkRole(agent);
  return agent;
}

/** What git is doing for a task, it does in the name of the supervisor there is. */
function checkIdleList({ store }: Context, { project }: TaskListRecord): void {
  const busy = store.tasks.underway().filter((task) => task.project === project);
  const stuck = busy.find((task) => publishingOf(task)?.problem !== undefined);
  if (stuck !== undefined) throw taskBusy(stuck);
  if (busy.length === 0) return;
  const slugs = busy.map(({ slug }) => slug);
  throw fail('task_busy', `${slugs.join(', ')} is being published or unpublished.`, { context: { slugs } });
}

interface Succession {
  readonly from: AgentRecord | null;
  readonly to: AgentRecord;
}

/** The old one goes first: its place may be the only one. As the owner of a task it stays. */
function moveRooms(context: Context, { project }: TaskListRecord, { from, to }: Succession): void {
  for (const { roomId, owner, slug } of context.store.tasks.list(project)) {
    const room = context.views.room(roomId);
    if (room.archivedMs !== null) continue;
    if (from !== null && from.agentId !== owner) {
      const because = fail('room_not_found', `${to.name} supervises ${slug} now, and you left its room.`);
      leaveRoom(context, { room, agent: from, because });
    }
    joinRoom(context, room, to);
  }
}

function announce(
  { store, announcer, views }: Context,
  { project }: TaskListRecord,
  { from, to, by }: Succession & { readonly by: AgentRecord },
): void {
  for (const { slug, roomId } of store.tasks.list(project)) {
    announcer.toRoom(views.room(roomId), `${to.name} supervises ${slug} now: lalia task show ${slug}`, by);
  }
  if (to.agentId !== by.agentId)
    announcer.toAgent(to.agentId, `${by.name} handed you the tasks of ${project}: lalia task list`);
  if (from !== null && from.agentId !== by.agentId)
    announcer.toAgent(from.agentId, `${to.name} took the tasks of ${project} over: lalia task list`);
}
