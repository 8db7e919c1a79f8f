/** The check of owned paths before each commit, in the worktrees that Lalia made. */
import type { Ulid } from '@lalia/protocol';
import type { Repository } from './worktrees.ts';

export interface GuardRequest {
  readonly taskId: Ulid;
  /** How the hook calls `lalia` where it is not on the PATH. */
  readonly command: readonly string[];
}

/**
 * Installs the check in the worktree of a task; again changes nothing but the command.
 * @returns whether it is there now, and in a sentence what was done or why not.
 */
export async function installGuard(
  _repository: Repository,
  _request: GuardRequest,
): Promise<{ done: boolean; note: string }> {
  return Promise.reject(new Error('not built yet'));
}

/** Takes the check away, and leaves everything as it was before. */
export async function uninstallGuard(
  _repository: Repository,
  _taskId: Ulid,
): Promise<{ done: boolean; note: string }> {
  return Promise.reject(new Error('not built yet'));
}
