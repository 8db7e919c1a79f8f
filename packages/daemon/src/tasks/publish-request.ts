/** A request to publish, checked as far as that goes without git. */
import { normalize } from 'node:path';
import { checkBody, fail, formatBundle, isLaliaError, limits, type ParsedParams } from '@lalia/protocol';
import type { Context } from '../context.ts';
import type { SignedCall } from '../handler.ts';
import { checkHolding, type Holding, holdingOf } from './list-holder.ts';
import { planProblems } from './plan-check.ts';

/** What a task has in a list beside its texts: ids, owner, room, times, the path of its worktree. */
const TASK_OVERHEAD_BYTES = 1024;

type Params = ParsedParams<'task_publish'>;
export type Workstream = Params['plan']['workstreams'][number];
export type FirstPost = Params['first_posts'][number];

export interface PublishRequest extends Holding {
  /** In which worktree it is called; new worktrees go beside it, and new branches begin at its HEAD. */
  readonly root: string;
  readonly workstreams: readonly Workstream[];
  /** By slug; there is one for each workstream. */
  readonly firstPosts: ReadonlyMap<string, FirstPost>;
  readonly isDryRun: boolean;
}

/**
 * Checks a request, in its transaction.
 * @throws LaliaError `not_supervisor`, `supervisor_busy`, `project_identity_mismatch`, `invalid_params`, `bad_signature`,
 *   `stale_timestamp`, `message_too_large`.
 */
export function publishRequest(
  context: Context,
  { params, caller }: SignedCall<'task_publish'>,
): PublishRequest {
  const { plan, from_repo: fromRepo, dry_run: dryRun } = params;
  const holding = holdingOf(caller, fromRepo);
  if (plan.project !== undefined && plan.project !== holding.project) {
    throw fail(
      'project_identity_mismatch',
      `The plan is for ${plan.project}, and ${caller.name} supervises ${holding.project}.`,
      { context: { plan: plan.project, project: holding.project } },
    );
  }
  const request = {
    ...holding,
    root: normalize(plan.repo_root ?? holding.mainRepoRoot),
    workstreams: plan.workstreams,
    firstPosts: new Map(params.first_posts.map((post) => [post.slug, post])),
    isDryRun: dryRun === true,
  };
  checkAgain(context, request);
  checkFirstPosts(context, params, request);
  return request;
}

/**
 * Checks what can have changed while a request waited for its turn.
 * @throws LaliaError `supervisor_busy`, `not_supervisor`, `project_identity_mismatch`, `invalid_params`, `message_too_large`.
 */
export function checkAgain(context: Context, request: PublishRequest): void {
  checkHolding(context, request);
  const published = context.store.tasks.list(request.project);
  const known = published.map(({ slug }) => slug);
  const problems = planProblems(request.workstreams, known);
  if (problems.length > 0) throw wrongPlan(problems);
  const isKnown = new Set(known);
  checkListFits([...published, ...request.workstreams.filter(({ slug }) => !isKnown.has(slug))]);
}

/** A list that did not fit a line could not be looked at any more, by nobody. */
function checkListFits(tasks: readonly object[]): void {
  const bytes = tasks.reduce((sum, task) => sum + textBytes(task), 0);
  if (bytes <= limits.MAX_TASK_LIST_BYTES) return;
  throw fail('message_too_large', 'The task list of the project would be too large.', {
    context: { bytes, max_bytes: limits.MAX_TASK_LIST_BYTES },
    hint: 'Shorten the briefs, or have them name files of the repository; `lalia task gc` drops merged tasks.',
  });
}

function textBytes(task: object): number {
  return Buffer.byteLength(JSON.stringify(task)) + TASK_OVERHEAD_BYTES;
}

/** Each workstream comes with the signed post of its own bundle. */
function checkFirstPosts(context: Context, params: Params, request: PublishRequest): void {
  const { firstPosts, workstreams } = request;
  const ids = new Set(params.first_posts.flatMap(({ id, room_id }) => [id, room_id]));
  if (firstPosts.size !== workstreams.length || ids.size !== 2 * params.first_posts.length) {
    throw wrongPlan(['first_posts: there has to be one for each workstream, with ids of its own']);
  }
  for (const [index, workstream] of workstreams.entries()) {
    const post = firstPosts.get(workstream.slug);
    if (post === undefined) throw wrongPlan([`first_posts: none is for "${workstream.slug}"`]);
    checkFirstPost(context, { request, workstream, post, place: `workstreams[${String(index)}]` });
  }
}

interface Bundled {
  readonly request: PublishRequest;
  readonly workstream: Workstream;
  readonly post: FirstPost;
  readonly place: string;
}

function checkFirstPost({ authenticator }: Context, { request, workstream, post, place }: Bundled): void {
  const body = formatBundle(workstream);
  const { auth, room_id: room, id } = post;
  try {
    checkBody(body);
    if (auth.agent_id !== request.caller.agentId)
      throw fail('bad_signature', 'The bundle is signed by another agent.');
    authenticator.verify({ method: 'post', params: { room, id, body, auth }, auth });
  } catch (error) {
    if (!isLaliaError(error)) throw error;
    throw fail(error.reason, `${place} (${workstream.slug}): ${error.message}`, {
      context: { ...error.context, slug: workstream.slug },
      cause: error,
    });
  }
}

function wrongPlan(problems: readonly string[]): Error {
  return fail('invalid_params', `The plan cannot be published: ${problems.join('; ')}.`, {
    context: { problems },
    hint: 'Mend the plan, then publish it again; nothing was changed.',
  });
}
