/** What is to become of a workstream, as far as that is known before git is asked: it is there already, refused, or new. */
import { fail, type LaliaError } from '@lalia/protocol';
import type { TaskRecord } from '@lalia/store';
import type { Context } from '../context.ts';
import type { PublishRequest, Workstream } from './publish-request.ts';
import { taskBusy } from './undertaking.ts';

export type Verdict =
  | { readonly kind: 'unchanged'; readonly task: TaskRecord }
  | { readonly kind: 'refused'; readonly error: LaliaError }
  | { readonly kind: 'new' };

/** Judges a workstream by what is in the database now. */
export function judge(context: Context, request: PublishRequest, workstream: Workstream): Verdict {
  const known = context.store.tasks.bySlug(request.project, workstream.slug);
  if (known !== undefined) return judgeKnown(known, workstream);
  const error =
    branchTaken(context, request, workstream) ??
    roomTaken(context, request, workstream) ??
    idTaken(context, request, workstream);
  return error === undefined ? { kind: 'new' } : { kind: 'refused', error };
}

/** Why a workstream cannot be published whose dependency cannot. */
export function withoutDependency(slug: string, refused: LaliaError): LaliaError {
  return fail('task_not_found', `It depends on ${slug}, which was refused (${refused.reason}).`, {
    context: { depends_on: slug, reason: refused.reason },
    hint: `Mend what ${slug} was refused for, then publish the plan again.`,
  });
}

function judgeKnown(known: TaskRecord, workstream: Workstream): Verdict {
  if (known.undertaking !== null) return refused(taskBusy(known));
  if (known.slug !== workstream.slug) {
    return refused(
      fail('task_exists', `There is a task ${known.slug}, and upper and lower case make no other one.`, {
        context: { slug: known.slug },
      }),
    );
  }
  const differs = differences(known, workstream);
  if (differs.length === 0) return { kind: 'unchanged', task: known };
  return refused(
    fail('task_exists', `${known.slug} was published with another ${differs.join(', ')}.`, {
      context: { slug: known.slug, differs },
    }),
  );
}

/** In which parts of the plan a task was published otherwise. */
function differences(task: TaskRecord, workstream: Workstream): string[] {
  const pairs: [string, unknown, unknown][] = [
    ['branch', task.branch, workstream.branch],
    ['brief', task.brief, workstream.brief],
    ['owned_paths', task.ownedPaths, workstream.owned_paths],
    ['contracts', contractsOf(task.contracts), contractsOf(workstream.contracts)],
    ['depends_on', task.dependsOn, workstream.depends_on],
  ];
  return pairs
    .filter(([, before, now]) => JSON.stringify(before) !== JSON.stringify(now))
    .map(([name]) => name);
}

function contractsOf(contracts: Workstream['contracts'] | TaskRecord['contracts']): unknown {
  return contracts.map(({ other_slug, note }) => [other_slug, note]);
}

function branchTaken(
  { store }: Context,
  { project }: PublishRequest,
  { branch }: Workstream,
): LaliaError | undefined {
  const other = store.tasks.byBranch(project, branch);
  return other === undefined
    ? undefined
    : fail('branch_in_use', `${branch} is the branch of the task ${other.slug}.`, {
        context: { branch, slug: other.slug },
      });
}

function roomTaken(
  { store, views }: Context,
  { project }: PublishRequest,
  { slug }: Workstream,
): LaliaError | undefined {
  const room = store.rooms.byName(slug, project);
  return room === undefined || room.archivedMs !== null
    ? undefined
    : fail('room_exists', `There is a room ${slug} in ${project} that is not this task’s.`, {
        context: { room: views.roomRef(room) },
        hint: 'Choose another slug.',
      });
}

/** An id was used before only if the request was signed before, for a task that is off the list again. */
function idTaken(
  { store }: Context,
  { firstPosts }: PublishRequest,
  { slug }: Workstream,
): LaliaError | undefined {
  const post = firstPosts.get(slug);
  const isTaken =
    post !== undefined &&
    (store.rooms.get(post.room_id) !== undefined || store.conversations.messages.byId(post.id) !== undefined);
  return isTaken
    ? fail('id_conflict', `The room and the bundle of ${slug} have ids that were used before.`, {
        context: { slug },
      })
    : undefined;
}

function refused(error: LaliaError): Verdict {
  return { kind: 'refused', error };
}
