/** Who has a task, and with it a place in its room. */
import { fail } from '@lalia/protocol';
import type { AgentRecord, TaskRecord } from '@lalia/store';
import type { Context } from '../context.ts';
import { leaveRoom } from '../membership.ts';
import { refusalOf } from './claiming.ts';
import { isRefusal, outcomeOf, type TaskEvent } from './task-state.ts';
import { blockedBy } from './view.ts';

/**
 * The state of a task after an event.
 * @throws LaliaError what the table of states refuses it with.
 */
export function statusAfter(context: Context, task: TaskRecord, event: TaskEvent): TaskRecord['status'] {
  const isBlocked = blockedBy(context, task).length > 0;
  const outcome = outcomeOf({ status: task.status, event, isBlocked });
  if (isRefusal(outcome)) throw refusalOf(context, task, outcome);
  return outcome;
}

/**
 * Ends an owner's place in the room of a task that it has no longer; as the supervisor it keeps it.
 * @returns the former owner, undefined where there was none.
 */
export function ownerLeaves(context: Context, task: TaskRecord): AgentRecord | undefined {
  const { store, views } = context;
  if (task.owner === null) return undefined;
  const owner = views.agent(task.owner);
  const room = views.room(task.roomId);
  if (store.tasks.getList(task.project)?.supervisor !== owner.agentId) {
    const because = fail('room_not_found', `${task.slug} is not your task any more, and you left its room.`);
    leaveRoom(context, { room, agent: owner, because });
  }
  return owner;
}
