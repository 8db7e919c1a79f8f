/** What is recorded before git begins, so that whoever finds it can finish it or take it back. */
import { type Auth, fail, type LaliaError, type Ulid } from '@lalia/protocol';
import type { TaskRecord } from '@lalia/store';
import type { WorktreePlan } from '../git/preflight.ts';
import type { RemovalPlan } from '../git/removal.ts';

/** A task that is being published. Its bundle is made of the row again. */
export interface Publishing {
  readonly worktree: WorktreePlan;
  readonly by: Ulid;
  /** The bundle as a message: its id, and the signature of the `post`. */
  readonly messageId: Ulid;
  readonly auth: Auth;
  /** Why it could neither be finished nor taken back, when that was tried last. */
  readonly problem?: string;
}

/** A task that is being taken off the list together with its worktree. */
export interface Unpublishing {
  readonly removal: RemovalPlan;
  readonly by: Ulid;
}

/** What is underway of a task that is being published. */
export function publishingOf({ undertaking }: TaskRecord): Publishing | undefined {
  return undertaking?.kind === 'publish' ? (undertaking.details as Publishing) : undefined;
}

/** What is underway of a task that is being taken off the list. */
export function unpublishingOf({ undertaking }: TaskRecord): Unpublishing | undefined {
  return undertaking?.kind === 'unpublish' ? (undertaking.details as Unpublishing) : undefined;
}

/** That a task cannot be changed now, and why, where git is not simply at work. */
export function taskBusy(task: TaskRecord): LaliaError {
  const { slug, undertaking } = task;
  const problem = publishingOf(task)?.problem;
  const context = { slug, underway: undertaking?.kind };
  if (problem === undefined)
    return fail('task_busy', `${slug} is being ${undertaking?.kind ?? ''}ed.`, { context });
  return fail('task_busy', `${slug} could neither be published nor taken back: ${problem}`, {
    context: { ...context, problem },
    hint: 'Mend that, then publish it again: that begins with trying again.',
  });
}
