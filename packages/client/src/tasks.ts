/** What an agent does with tasks: publishes and looks after them as a supervisor, claims and finishes them as a worker. */
import {
  checkBody,
  fail,
  formatBundle,
  isLaliaError,
  type Result,
  type TaskPlan,
  type TaskStatus,
  type Ulid,
} from '@lalia/protocol';
import { workingPlace } from './caller.ts';
import type { Clock } from './clock.ts';
import type { CallOptions, SignedCaller } from './signed-caller.ts';
import { waitOverCrashes } from './waiting.ts';

/** Which task to claim: one by its slug, the one of a branch, or the first that can be claimed. */
export type ClaimTarget = { readonly slug: string } | { readonly branch: string } | 'any';

export interface PublishOptions extends CallOptions {
  /** Changes nothing, and says what would happen. */
  readonly dryRun?: boolean | undefined;
  /** The folder that it is published from, in the supervisor's repository; default: the process's working directory. */
  readonly cwd?: string | undefined;
}

export interface ClaimOptions extends CallOptions {
  /** How long to wait until it can be claimed, in milliseconds. Default 0: not at all. */
  readonly timeoutMs?: number | undefined;
}

export interface UnpublishOptions extends CallOptions {
  /** Also when its owner is away, or others depend on it. */
  readonly force?: boolean | undefined;
  /** Removes the worktree as well; refused while it holds work that is nowhere else. */
  readonly wipeWorktree?: boolean | undefined;
  /** Also over an owner who is live. */
  readonly evictOwner?: boolean | undefined;
}

/** What an owner, or with `merged` the supervisor, says of a task. */
export type ReportedStatus = Exclude<TaskStatus, 'open' | 'assigned'>;

/** What `AgentTasks` is made of; `Agent` puts it together. */
export interface TaskParts {
  readonly caller: SignedCaller;
  readonly clock: Clock;
  readonly newId: () => Ulid;
  /** Turns an address into the agent that it names now. */
  readonly agentId: (address: string, options: CallOptions) => Promise<Ulid>;
}

export class AgentTasks {
  readonly #parts: TaskParts;

  /** Use `Agent.tasks`. */
  constructor(parts: TaskParts) {
    this.#parts = parts;
  }

  /**
   * Publishes a plan: for each workstream a worktree, a branch, a room with the bundle as its first message, and the task.
   * Each is published whole or not at all; the same again changes nothing, so a lost answer is asked for again.
   * @returns for each workstream what became of it, in the order of the plan. A refused one is in there, not thrown.
   * @throws LaliaError when nothing can be published: `not_supervisor`, `supervisor_busy`, `project_identity_mismatch`,
   *   `git_missing`, `no_commits`, `invalid_params`, or what is wrong with the text of a bundle.
   */
  async publish(
    plan: TaskPlan,
    { dryRun, cwd, ...options }: PublishOptions = {},
  ): Promise<Result<'task_publish'>> {
    const bundles = plan.workstreams.map(bundleOf);
    const from_repo = workingPlace(cwd === undefined ? {} : { cwd }).location.main_repo_root;
    const params = () => ({
      plan,
      from_repo,
      first_posts: bundles.map((bundle) => this.#firstPost(bundle)),
      ...(dryRun === true ? { dry_run: true as const } : {}),
    });
    return this.#parts.caller.call('task_publish', params, options);
  }

  /**
   * Makes this agent the owner of a task and a member of its room; waits, across crashes of the daemon, when told to. Who has
   * it already gets the same answer again, with `claimed_now: false`.
   * @throws LaliaError `task_not_found`, `task_taken`, `task_blocked`, `task_not_claimable`, `cannot_claim`, `room_full`;
   *   `timeout` when it could not be claimed in the given time; the signal's reason when it aborts: then nothing is claimed.
   */
  claim(target: ClaimTarget, { timeoutMs = 0, signal }: ClaimOptions = {}): Promise<Result<'task_claim'>> {
    const { caller, clock, newId } = this.#parts;
    const which = whichOf(target);
    // The same in each attempt, so that an answer that was lost is no second task.
    const id = newId();
    // A task that was given in the instant in which the caller gave up must not stay with somebody who does not know.
    const onLate = (result: unknown) => {
      const { task, claimed_now } = result as Result<'task_claim'>;
      if (claimed_now) this.release(task.slug).catch(() => undefined);
    };
    return waitOverCrashes(clock, { timeoutMs, signal }, (leftMs) =>
      caller.call(
        'task_claim',
        { which, id, timeout_ms: leftMs },
        {
          signal,
          onLate,
          waits: timeoutMs > 0,
        },
      ),
    );
  }

  /** Gives a task of this agent back. @throws LaliaError `not_owner`, `task_not_found`, `task_merged`. */
  release(slug: string, options: CallOptions = {}): Promise<Result<'task_release'>> {
    return this.#parts.caller.call('task_release', { slug }, options);
  }

  /**
   * Says how far a task is: its owner `in-progress`, `ready` or `blocked`; the supervisor `merged`, which is final.
   * @throws LaliaError `not_owner`, `not_supervisor`, `task_not_found`, `task_merged`.
   */
  setStatus(
    slug: string,
    status: ReportedStatus,
    options: CallOptions = {},
  ): Promise<Result<'task_set_status'>> {
    return this.#parts.caller.call('task_set_status', { slug, status }, options);
  }

  /** Takes a task from its owner: it is open again. @throws LaliaError `not_supervisor`, `task_not_found`, `task_merged`. */
  unassign(slug: string, options: CallOptions = {}): Promise<Result<'task_unassign'>> {
    return this.#parts.caller.call('task_unassign', { slug }, options);
  }

  /**
   * Gives a task to an agent, who claims it when it begins.
   * @param to an address; a bare name is looked up in this agent's project first.
   */
  async reassign(slug: string, to: string, options: CallOptions = {}): Promise<Result<'task_reassign'>> {
    const agentId = await this.#parts.agentId(to, options);
    return this.#parts.caller.call('task_reassign', { slug, to: agentId }, options);
  }

  /**
   * Takes a task off the list and archives its room. Work that is nowhere else is never deleted, whatever the options.
   * @throws LaliaError `owner_live`, `needs_force`, `unsaved_work`, `task_busy`, `not_supervisor`, `task_not_found`.
   */
  unpublish(
    slug: string,
    { force, wipeWorktree, evictOwner, ...options }: UnpublishOptions = {},
  ): Promise<Result<'task_unpublish'>> {
    const params = {
      slug,
      ...(force === true ? { force } : {}),
      ...(wipeWorktree === true ? { wipe_worktree: wipeWorktree } : {}),
      ...(evictOwner === true ? { evict_owner: evictOwner } : {}),
    };
    return this.#parts.caller.call('task_unpublish', params, options);
  }

  /**
   * Gives the project's task list, with its rooms, to a supervisor: this agent's own list, or, to oneself, the list of one
   * who is away.
   */
  async handoff(to: string, options: CallOptions = {}): Promise<Result<'task_handoff'>> {
    const agentId = await this.#parts.agentId(to, options);
    return this.#parts.caller.call('task_handoff', { to: agentId }, options);
  }

  /** Takes merged tasks off the list and archives their rooms; worktrees stay. */
  gc(options: CallOptions = {}): Promise<Result<'task_gc'>> {
    return this.#parts.caller.call('task_gc', {}, options);
  }

  /** Archives the rooms of the merged tasks of this agent's project. */
  gcRooms(options: CallOptions = {}): Promise<Result<'rooms_gc'>> {
    return this.#parts.caller.call('rooms_gc', {}, options);
  }

  /**
   * Installs or removes the check of owned paths before each commit, in the worktrees that Lalia made.
   * @param command how the hook calls `lalia` where it is not on the PATH: a program and its first arguments.
   */
  guard(
    action: 'install' | 'uninstall',
    command: readonly string[] = ['lalia'],
    options: CallOptions = {},
  ): Promise<Result<'task_guard'>> {
    return this.#parts.caller.call('task_guard', { action, command: [...command] }, options);
  }

  /**
   * The signed `post` that begins a task's room. New ids and a new signature for each attempt: what an attempt that was
   * taken back has used is used.
   */
  #firstPost({ slug, body }: Bundle) {
    const { caller, newId } = this.#parts;
    const room_id = newId();
    const id = newId();
    const { auth } = caller.sign('post', { room: room_id, id, body });
    return { slug, room_id, id, auth };
  }
}

interface Bundle {
  readonly slug: string;
  readonly body: string;
}

function bundleOf(workstream: TaskPlan['workstreams'][number]): Bundle {
  const { slug } = workstream;
  const body = formatBundle(workstream);
  try {
    checkBody(body);
  } catch (error) {
    if (!isLaliaError(error)) throw error;
    throw fail(error.reason, `Workstream ${slug}: ${error.message}`, {
      cause: error,
      context: { ...error.context, slug },
    });
  }
  return { slug, body };
}

function whichOf(target: ClaimTarget) {
  if (target === 'any') return { kind: 'any' as const };
  return 'slug' in target
    ? { kind: 'slug' as const, slug: target.slug }
    : { kind: 'branch' as const, branch: target.branch };
}
