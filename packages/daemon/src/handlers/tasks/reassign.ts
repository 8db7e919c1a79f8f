import { fail } from '@lalia/protocol';
import type { AgentRecord, TaskRecord } from '@lalia/store';
import type { Context } from '../../context.ts';
import { registeredAgent } from '../../conversations.ts';
import type { SignedHandler } from '../../handler.ts';
import { joinRoom } from '../../membership.ts';
import { changeTask } from '../../tasks/changes.ts';
import { checkMayOwn } from '../../tasks/claiming.ts';
import { checkSupervisor, ownIdleTask } from '../../tasks/lookup.ts';
import { ownerLeaves, statusAfter } from '../../tasks/ownership.ts';
import { ownerOf, taskView } from '../../tasks/view.ts';

/** To the owner that it has, a task is not assigned again: nothing changes. */
export const taskReassign: SignedHandler<'task_reassign'> = (context, { params, caller }) => {
  const task = ownIdleTask(context, caller, params.slug);
  checkSupervisor(context, caller);
  const to = assignee(context, task, params.to);
  const status = statusAfter(context, task, 'reassign');
  const from = ownerOf(context, task);
  if (to.agentId === task.owner) return { task: taskView(context, task), from };
  const former = ownerLeaves(context, task);
  joinRoom(context, context.views.room(task.roomId), to);
  const changed = changeTask(context, {
    task,
    change: { status, owner: to.agentId },
    by: caller,
    subject: `${caller.name} assigned ${task.slug} to ${to.name}`,
  });
  announce(context, task, { by: caller, to, former });
  return { task: taskView(context, changed), from };
};

function assignee(context: Context, task: TaskRecord, agentId: string): AgentRecord {
  const agent = registeredAgent(context, agentId);
  if (agent.project !== task.project) {
    throw fail('agent_not_found', `${agent.name} is not in project ${task.project}.`, {
      context: { agent_id: agentId, name: agent.name, project: task.project },
    });
  }
  checkMayOwn(context, agent, task.project);
  return agent;
}

interface Handover {
  readonly by: AgentRecord;
  readonly to: AgentRecord;
  readonly former: AgentRecord | undefined;
}

function announce(
  { announcer, views }: Context,
  { slug, roomId }: TaskRecord,
  { by, to, former }: Handover,
): void {
  if (former !== undefined) {
    announcer.toAgent(
      former.agentId,
      `${by.name} gave your task ${slug} to ${to.name}; for another one: lalia task claim --any`,
    );
  }
  announcer.toRoom(views.room(roomId), `${slug} is the task of ${to.name} now: lalia task claim ${slug}`, by);
}
