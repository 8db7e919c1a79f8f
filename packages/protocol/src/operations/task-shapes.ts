/** Shapes of the operations on tasks (spec 8): the plan that a supervisor publishes, and a task as everybody sees it. */
import * as z from 'zod';
import { MAX_PATTERNS, MAX_WORKSTREAMS } from '../limits.ts';
import { agentRef, auth, name, project, roomRef, shortText, timestampMs, ulid } from './shapes.ts';

export const slug = name.describe('Names the task, its room and the folder of its worktree.');

/** As git-check-ref-format(1) has it, and what means something else to git where it takes a branch. */
const NO_BRANCH = /[\s\p{Cc}~^:?*[\\]|\.\.|@\{|\/\/|^[-/]|(^|\/)\.|[/.]$|\.lock(\/|$)|^(HEAD|@)$/u;

const branch = z
  .string()
  .min(1, 'is empty')
  .max(255)
  .refine((text) => !NO_BRANCH.test(text), 'is not a name for a branch');

const pattern = z
  .string()
  .max(1024)
  .refine(
    (text) => text.trim() !== '' && !/[\p{Cc}]/u.test(text) && !/^[#!]/.test(text),
    'is not a pattern for paths: write it as in .gitignore, without "!" or "#" at the beginning',
  );

const contract = z
  .strictObject({
    other_slug: slug,
    note: z
      .string()
      .min(1, 'is empty')
      .max(64 * 1024),
  })
  .meta({ id: 'Contract', description: 'What two workstreams agreed on.' });

const workstream = z
  .strictObject({
    slug,
    branch: branch.describe('Made from HEAD where it does not exist.'),
    brief: z
      .string()
      .refine((text) => text.trim() !== '', 'is empty')
      .describe('What is to be done.'),
    owned_paths: z
      .array(pattern)
      .max(MAX_PATTERNS)
      .default([])
      .describe(
        'Patterns as in .gitignore, from the root of the repository: what only this workstream changes.',
      ),
    contracts: z.array(contract).max(MAX_WORKSTREAMS).default([]),
    depends_on: z
      .array(slug)
      .max(MAX_WORKSTREAMS)
      .default([])
      .describe('Slugs that have to be merged before this one can be claimed.'),
  })
  .meta({ id: 'Workstream', description: 'One unit of work of a plan.' });

export const plan = z
  .strictObject({
    project: project.optional().describe('Default: the project of the supervisor; another one is refused.'),
    repo_root: shortText.optional().describe('Default: the main worktree of the supervisor’s repository.'),
    workstreams: z.array(workstream).min(1, 'names no workstream').max(MAX_WORKSTREAMS),
  })
  .meta({ id: 'TaskPlan', description: 'What `lalia task publish --file` reads.' });

export const firstPost = z.strictObject({ slug, room_id: ulid, id: ulid, auth }).meta({
  id: 'FirstPost',
  description:
    'The signed `post` that becomes the first message of a task’s room: `params` are `room` (= `room_id`), `id`, `body` (the bundle) and `auth`.',
});

const taskStatus = z
  .enum(['open', 'assigned', 'in-progress', 'blocked', 'ready', 'merged'])
  .meta({ id: 'TaskStatus', description: '`assigned`: given to its owner, who has not claimed it yet.' });

export const taskRef = z
  .object({ task_id: ulid, slug: name, project: z.string(), branch: z.string() })
  .meta({ id: 'TaskRef', description: 'A task in one line.' });

export const task = taskRef
  .extend({
    status: taskStatus,
    owner: agentRef.nullable(),
    owner_presence: z.enum(['live', 'listening', 'away']).nullable(),
    blocked_by: z
      .array(name)
      .describe('Its dependencies that are not merged; not empty: it cannot be claimed.'),
    brief: z.string(),
    owned_paths: z.array(z.string()),
    contracts: z.array(z.object({ other_slug: name, note: z.string() })),
    depends_on: z.array(name),
    worktree: z.string().describe('The absolute path of its worktree.'),
    room: roomRef,
    published_ts: timestampMs,
    changed_ts: timestampMs,
  })
  .meta({ id: 'Task', description: 'A task, as everybody sees it.' });
