/**
 * Publishing a plan (spec 8). For each workstream: worktree, branch, room, bundle and row, all or nothing.
 *
 *   1. the request is checked in its own transaction (`publish-request.ts`), and waits for its repository's turn;
 *   2. git is asked whether each worktree can be made; nothing is changed yet;
 *   3. what can be is recorded, in one transaction: rows that nobody sees, with all that is needed to go on;
 *   4. each is made by git, then becomes a task, in a transaction of its own (`publishing.ts`), or is taken back.
 *
 * A daemon that starts goes on behind step 3 (`recovery.ts`).
 */
import { dirname, join } from 'node:path';
import { fail, isLaliaError, type LaliaError, type Result, type Ulid } from '@lalia/protocol';
import type { TaskRecord } from '@lalia/store';
import type { Context } from '../context.ts';
import type { Preflight, WorktreePlan } from '../git/preflight.ts';
import type { WorktreeRequest } from '../git/worktree-admin.ts';
import { openRepository, type Repository } from '../git/worktrees.ts';
import { dependenciesFirst } from './plan-check.ts';
import { checkAgain, type PublishRequest, type Workstream } from './publish-request.ts';
import { judge, withoutDependency } from './publish-verdict.ts';
import { finishPublishing } from './publishing.ts';
import { settle } from './recovery.ts';
import type { Publishing } from './undertaking.ts';
import { taskView } from './view.ts';
import { pathWarnings } from './warnings.ts';

type Outcome = Result<'task_publish'>['outcomes'][number];

/** What is known of a workstream so far. */
type Fate =
  | { readonly kind: 'unchanged'; readonly task: TaskRecord }
  | { readonly kind: 'refused'; readonly error: LaliaError }
  | { readonly kind: 'planned'; readonly plan: WorktreePlan }
  | { readonly kind: 'recorded'; readonly task: TaskRecord }
  | { readonly kind: 'published'; readonly task: TaskRecord };

/** By slug, in the order of the plan. */
type Fates = ReadonlyMap<string, Fate>;

/**
 * Publishes a plan, in its repository's turn.
 * @throws LaliaError what concerns the whole plan, with nothing changed: as `publishRequest`, and `git_missing`, `no_commits`,
 *   `git_failed`; `daemon_stopping`, and then the next daemon finishes what was recorded.
 */
export async function publish(context: Context, request: PublishRequest): Promise<Result<'task_publish'>> {
  const repository = await openOwn(context, request);
  if (!request.isDryRun) await settle(context, request.mainRepoRoot);
  checkAgain(context, request);
  const planned = await preflight(context, { request, repository });
  const fates = request.isDryRun
    ? planned
    : await carryOut(context, await record(context, request, planned), repository);
  const refused = new Set([...fates].flatMap(([slug, { kind }]) => (kind === 'refused' ? [slug] : [])));
  return {
    project: request.project,
    outcomes: request.workstreams.map(({ slug }) =>
      outcomeOf(context, request, { slug, fate: fates.get(slug) }),
    ),
    warnings: [
      ...[...planned.values()].flatMap((fate) => (fate.kind === 'planned' ? fate.plan.warnings : [])),
      ...(await pathWarnings(context, { request, repository, refused })),
    ],
  };
}

/**
 * The repository as seen from the worktree that the plan names.
 * @throws LaliaError `project_identity_mismatch` when that is none of this repository's.
 */
async function openOwn({ git }: Context, { root, mainRepoRoot }: PublishRequest): Promise<Repository> {
  if (root === mainRepoRoot) return openRepository(git, root);
  const main = await openRepository(git, mainRepoRoot);
  if (await main.hasWorktreeAt(root)) return openRepository(git, root);
  throw fail('project_identity_mismatch', `repo_root: ${root} is no worktree of ${mainRepoRoot}.`, {
    context: { repo_root: root, registered_in: mainRepoRoot },
  });
}

interface Place {
  readonly request: PublishRequest;
  readonly repository: Repository;
}

/** Step 2. */
async function preflight(context: Context, { request, repository }: Place): Promise<Fates> {
  const fates = new Map<string, Fate>();
  const asked = repository.preflight();
  // In the order of the plan, which is the order in which they are listed.
  const ids = new Map(request.workstreams.map(({ slug }) => [slug, context.clock.newId()]));
  for (const workstream of inOrder(request)) {
    const { slug, branch } = workstream;
    const wanted = { taskId: ids.get(slug) ?? '', branch, path: worktreePath(request, slug) };
    context.repositoryTurns.goOn();
    const verdict = judgeWith(fates, context, { request, workstream });
    fates.set(slug, verdict.kind === 'new' ? await preflightOne(asked, wanted) : verdict);
  }
  return fates;
}

async function preflightOne(asked: Preflight, wanted: WorktreeRequest): Promise<Fate> {
  try {
    return { kind: 'planned', plan: await asked.plan(wanted) };
  } catch (error) {
    if (!isLaliaError(error) || isAboutRepository(error)) throw error;
    return { kind: 'refused', error };
  }
}

/** Step 3. What has changed since step 2 is judged again. */
async function record(context: Context, request: PublishRequest, planned: Fates): Promise<Fates> {
  const { store, failpoint } = context;
  const fates = await store.commits.run(() => {
    checkAgain(context, request);
    const judged = new Map<string, Fate>(planned);
    for (const workstream of inOrder(request)) {
      const fate = planned.get(workstream.slug);
      if (fate?.kind !== 'planned') continue;
      const verdict = judgeWith(judged, context, { request, workstream });
      if (verdict.kind !== 'new') judged.set(workstream.slug, verdict);
    }
    return recordPlanned(context, request, judged);
  });
  failpoint('publish.recorded');
  return fates;
}

function recordPlanned(context: Context, request: PublishRequest, judged: Fates): Fates {
  const { tasks } = context.store;
  const { project, mainRepoRoot, caller } = request;
  if ([...judged.values()].some(({ kind }) => kind === 'planned')) {
    const list = tasks.getList(project);
    const guardCommand = list?.mainRepoRoot === mainRepoRoot ? list.guardCommand : null;
    tasks.putList({ project, supervisor: caller.agentId, mainRepoRoot, guardCommand });
  }
  const recorded = new Map<string, Fate>();
  for (const workstream of request.workstreams) {
    const fate = judged.get(workstream.slug);
    if (fate?.kind === 'planned') {
      const task = newTask(context, request, { workstream, plan: fate.plan });
      tasks.insert(task);
      recorded.set(workstream.slug, { kind: 'recorded', task });
    } else if (fate !== undefined) recorded.set(workstream.slug, fate);
  }
  return recorded;
}

function newTask(
  { clock }: Context,
  request: PublishRequest,
  { workstream, plan }: { readonly workstream: Workstream; readonly plan: WorktreePlan },
): TaskRecord {
  const post = request.firstPosts.get(workstream.slug);
  if (post === undefined) throw new Error('Each workstream has its first post: publishRequest saw to it.');
  const details: Publishing = {
    worktree: plan,
    by: request.caller.agentId,
    messageId: post.id,
    auth: post.auth,
  };
  const nowMs = clock.nowMs();
  return {
    taskId: plan.taskId,
    project: request.project,
    slug: workstream.slug,
    branch: workstream.branch,
    brief: workstream.brief,
    ownedPaths: workstream.owned_paths,
    contracts: workstream.contracts,
    dependsOn: workstream.depends_on,
    status: 'open',
    owner: null,
    claimId: null,
    worktree: worktreePath(request, workstream.slug),
    roomId: post.room_id,
    publishedMs: nowMs,
    changedMs: nowMs,
    undertaking: { kind: 'publish', details },
  };
}

/** Step 4. What depends on a workstream that fails is taken back as well: dependencies come first. */
async function carryOut(context: Context, recorded: Fates, repository: Repository): Promise<Fates> {
  const fates = new Map<string, Fate>(recorded);
  const rows = [...recorded.values()].flatMap((fate) => (fate.kind === 'recorded' ? [fate.task] : []));
  for (const task of dependenciesFirst(rows)) {
    context.repositoryTurns.goOn();
    const failed = refusedAmong(fates, task.dependsOn);
    try {
      const published = await finishPublishing(context, { task, repository, isNew: true, failed });
      fates.set(task.slug, { kind: 'published', task: published });
    } catch (error) {
      if (!isLaliaError(error) || error.reason === 'daemon_stopping') throw error;
      fates.set(task.slug, { kind: 'refused', error });
    }
  }
  return fates;
}

interface Judged {
  readonly request: PublishRequest;
  readonly workstream: Workstream;
}

function judgeWith(
  fates: Fates,
  context: Context,
  { request, workstream }: Judged,
): ReturnType<typeof judge> {
  const verdict = judge(context, request, workstream);
  const failed = verdict.kind === 'new' ? refusedAmong(fates, workstream.depends_on) : undefined;
  return failed === undefined ? verdict : { kind: 'refused', error: failed };
}

function refusedAmong(fates: Fates, slugs: readonly string[]): LaliaError | undefined {
  for (const slug of slugs) {
    const fate = fates.get(slug);
    if (fate?.kind === 'refused') return withoutDependency(slug, fate.error);
  }
  return undefined;
}

function inOrder({ workstreams }: PublishRequest): Workstream[] {
  return dependenciesFirst(workstreams.map((one) => ({ ...one, dependsOn: one.depends_on })));
}

function worktreePath({ root }: PublishRequest, slug: string): string {
  return join(dirname(root), 'wt', slug);
}

/** What would be refused for every workstream is said once. */
function isAboutRepository({ reason }: LaliaError): boolean {
  return reason === 'git_missing' || reason === 'no_commits' || reason === 'daemon_stopping';
}

function outcomeOf(
  context: Context,
  request: PublishRequest,
  { slug, fate }: { readonly slug: string; readonly fate: Fate | undefined },
): Outcome {
  const common = { slug, task: null, worktree: worktreePath(request, slug), error: null };
  if (fate?.kind === 'refused') {
    const error = { ...fate.error.toJSON(), context: { ...fate.error.context } };
    return { ...common, outcome: 'refused', error };
  }
  if (fate?.kind !== 'published' && fate?.kind !== 'unchanged') return { ...common, outcome: 'published' };
  const task = request.isDryRun ? null : currentView(context, fate.task);
  return { ...common, outcome: fate.kind, task, worktree: fate.task.worktree };
}

/** Somebody may have claimed it, or taken it off the list, since. */
function currentView(context: Context, { taskId }: { readonly taskId: Ulid }): Outcome['task'] {
  const task = context.store.tasks.get(taskId);
  return task === undefined ? null : taskView(context, task);
}
