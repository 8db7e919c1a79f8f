/** What a supervisor is told although nothing is refused for it: that two open workstreams own the same path. */
import { isLaliaError } from '@lalia/protocol';
import type { Context } from '../context.ts';
import type { Repository } from '../git/worktrees.ts';
import { overlaps } from './owned-paths.ts';
import type { PathOwner } from './pattern-index.ts';
import type { PublishRequest } from './publish-request.ts';

interface Place {
  readonly request: PublishRequest;
  readonly repository: Repository;
  /** The slugs of the plan that are not published. */
  readonly refused: ReadonlySet<string>;
}

/** The overlaps of a plan's workstreams, with each other and with what is open already. */
export async function pathWarnings(
  { store }: Context,
  { request, repository, refused }: Place,
): Promise<string[]> {
  const planned = new Map<string, PathOwner>(
    request.workstreams
      .filter(({ slug }) => !refused.has(slug))
      .map(({ slug, owned_paths: ownedPaths }) => [slug, { slug, ownedPaths }]),
  );
  const tasks = store.tasks.list(request.project);
  const merged = new Set(tasks.filter(({ status }) => status === 'merged').map(({ slug }) => slug));
  const others = tasks.filter(({ slug }) => !planned.has(slug));
  const open = [...planned.values(), ...others].filter(({ slug }) => !merged.has(slug));
  if (open.filter(({ ownedPaths }) => ownedPaths.length > 0).length < 2) return [];
  const found = await overlaps(open, await trackedFiles(repository));
  return found
    .filter(({ slugs }) => slugs.some((slug) => planned.has(slug)))
    .map(({ slugs: [one, other], path }) => `${one} and ${other} both own ${path}`);
}

/** The plan is published by now: patterns alone have to do where git fails. */
async function trackedFiles(repository: Repository): Promise<readonly string[]> {
  try {
    return await repository.trackedFiles();
  } catch (error) {
    if (!isLaliaError(error)) throw error;
    return [];
  }
}
