import { fail, type LaliaError, type TaskRef, workingPlace } from '@lalia/client';
import { type Change, changedPaths } from '../../changed-paths.ts';
import { command } from '../../command.ts';
import { type ForeignPath, foreignPaths } from '../../path-check.ts';
import { counted } from '../../render/names.ts';
import { foreignPath } from '../../render/path-owners.ts';
import type { Session } from '../../session.ts';
import { isHere, type TaskScope, taskIn, taskScope } from '../../task-scope.ts';

/** Lines about paths of others; a change that is all wrong need not be told path by path. */
const MAX_SHOWN = 20;

export const taskCheck = command({
  name: 'task check',
  group: 'Tasks',
  summary: 'Check that a change keeps out of the paths that other tasks own.',
  args: {
    range: {
      summary: 'Commits, as main...search; without it what differs from the last commit.',
      optional: true,
    },
  },
  flags: {
    staged: { kind: 'switch', summary: 'What is staged, as a pre-commit hook wants it.' },
    task: {
      kind: 'text',
      value: 'SLUG',
      completes: 'task',
      summary: 'The task that the change is for; without it the one of this branch.',
    },
  },
  examples: [
    { does: 'Before a commit', line: 'lalia task check --staged' },
    { does: 'Before a merge', line: 'lalia task check main...search --task search' },
  ],
  run: async ({ args, flags, session }) => {
    if (workingPlace().location.repo_root === null) {
      throw fail('invalid_params', 'This folder is in no worktree, so there is no change to check.');
    }
    const paths = await changedPaths(changeOf(args.range, flags.staged));
    if (paths.length > 0) await check(paths, flags.task, session);
    return { checked: paths.length, staged: flags.staged };
  },
  document: ({ checked }) => ({ checked }),
  // A hook says nothing when all is well.
  render: ({ checked, staged }) => (staged ? '' : checkedText(checked)),
});

function checkedText(paths: number): string {
  if (paths === 0) return 'nothing is changed\n';
  return `${counted(paths, 'path')} checked: nothing in there is another task's\n`;
}

function changeOf(range: string | undefined, staged: boolean): Change {
  if (range === undefined) return { kind: staged ? 'staged' : 'worktree' };
  if (staged) throw fail('invalid_params', '--staged and a range exclude each other.');
  return { kind: 'range', range };
}

/** @throws LaliaError `path_owned` when a path is another task's. */
async function check(paths: readonly string[], slug: string | undefined, session: Session): Promise<void> {
  const scope = await taskScope(session);
  const { tasks } = await session.client();
  const owned = await tasks.owners(scope.project, paths);
  if (owned.length === 0 && slug === undefined) return;
  const own = await ownTask(slug, scope, session);
  const isOwn = ({ task_id }: TaskRef): boolean => task_id === own;
  const foreign = foreignPaths(owned, { isOwn, agentId: scope.agent?.id });
  if (foreign.length === 0) return;
  if (!session.json && foreign.length > 1) {
    for (const one of foreign.slice(0, MAX_SHOWN)) session.note(foreignPath(one));
    if (foreign.length > MAX_SHOWN) session.note(`and ${String(foreign.length - MAX_SHOWN)} more`);
  }
  throw pathOwned(foreign);
}

async function ownTask(
  slug: string | undefined,
  scope: TaskScope,
  session: Session,
): Promise<string | undefined> {
  const client = await session.client();
  const list = await client.tasks.list(scope.project);
  if (slug !== undefined) return taskIn(list, slug, scope).task_id;
  return list.tasks.find((task) => isHere(task, scope.location))?.task_id;
}

function pathOwned(foreign: readonly ForeignPath[]): LaliaError {
  const [first] = foreign;
  const message =
    foreign.length === 1 && first !== undefined
      ? `${foreignPath(first)}.`
      : `${counted(foreign.length, 'path')} of this change belong to other tasks.`;
  return fail('path_owned', message, {
    context: {
      paths: foreign.map(({ path, task: { slug, branch, owner, pattern } }) => ({
        path,
        slug,
        branch,
        owner,
        pattern,
      })),
    },
  });
}
