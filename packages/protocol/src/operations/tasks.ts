/** Operations on tasks (spec 8). What is read is open to anybody on this machine; what changes something is signed. */
import * as z from 'zod';
import { MAX_CHECKED_PATHS } from '../limits.ts';
import { operation } from './definition.ts';
import { agentRef, auth, name, project, roomRef, shortText, ulid, waitMs } from './shapes.ts';
import { firstPost, plan, slug, task, taskRef } from './task-shapes.ts';

const outcome = z
  .object({
    slug: name,
    outcome: z
      .enum(['published', 'unchanged', 'refused'])
      .describe('`unchanged`: it was published like this before. With `dry_run`: what would happen.'),
    task: task.nullable().describe('null where it was refused, and with `dry_run`.'),
    worktree: z.string().describe('Where its worktree is, or would be.'),
    error: z
      .object({
        code: z.int(),
        reason: z.string(),
        message: z.string(),
        retry_hint: z.string(),
        context: z.record(z.string(), z.unknown()),
      })
      .nullable(),
  })
  .meta({ id: 'PublishOutcome', description: 'What became of one workstream of a plan.' });

export const taskPublish = operation({
  name: 'task_publish',
  summary: 'Publishes a plan: for each workstream worktree, branch, room, bundle and task, all or nothing.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({
    plan,
    from_repo: shortText.nullable().describe('The main worktree of the repository in which this is called.'),
    first_posts: z.array(firstPost).describe('One for each workstream.'),
    dry_run: z.literal(true).optional().describe('Changes nothing, and says what would happen.'),
    auth,
  }),
  result: z.object({
    project: z.string(),
    outcomes: z.array(outcome).describe('In the order of the plan.'),
    warnings: z.array(z.string()).describe('Such as paths that two open workstreams own.'),
  }),
  errors: [
    'not_supervisor',
    'supervisor_busy',
    'project_identity_mismatch',
    'git_missing',
    'no_commits',
    'bad_signature',
    'message_too_large',
  ],
});

export const taskList = operation({
  name: 'task_list',
  summary: 'The tasks of a project; with `after_revision`, waits until they have changed.',
  caller: 'anyone',
  blocking: true,
  params: z.strictObject({
    project,
    after_revision: z
      .int()
      .nonnegative()
      .optional()
      .describe('Answered as soon as the revision is another one.'),
    timeout_ms: waitMs.default(0).describe('How long to wait for that.'),
  }),
  result: z.object({
    project: z.string(),
    revision: z.int().nonnegative().describe('Another number after every change.'),
    supervisor: agentRef.nullable(),
    supervisor_presence: z.enum(['live', 'listening', 'away']).nullable(),
    tasks: z.array(task).describe('In the order of publishing.'),
  }),
  errors: ['timeout', 'cancelled', 'daemon_stopping'],
});

export const taskClaim = operation({
  name: 'task_claim',
  summary:
    'Makes the caller the owner of an open task and a member of its room; of several at once one wins.',
  caller: 'agent',
  blocking: true,
  params: z.strictObject({
    which: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('slug'), slug }),
        z.strictObject({ kind: z.literal('branch'), branch: shortText }),
        z.strictObject({ kind: z.literal('any') }),
      ])
      .meta({
        id: 'ClaimTarget',
        description: '`any`: the first one, in the order of publishing, that can be claimed.',
      }),
    id: ulid.optional().describe('Made by the claimer; claiming again with it never takes a second task.'),
    timeout_ms: waitMs.default(0).describe('How long to wait until it can be claimed; 0: not at all.'),
    auth,
  }),
  result: z.object({
    task,
    bundle: z.string().describe('The first message of the room: brief, owned paths, contracts.'),
    claimed_now: z.boolean().describe('false: it was the caller’s already.'),
  }),
  errors: [
    'task_not_found',
    'task_taken',
    'task_blocked',
    'task_not_claimable',
    'task_busy',
    'cannot_claim',
    'room_full',
    'timeout',
    'cancelled',
    'daemon_stopping',
    'lease_expired',
    'unregistered',
  ],
});

export const taskRelease = operation({
  name: 'task_release',
  summary: 'Gives a task of the caller back: it is open again.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({ slug, auth }),
  result: z.object({ task }),
  errors: ['task_not_found', 'not_owner', 'task_merged', 'task_busy'],
});

export const taskSetStatus = operation({
  name: 'task_set_status',
  summary: 'Says how far a task is: its owner in-progress, ready or blocked; the supervisor merged.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({ slug, status: z.enum(['in-progress', 'ready', 'blocked', 'merged']), auth }),
  result: z.object({ task, opened: z.array(name).describe('Tasks that can be claimed from now on.') }),
  errors: ['task_not_found', 'not_owner', 'not_supervisor', 'task_blocked', 'task_merged', 'task_busy'],
});

export const taskUnassign = operation({
  name: 'task_unassign',
  summary: 'Takes a task from its owner: it is open again.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({ slug, auth }),
  result: z.object({ task, from: agentRef.nullable() }),
  errors: ['task_not_found', 'not_supervisor', 'task_merged', 'task_busy'],
});

export const taskReassign = operation({
  name: 'task_reassign',
  summary: 'Gives a task to an agent, who claims it when it begins.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({ slug, to: ulid, auth }),
  result: z.object({ task, from: agentRef.nullable() }),
  errors: [
    'task_not_found',
    'not_supervisor',
    'task_merged',
    'task_busy',
    'agent_not_found',
    'cannot_claim',
    'room_full',
  ],
});

export const taskUnpublish = operation({
  name: 'task_unpublish',
  summary: 'Takes a task off the list and archives its room; the worktree stays unless told.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({
    slug,
    force: z
      .literal(true)
      .optional()
      .describe('Also when it has an owner who is away, or others depend on it.'),
    wipe_worktree: z
      .literal(true)
      .optional()
      .describe('Removes the worktree too; refused while it holds work that is nowhere else.'),
    evict_owner: z.literal(true).optional().describe('Also over an owner who is live.'),
    auth,
  }),
  result: z.object({
    task: taskRef,
    worktree: z.string(),
    worktree_removed: z.boolean(),
    branch_removed: z.boolean(),
    freed: z.array(name).describe('Tasks that depended on it and do not any more.'),
  }),
  errors: [
    'task_not_found',
    'not_supervisor',
    'owner_live',
    'needs_force',
    'unsaved_work',
    'task_busy',
    'git_missing',
    'git_failed',
  ],
});

export const taskHandoff = operation({
  name: 'task_handoff',
  summary: 'Gives a project’s task list, with its rooms, to another supervisor.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({ to: ulid, auth }),
  result: z.object({ project: z.string(), from: agentRef.nullable(), to: agentRef, tasks: z.int() }),
  errors: [
    'not_supervisor',
    'agent_not_found',
    'task_not_found',
    'supervisor_busy',
    'task_busy',
    'project_identity_mismatch',
    'room_full',
  ],
});

export const taskGc = operation({
  name: 'task_gc',
  summary: 'Takes merged tasks off the list and archives their rooms; worktrees stay.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({ auth }),
  result: z.object({ removed: z.array(taskRef) }),
  errors: ['not_supervisor'],
});

export const taskOwners = operation({
  name: 'task_owners',
  summary: 'Whose each path is: the tasks that are not merged and whose patterns match it.',
  caller: 'anyone',
  blocking: false,
  params: z.strictObject({
    project,
    paths: z
      .array(shortText.min(1))
      .max(MAX_CHECKED_PATHS)
      .describe('From the root of the repository, with `/`.'),
  }),
  result: z.object({
    owned: z
      .array(
        z.object({
          path: z.string(),
          tasks: z.array(taskRef.extend({ owner: agentRef.nullable(), pattern: z.string() })),
        }),
      )
      .describe('Only the paths that somebody owns.'),
  }),
  errors: [],
});

export const taskGuard = operation({
  name: 'task_guard',
  summary:
    'Installs or removes the check of owned paths before each commit, in the worktrees that Lalia made.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({
    action: z.enum(['install', 'uninstall']),
    command: z
      .array(shortText)
      .min(1)
      .max(8)
      .describe('How the hook calls `lalia`, where it is not on the PATH.'),
    auth,
  }),
  result: z.object({
    worktrees: z.array(
      z.object({
        slug: name,
        worktree: z.string(),
        done: z.boolean(),
        note: z.string().describe('What was done, or why not.'),
      }),
    ),
  }),
  errors: ['not_supervisor', 'task_not_found', 'git_missing', 'git_failed'],
});

export const roomsGc = operation({
  name: 'rooms_gc',
  summary: 'Archives the rooms of the merged tasks of the caller’s project.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({ auth }),
  result: z.object({ archived: z.array(roomRef) }),
  errors: [],
});
