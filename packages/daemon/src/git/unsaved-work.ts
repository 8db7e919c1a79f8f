/**
 * What would be lost with the worktree of a task. Git itself guards the files of a worktree, when it is asked to remove one;
 * it does not guard what goes with the folder it keeps for it: commits of a detached HEAD, the repositories of submodules,
 * an unfinished rebase. Ignored files do not count, but a repository among them does.
 */
import { join, sep } from 'node:path';
import type { RepositoryPlace } from './branches.ts';
import { operationsUnderway, stagedWork, uncommittedWork } from './checkout-work.ts';
import type { Git } from './git.ts';
import { type NestedRepository, nestedRepositories } from './nested-repositories.ts';
import {
  findWorktree,
  isAtItsPath,
  isThere,
  lockReason,
  realPath,
  type WorktreeAdmin,
  type WorktreeRequest,
} from './worktree-admin.ts';

/** Written into the folder that git keeps for a worktree, before its removal begins. */
export const REMOVING = 'lalia-removing';

/** What would be lost, one sentence each; none when the worktree, and the branch if Lalia made it, can go. */
export async function unsavedWork(place: RepositoryPlace, task: WorktreeRequest): Promise<string[]> {
  const admin = await findWorktree(place.commonDir, task.taskId);
  if (admin === undefined) {
    const isOther = await isThere(task.path);
    return isOther ? [`${task.path} is not the worktree that Lalia made.`] : [];
  }
  const path = admin.path ?? task.path;
  const isBeingRemoved = await isThere(join(admin.folder, REMOVING));
  // Its `.git` may be removed by now; another one says that the folder is somebody else's since.
  const isRest = isBeingRemoved && !(await isThere(join(path, '.git')));
  const isHere = (await isThere(path)) && (isRest || (await isAtItsPath(admin)));
  if (!isHere && (await isThere(path))) return [`${path} is not the worktree any more that Lalia made.`];
  return [
    ...lockOf(admin, task),
    ...(await operationsUnderway(admin.folder)),
    ...(isHere
      ? await uncommittedWork({ git: place.git, gitDir: admin.folder, workTree: path }, { isBeingRemoved })
      : await stagedWork(place.git, admin.folder)),
    ...(await stashes(place.git, place.commonDir, admin.mark?.branch ?? task.branch)),
    ...(await unpushed(place.git, admin, task.branch)),
    ...(await nestedWork(place.git, admin.folder, isHere ? path : null)),
  ];
}

/** All of it in a row, to be shown. */
export function sentences(work: readonly string[]): string {
  return work.map((one) => (one.endsWith('.') ? one : `${one}.`)).join(' ');
}

function lockOf({ lock }: WorktreeAdmin, { taskId }: WorktreeRequest): string[] {
  if (lock === null || lock === lockReason(taskId)) return [];
  return [lock === '' ? 'The worktree is locked.' : `The worktree is locked: ${lock}`];
}

/** Stash entries say in their first words which branch they were made on. */
async function stashes(git: Git, gitDir: string, branch: string | null): Promise<string[]> {
  const args = ['reflog', 'show', '--format=%gs', 'refs/stash', '--'];
  const result = await git.attempt({ cwd: gitDir }, `--git-dir=${gitDir}`, ...args);
  if (result.code !== 0) return [];
  const entries = result.stdout.split('\n').filter((line) => line !== '');
  const ours = entries.filter(
    (line) => branch === null || line.startsWith(`WIP on ${branch}: `) || line.startsWith(`On ${branch}: `),
  );
  if (ours.length === 0) return [];
  return [
    `${ours.length === 1 ? '1 stash entry' : `${String(ours.length)} stash entries`}: ${ours[0] ?? ''}`,
  ];
}

/** Commits of the worktree that no branch, tag or remote has; the task's own branch does not count where it goes too. */
async function unpushed(git: Git, { folder, mark }: WorktreeAdmin, branch: string): Promise<string[]> {
  const at = `--git-dir=${folder}`;
  const ref = `refs/heads/${mark?.branch ?? branch}`;
  const refs = await git.run(
    { cwd: folder },
    at,
    'for-each-ref',
    '--format=%(refname)',
    'refs/worktree/',
    ref,
  );
  const goesToo = mark?.isBranchOurs === true;
  const tips = refs.split('\n').filter((name) => name !== '' && (goesToo || name !== ref));
  const { code } = await git.attempt({ cwd: folder }, at, 'rev-parse', '--verify', '-q', 'HEAD^{commit}');
  if (code === 0) tips.push('HEAD');
  if (tips.length === 0) return [];
  const elsewhere = [...(goesToo ? [`--exclude=${ref}`] : []), '--glob=refs/heads', '--tags', '--remotes'];
  return commits(git, folder, [...tips, '--not', ...elsewhere]);
}

/**
 * Commits of a branch that are on no other branch, tag or remote, as a sentence.
 * @param gitDir any of the repository.
 */
export async function unpushedOfBranch(git: Git, gitDir: string, branch: string): Promise<string[]> {
  const ref = `refs/heads/${branch}`;
  return commits(git, gitDir, [ref, '--not', `--exclude=${ref}`, '--glob=refs/heads', '--tags', '--remotes']);
}

const COUNTED = 1000;

async function commits(git: Git, gitDir: string, range: readonly string[]): Promise<string[]> {
  const args = [
    'log',
    `-n${String(COUNTED)}`,
    '--no-show-signature',
    '--no-color',
    '--format=%h %s',
    ...range,
    '--',
  ];
  const lines = (await git.run({ cwd: gitDir }, `--git-dir=${gitDir}`, ...args)).split('\n').filter(Boolean);
  if (lines.length === 0) return [];
  const count =
    lines.length === COUNTED
      ? `${String(COUNTED)} or more commits are`
      : `${String(lines.length)} commits are`;
  return [`${lines.length === 1 ? '1 commit is' : count} nowhere else: ${lines[0] ?? ''}`];
}

/** Work in the repositories that go with a worktree: of submodules, and whatever else lies in it. */
async function nestedWork(git: Git, adminFolder: string, workTree: string | null): Promise<string[]> {
  const inside = workTree === null ? [] : await nestedRepositories(workTree);
  const kept = await nestedRepositories(join(adminFolder, 'modules'));
  const checkedOut = new Set(await Promise.all(inside.map(({ gitDir }) => realPath(gitDir))));
  const goes = await Promise.all([adminFolder, ...(workTree === null ? [] : [workTree])].map(realPath));
  const lines: string[] = [];
  for (const repository of [...inside, ...kept]) {
    const gitDir = await realPath(repository.gitDir);
    if (repository.workTree === null && checkedOut.has(gitDir) && kept.includes(repository)) continue;
    const dies = goes.some((folder) => gitDir.startsWith(`${folder}${sep}`));
    const name = nameOf(repository, { workTree, modules: join(adminFolder, 'modules') });
    const work = await workOfNested(git, repository, { dies });
    lines.push(...work.map((line) => `In ${name}: ${line}`));
  }
  return lines;
}

function nameOf(
  { gitDir, workTree }: NestedRepository,
  outer: { readonly workTree: string | null; readonly modules: string },
): string {
  const place = workTree ?? gitDir;
  if (outer.workTree !== null && place.startsWith(`${outer.workTree}${sep}`)) {
    return place.slice(outer.workTree.length + 1);
  }
  return `the submodule ${place.slice(outer.modules.length + 1)}`;
}

/** @param dies whether the repository goes too, or only files checked out from one that is elsewhere. */
async function workOfNested(
  git: Git,
  { gitDir, workTree }: NestedRepository,
  { dies }: { readonly dies: boolean },
): Promise<string[]> {
  const files =
    workTree === null
      ? []
      : [
          ...(await operationsUnderway(gitDir)),
          ...(await uncommittedWork({ git, gitDir, workTree }, { isBeingRemoved: false })),
        ];
  if (!dies) return [...files, ...(await commitsOfHead(git, gitDir))];
  const hasWorktrees = await isThere(join(gitDir, 'worktrees'));
  return [
    ...files,
    ...(hasWorktrees ? ['Other worktrees belong to this repository.'] : []),
    ...(await stashes(git, gitDir, null)),
    ...(await commits(git, gitDir, ['--exclude=refs/stash', '--all', '--not', '--remotes'])),
  ];
}

async function commitsOfHead(git: Git, gitDir: string): Promise<string[]> {
  const verify = ['rev-parse', '--verify', '-q', 'HEAD^{commit}'];
  const { code } = await git.attempt({ cwd: gitDir }, `--git-dir=${gitDir}`, ...verify);
  return code === 0 ? commits(git, gitDir, ['HEAD', '--not', '--branches', '--tags', '--remotes']) : [];
}
