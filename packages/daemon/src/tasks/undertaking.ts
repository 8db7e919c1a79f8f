/** What is recorded before git begins, so that whoever finds it can finish it or take it back. */
import type { Auth, Ulid } from '@lalia/protocol';
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
