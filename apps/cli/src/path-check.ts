/** Which paths of a change are another task's (spec 8, issue 3). Pure. */
import type { OwnedPath, TaskRef } from '@lalia/client';

/** Who makes a change, as far as that is known. */
export interface Author {
  /** Whether a task is the one that this change is made for. */
  readonly isOwn: (task: TaskRef) => boolean;
  readonly agentId: string | undefined;
}

/** A path of another task. */
export interface ForeignPath {
  readonly path: string;
  readonly task: OwnedPath['tasks'][number];
}

/** The paths that somebody else owns. One that the author's own task owns as well is the author's, too. */
export function foreignPaths(owned: readonly OwnedPath[], { isOwn, agentId }: Author): ForeignPath[] {
  return owned.flatMap(({ path, tasks }) => {
    const isMine = tasks.some(
      (task) => isOwn(task) || (agentId !== undefined && task.owner?.agent_id === agentId),
    );
    const [task] = tasks;
    return isMine || task === undefined ? [] : [{ path, task }];
  });
}
