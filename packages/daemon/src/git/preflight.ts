/**
 * Whether worktrees can be made, and what that means. Nothing is changed.
 *
 * What a plan asks of a repository differs in branch and path only, so git is asked once for all its workstreams. By the time
 * one is made the answers may be outdated: making looks again, and git itself refuses what came in between.
 */
import { lstat } from 'node:fs/promises';
import { basename, dirname, isAbsolute } from 'node:path';
import { fail } from '@lalia/protocol';
import {
  branchState,
  branchUsers,
  checkBranchName,
  headOf,
  listRefs,
  type RepositoryPlace,
  registeredWorktrees,
} from './branches.ts';
import { ignoreMissing, isThere, listWorktrees, realPath, type WorktreeRequest } from './worktree-admin.ts';

/** All that is needed to make a worktree, to finish it after a crash, and to take it back. Plain JSON. */
export interface WorktreePlan extends WorktreeRequest {
  readonly branchIsNew: boolean;
  /** The commit that the branch is at, or is made at. */
  readonly base: string;
  /** Whether the folder that holds the worktrees is made too. */
  readonly folderIsNew: boolean;
  /** What the publisher should know, such as that only a remote has a branch of this name. */
  readonly warnings: readonly string[];
}

/** What a repository is like at one moment. */
interface Survey {
  /** Commits of branches, also of remotes, by the full name of the ref. */
  readonly refs: ReadonlyMap<string, string>;
  /** Who uses a branch, by the full name of its ref. */
  readonly users: ReadonlyMap<string, string>;
  /** Where git knows worktrees, as the file system has it. */
  readonly registered: ReadonlySet<string>;
  /** Folders of worktrees that Lalia made. */
  readonly ownFolders: ReadonlySet<string>;
}

export class Preflight {
  readonly #place: RepositoryPlace;
  #survey: Promise<Survey> | undefined;
  #head: Promise<string> | undefined;

  constructor(place: RepositoryPlace) {
    this.#place = place;
  }

  /**
   * Says what making a worktree means.
   * @throws LaliaError `path_in_use`, `branch_in_use`, `no_commits`, `invalid_params`, `git_missing`, `git_failed`.
   */
  async plan({ taskId, branch, path }: WorktreeRequest): Promise<WorktreePlan> {
    await checkBranchName(this.#place, branch);
    this.#survey ??= survey(this.#place);
    const found = await this.#survey;
    const folderIsNew = await checkPath(path, found);
    const { tip, remotes } = branchState(found.refs, branch);
    const user = found.users.get(`refs/heads/${branch}`);
    if (user !== undefined) {
      throw fail('branch_in_use', `The branch ${branch} is ${user}.`, { context: { branch } });
    }
    const warnings =
      tip === null && remotes.length > 0
        ? [`${branch} is made from HEAD, although there is ${remotes.join(', ')} on a remote.`]
        : [];
    const base = tip ?? (await this.#headOnce());
    const branchIsNew = tip === null;
    return { taskId, branch, path, branchIsNew, base, folderIsNew, warnings };
  }

  async #headOnce(): Promise<string> {
    this.#head ??= headOf(this.#place);
    return this.#head;
  }
}

async function survey(place: RepositoryPlace): Promise<Survey> {
  const listed = await registeredWorktrees(place);
  const admins = await listWorktrees(place.commonDir);
  const ours = admins.filter(({ mark }) => mark?.isFolderOurs === true);
  return {
    refs: await listRefs(place),
    users: await branchUsers(place, { listed, admins }),
    registered: new Set(await Promise.all(listed.map(({ path }) => realPath(path)))),
    ownFolders: new Set(ours.flatMap(({ path }) => (path === null ? [] : [dirname(path)]))),
  };
}

/** Whether the folder that holds the worktrees has to be made, or was made by Lalia. */
async function checkPath(path: string, { registered, ownFolders }: Survey): Promise<boolean> {
  if (!isAbsolute(path)) throw fail('invalid_params', `${path} is not an absolute path.`);
  const folder = dirname(path);
  const found = await lstat(folder).catch(ignoreMissing(undefined));
  if (found?.isSymbolicLink() === true) throw pathInUse(path, `${folder} is a link to somewhere else`);
  if (found?.isDirectory() === false) throw pathInUse(path, `${folder} is not a folder`);
  if (await isThere(path)) throw pathInUse(path, 'there is something at this path');
  if (registered.has(await realPath(path))) {
    throw pathInUse(
      path,
      'git knows a worktree there, whose folder is gone',
      `git worktree remove ${basename(path)}`,
    );
  }
  // The folder stays Lalia's for all the worktrees in it, so that the last one takes it along.
  return found === undefined || ownFolders.has(folder);
}

export function pathInUse(path: string, why: string, command?: string): Error {
  return fail('path_in_use', `${path} cannot be used: ${why}.`, {
    context: { path },
    ...(command === undefined ? {} : { hint: `\`${command}\` frees the path.` }),
  });
}
