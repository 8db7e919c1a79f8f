/** Whose task list a command means, and which task of it is this worktree's. */
import {
  type Agent,
  fail,
  type GitLocation,
  isLaliaError,
  type Task,
  type TaskList,
  workingPlace,
} from '@lalia/client';
import { nearest } from './nearest.ts';
import type { Session } from './session.ts';

/** Where a command on tasks is called: looking at tasks works without an identity. */
export interface TaskScope {
  readonly project: string;
  readonly location: GitLocation['location'];
  /** Who is calling, where that is known. */
  readonly agent: Agent | undefined;
}

/** What is told of an identity that nobody asked for. */
const UNKNOWN_CALLER = new Set(['not_registered', 'ambiguous_caller', 'key_missing', 'agent_not_found']);

/**
 * The project of the working directory. Its name is the caller's where the caller registered in this repository, because
 * `register --project` may have given it another one.
 * @throws LaliaError `invalid_params` outside of any project.
 */
export async function taskScope(session: Session): Promise<TaskScope> {
  const { location, project: here } = workingPlace();
  const agent = await knownCaller(session);
  const isHome = here === null || agent?.info.main_repo_root === location.main_repo_root;
  const project = (isHome ? agent?.info.project : undefined) ?? here;
  if (project !== null) return { project, location, agent };
  throw fail('invalid_params', 'This folder is in no repository, so it has no tasks.', {
    hint: 'Go to the repository whose tasks you mean.',
  });
}

async function knownCaller(session: Session): Promise<Agent | undefined> {
  try {
    return await session.agent();
  } catch (error) {
    if (session.as === undefined && isLaliaError(error) && UNKNOWN_CALLER.has(error.reason)) return undefined;
    throw error;
  }
}

/** Whether a task is the one of this worktree: by its branch, or, while another commit is checked out there, by its place. */
export function isHere(
  { branch, worktree }: Pick<Task, 'branch' | 'worktree'>,
  location: GitLocation['location'],
): boolean {
  return location.branch === null ? worktree === location.repo_root : branch === location.branch;
}

/**
 * The task that is named, or, without a name, the one of this worktree.
 * @throws LaliaError `task_not_found`.
 */
export function taskIn(
  { project, tasks }: TaskList,
  slug: string | undefined,
  { location }: TaskScope,
): Task {
  const found = tasks.find((task) =>
    slug === undefined ? isHere(task, location) : task.slug.toLowerCase() === slug.toLowerCase(),
  );
  if (found !== undefined) return found;
  const where = location.branch === null ? 'this worktree' : `branch ${location.branch}`;
  const message =
    slug === undefined
      ? `There is no task for ${where} in ${project}.`
      : `There is no task "${slug}" in ${project}.`;
  const slugs = tasks.map((task) => task.slug);
  const guess = slug === undefined ? undefined : nearest(slug, slugs);
  throw fail('task_not_found', message, {
    context: { project, slug: slug ?? null, suggestions: guess === undefined ? [] : [guess] },
    ...(guess === undefined ? {} : { hint: `Did you mean ${guess}?` }),
  });
}
