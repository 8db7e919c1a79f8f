/** Claiming: an open task, or one that was assigned to the caller, becomes the caller's, who joins its room. */
import { fail, invariant, type LaliaError, type Ulid } from '@lalia/protocol';
import { type AgentRecord, keptBody, type TaskRecord } from '@lalia/store';
import type { Context } from '../context.ts';
import { hasSeat, joinRoom } from '../membership.ts';
import { changeTask } from './changes.ts';
import { ownTask } from './lookup.ts';
import { isRefusal, outcomeOf, type TaskRefusal } from './task-state.ts';
import { blockedBy, taskView } from './view.ts';
import type { ClaimOutcome, ClaimRequest } from './waiters.ts';

/**
 * Does a claim, in the transaction that is open.
 * @returns the claimed task, or why there is none at the moment.
 * @throws LaliaError `unregistered`, `cannot_claim`, `task_not_found`, `task_not_claimable`, `room_full`: no other claim's end
 *   would change it.
 */
export function claim(context: Context, request: ClaimRequest): ClaimOutcome {
  const { agentId, project, which, claimId } = request;
  const caller = context.views.agent(agentId);
  // Its own tasks, which it leaves with this very transaction, must not be given to it again.
  if (caller.unregisteredMs !== null) throw fail('unregistered', `${caller.name} was unregistered.`);
  checkMayOwn(context, caller, project);
  const before = claimedBefore(context, request);
  if (before !== undefined) return claimed(context, before, false);
  const claimant = { caller, claimId };
  switch (which.kind) {
    case 'any':
      return claimAny(context, claimant, project);
    case 'slug':
      return claimOne(context, claimant, ownTask(context, caller, which.slug));
    case 'branch':
      return claimOne(context, claimant, taskOfBranch(context, project, which.branch));
  }
}

interface Claimant {
  readonly caller: AgentRecord;
  readonly claimId: Ulid | null;
}

/** What this very claim took already: whoever missed the answer and asks again gets no second task. */
function claimedBefore({ store }: Context, { agentId, claimId }: ClaimRequest): TaskRecord | undefined {
  return claimId === null
    ? undefined
    : store.tasks.ownedBy(agentId).find((task) => task.claimId === claimId && task.status !== 'merged');
}

/** @throws LaliaError `cannot_claim` for a supervisor. */
export function checkMayOwn({ store }: Context, agent: AgentRecord, project: string): void {
  const supervises = store.tasks.getList(project)?.supervisor === agent.agentId;
  if (agent.role !== 'supervisor' && !supervises) return;
  throw fail('cannot_claim', `${agent.name} is a supervisor.`, {
    context: { name: agent.name, role: agent.role },
  });
}

function taskOfBranch({ store }: Context, project: string, branch: string): TaskRecord {
  const task = store.tasks.byBranch(project, branch);
  if (task !== undefined && task.undertaking?.kind !== 'publish') return task;
  throw fail('task_not_found', `There is no task of branch ${branch} in ${project}.`, {
    context: { branch, project },
    hint: 'Go to the worktree of a task, or name one: `lalia task bulletin` lists what can be claimed.',
  });
}

function claimOne(context: Context, { caller, claimId }: Claimant, task: TaskRecord): ClaimOutcome {
  const outcome = outcomeFor(context, caller, task);
  if (outcome === 'task_not_claimable') throw refusalOf(context, task, outcome);
  if (task.undertaking !== null)
    return {
      notYet: fail('task_busy', `${task.slug} is being unpublished.`, { context: { slug: task.slug } }),
    };
  if (isRefusal(outcome)) return { notYet: refusalOf(context, task, outcome) };
  if (outcome === task.status) return claimed(context, task, false);
  joinRoom(context, context.views.room(task.roomId), caller);
  const changed = changeTask(context, {
    task,
    change: { status: outcome, owner: caller.agentId, claimId },
    by: caller,
    subject: `${caller.name} claimed ${task.slug}`,
  });
  return claimed(context, changed, true);
}

/** What was assigned to the caller goes first, then what was published first. */
function claimAny(context: Context, claimant: Claimant, project: string): ClaimOutcome {
  const { store, views } = context;
  const { caller } = claimant;
  const claimable = store.tasks
    .list(project)
    .filter((task) => task.undertaking === null && (task.owner === null || task.status === 'assigned'))
    .filter((task) => !isRefusal(outcomeFor(context, caller, task)));
  const mine = claimable.filter(({ owner }) => owner === caller.agentId);
  const task = [...mine, ...claimable].find(({ roomId }) =>
    hasSeat(context, views.room(roomId), caller.agentId),
  );
  if (task !== undefined) return claimOne(context, claimant, task);
  const why =
    claimable.length === 0
      ? `Nothing can be claimed in ${project} now.`
      : `The rooms of all that can be claimed in ${project} are full.`;
  return {
    notYet: fail('task_not_claimable', why, {
      context: { project, full: claimable.map(({ slug }) => slug) },
      hint: 'Wait for a task with `lalia task claim --any --wait`; `lalia task list` shows who has which.',
    }),
  };
}

function outcomeFor(context: Context, caller: AgentRecord, task: TaskRecord) {
  return outcomeOf({
    status: task.status,
    event: task.owner === caller.agentId ? 'claim_own' : 'claim',
    isBlocked: blockedBy(context, task).length > 0,
  });
}

function claimed(context: Context, task: TaskRecord, isNew: boolean): ClaimOutcome {
  const { conversations } = context.store;
  const { conversationId } = conversations.ofRoom(task.roomId);
  const [first] = conversations.messages.oldestFirst({ conversationId, afterSeq: 0, beforeSeq: 2, limit: 1 });
  invariant(first !== undefined, 'the room of a task begins with its bundle');
  return { claimed: { task: taskView(context, task), bundle: keptBody(first), claimed_now: isNew } };
}

/** The error for what the table of states refuses. */
export function refusalOf(context: Context, task: TaskRecord, refusal: TaskRefusal): LaliaError {
  const { slug, status } = task;
  const owner = task.owner === null ? null : context.views.agentRef(context.views.agent(task.owner));
  switch (refusal) {
    case 'task_blocked': {
      const waitsFor = blockedBy(context, task);
      return fail(refusal, `${slug} waits until ${waitsFor.join(', ')} ${are(waitsFor)} merged.`, {
        context: { slug, blocked_by: waitsFor },
      });
    }
    case 'task_taken':
      return fail(refusal, `${slug} is the task of ${owner?.name ?? 'somebody else'}.`, {
        context: { slug, status, owner },
      });
    case 'task_merged':
    case 'task_not_claimable':
      return fail(refusal, `${slug} is merged.`, { context: { slug, status } });
    case 'not_owner':
      return fail(refusal, `Nobody owns ${slug}.`, { context: { slug, owner } });
  }
}

function are(list: readonly string[]): string {
  return list.length === 1 ? 'is' : 'are';
}
