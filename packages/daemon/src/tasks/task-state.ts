/**
 * The states of a task, and every change there is (spec 8).
 *
 *              reassign
 *     open ──────────────▶ assigned
 *      │ ▲  ◀────────────     │
 *      │ │  release, unassign │ claim_own, start, ready, block
 *      │ └──────────┐         ▼
 *      │ claim   in-progress ◀──▶ ready, blocked         merge, from anywhere: merged, which is for ever
 *      └───────────▶
 *
 * A task is open if and only if it has no owner, merged ones apart. A merged dependency stays merged and dependencies are only
 * ever taken away, so that what was begun is never blocked again.
 */
import type { Reason, TaskStatus } from '@lalia/protocol';

export const TASK_STATES = ['open', 'assigned', 'in-progress', 'blocked', 'ready', 'merged'] as const;

/** `claim` is by somebody else than the owner; `start`, `block` and `ready` are the owner's words on how far it is. */
export const TASK_EVENTS = [
  'claim',
  'claim_own',
  'start',
  'block',
  'ready',
  'release',
  'unassign',
  'reassign',
  'merge',
] as const;
export type TaskEvent = (typeof TASK_EVENTS)[number];

const REFUSALS = ['task_taken', 'task_not_claimable', 'task_blocked', 'task_merged', 'not_owner'] as const;
export type TaskRefusal = Extract<Reason, (typeof REFUSALS)[number]>;

type Outcomes = Readonly<Record<TaskEvent, TaskStatus | TaskRefusal>>;

/** What an owner may do with its task. */
const OWNED: Outcomes = {
  claim: 'task_taken',
  claim_own: 'in-progress',
  start: 'in-progress',
  block: 'blocked',
  ready: 'ready',
  release: 'open',
  unassign: 'open',
  reassign: 'assigned',
  merge: 'merged',
};

/** The state after an event, or why it is refused. Total, so that the compiler finds a hole. */
export const TRANSITIONS: Readonly<Record<TaskStatus, Outcomes>> = {
  open: {
    claim: 'in-progress',
    claim_own: 'not_owner',
    start: 'not_owner',
    block: 'not_owner',
    ready: 'not_owner',
    release: 'not_owner',
    unassign: 'open',
    reassign: 'assigned',
    merge: 'merged',
  },
  assigned: OWNED,
  'in-progress': OWNED,
  // Claimed again by its owner, a task stays as far as it is.
  blocked: { ...OWNED, claim_own: 'blocked' },
  ready: { ...OWNED, claim_own: 'ready' },
  merged: {
    claim: 'task_not_claimable',
    claim_own: 'task_not_claimable',
    start: 'task_merged',
    block: 'task_merged',
    ready: 'task_merged',
    release: 'task_merged',
    unassign: 'task_merged',
    reassign: 'task_merged',
    merge: 'merged',
  },
};

export interface Occasion {
  readonly status: TaskStatus;
  readonly event: TaskEvent;
  /** Whether a dependency is not merged. */
  readonly isBlocked: boolean;
}

/** The state after an event, or why it is refused: work on a task begins after its dependencies are merged. */
export function outcomeOf({ status, event, isBlocked }: Occasion): TaskStatus | TaskRefusal {
  const next = TRANSITIONS[status][event];
  return isBlocked && (next === 'in-progress' || next === 'ready') ? 'task_blocked' : next;
}

export function isRefusal(outcome: TaskStatus | TaskRefusal): outcome is TaskRefusal {
  return (REFUSALS as readonly string[]).includes(outcome);
}
