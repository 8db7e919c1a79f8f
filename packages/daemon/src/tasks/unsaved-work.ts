/** What would be lost with a worktree. */
import type { RepositoryPlace } from './branches.ts';
import type { WorktreeRequest } from './worktree-admin.ts';

export async function unsavedWork(_place: RepositoryPlace, _task: WorktreeRequest): Promise<string[]> {
  return Promise.reject(new Error('not built yet'));
}
