/** What a supervisor is told although nothing is refused for it: that two open workstreams own the same path. */
import { setImmediate } from 'node:timers/promises';
import { isLaliaError } from '@lalia/protocol';
import type { Context } from '../context.ts';
import { type Overlap, overlaps, type PathOwner } from './owned-paths.ts';
import type { PublishRequest } from './publish-request.ts';
import type { Repository } from './worktrees.ts';

/** Some ten milliseconds' worth. */
const FILES_AT_ONCE = 2000;

interface Place {
  readonly request: PublishRequest;
  readonly repository: Repository;
}

/** The overlaps of a plan's workstreams, with each other and with what is open already. */
export async function pathWarnings({ store }: Context, { request, repository }: Place): Promise<string[]> {
  const planned = new Map<string, PathOwner>(
    request.workstreams.map(({ slug, owned_paths: ownedPaths }) => [slug, { slug, ownedPaths }]),
  );
  const tasks = store.tasks.list(request.project);
  const merged = new Set(tasks.filter(({ status }) => status === 'merged').map(({ slug }) => slug));
  const others = tasks.filter(({ slug }) => !planned.has(slug));
  const open = [...planned.values(), ...others].filter(({ slug }) => !merged.has(slug));
  if (open.filter(({ ownedPaths }) => ownedPaths.length > 0).length < 2) return [];
  const found = await overlapsOf(open, await trackedFiles(repository));
  return found
    .filter(({ slugs }) => slugs.some((slug) => planned.has(slug)))
    .map(({ slugs: [one, other], path }) => `${one} and ${other} both own ${path}`);
}

/** In parts, between which the daemon serves others: a repository may have very many files. */
async function overlapsOf(open: readonly PathOwner[], files: readonly string[]): Promise<Overlap[]> {
  const found = new Map<string, Overlap>();
  for (let start = 0; start === 0 || start < files.length; start += FILES_AT_ONCE) {
    for (const overlap of overlaps(open, files.slice(start, start + FILES_AT_ONCE))) {
      const pair = overlap.slugs.join(' ');
      if (!found.has(pair)) found.set(pair, overlap);
    }
    await setImmediate();
  }
  return [...found.values()];
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
