/** Whose paths are. */
import { agentAddress, type OwnedPath, oneLine } from '@lalia/client';
import type { ForeignPath } from '../path-check.ts';
import { table } from './table.ts';

/** The paths that were asked about, and those of them that somebody owns. */
export interface PathOwners {
  readonly paths: readonly string[];
  readonly owned: readonly OwnedPath[];
}

export function pathOwners({ paths, owned }: PathOwners): string {
  const byPath = new Map(owned.map(({ path, tasks }) => [path, tasks]));
  const rows = paths.flatMap((path) => {
    const tasks = byPath.get(path) ?? [];
    if (tasks.length === 0) return [[oneLine(path), 'nobody']];
    return tasks.map((task) => [
      oneLine(path),
      `task ${task.slug}`,
      task.owner === null ? 'not claimed' : agentAddress(task.owner),
      oneLine(task.pattern),
    ]);
  });
  return table(rows);
}

/** A path of somebody else in words: `src/a.ts belongs to task search (codex@shop)`. */
export function foreignPath({ path, task }: ForeignPath): string {
  const owner = task.owner === null ? 'not claimed' : agentAddress(task.owner);
  return `${oneLine(path)} belongs to task ${task.slug} (${owner})`;
}
