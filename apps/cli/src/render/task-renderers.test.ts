import type { AgentRef, PublishOutcome, Task, TaskList } from '@lalia/client';
import { describe, expect, test } from 'vitest';
import { claimed } from './claimed.ts';
import { foreignPath, pathOwners } from './path-owners.ts';
import { published } from './published.ts';
import { taskCard } from './task-card.ts';
import {
  archived,
  collected,
  guarded,
  handedOff,
  reassigned,
  statusSet,
  unassigned,
  unpublished,
} from './task-changes.ts';
import { bulletin, taskTable } from './task-list.ts';

const NOW = 1_760_000_000_000;
const MINUTE = 60_000;
const view = { nowMs: NOW, terminal: false };
const ID = '01JD8X5Q0Z3M4N5P6Q7R8S9T00';

const boss = ref('boss', '01JD8X5Q0Z3M4N5P6Q7R8S9T0B', 'supervisor');
const ann = ref('ann', '01JD8X5Q0Z3M4N5P6Q7R8S9T0A', 'worker');
const bob = ref('bob', '01JD8X5Q0Z3M4N5P6Q7R8S9T0C', 'worker');

function ref(name: string, agent_id: string, role: AgentRef['role']): AgentRef {
  return { agent_id, name, project: 'shop', role, kind: 'agent' };
}

function task(slug: string, changes: Partial<Task> = {}): Task {
  return {
    task_id: ID,
    slug,
    project: 'shop',
    branch: `feat/${slug}`,
    status: 'open',
    owner: null,
    owner_presence: null,
    blocked_by: [],
    brief: `Build the ${slug}.`,
    owned_paths: [`src/${slug}/`],
    contracts: [],
    depends_on: [],
    worktree: `/src/wt/${slug}`,
    room: { room_id: ID, name: slug, project: 'shop', archived: false },
    published_ts: NOW - 5 * MINUTE,
    changed_ts: NOW - 3 * MINUTE,
    ...changes,
  };
}

function list(...tasks: Task[]): TaskList {
  return { project: 'shop', revision: 3, supervisor: boss, supervisor_presence: 'away', tasks };
}

const api = task('api', { status: 'in-progress', owner: ann, owner_presence: 'listening' });
const ui = task('ui', {
  blocked_by: ['api'],
  depends_on: ['api'],
  contracts: [{ other_slug: 'api', note: 'GET /search\ngives a list' }],
});

test('a bulletin says who does what, who waits for what, and which task is of this branch', () => {
  expect(bulletin({ list: list(ui, api), here: 'ui' })).toMatchInlineSnapshot(`
    "shop: supervisor boss@shop (away)
    TASK  STATUS       OWNER                 BLOCKED BY  BRANCH
    ui    open         -                     api         feat/ui (here)
    api   in-progress  ann@shop (listening)  -           feat/api
    "
  `);
  expect(bulletin({ list: { ...list(), supervisor: null }, here: undefined })).toBe(
    'shop: no supervisor\nno open tasks\n',
  );
});

test('the list of tasks has rooms and worktrees', () => {
  expect(taskTable(list(api))).toMatchInlineSnapshot(`
    "TASK  STATUS       OWNER                 BLOCKED BY  BRANCH    ROOM      WORKTREE
    api   in-progress  ann@shop (listening)  -           feat/api  api@shop  /src/wt/api
    "
  `);
  expect(taskTable(list())).toBe('no tasks in shop\n');
});

test('a task in full frames what its supervisor wrote', () => {
  expect(taskCard({ task: ui, list: list(ui) }, view)).toMatchInlineSnapshot(`
    "task        ui in shop
    status      open since 3m ago
    owner       -
    blocked by  api
    depends on  api
    branch      feat/ui
    worktree    /src/wt/ui
    room        ui@shop
    owns        src/ui/
    list of     supervisor boss@shop (away)

    From supervisor boss@shop, not from your user:
    | Build the ui.
    | 
    | Contract with api: GET /search
    | gives a list
    "
  `);
});

describe('a claim', () => {
  const bundle = '# Task api\n\nBuild it.';
  const message = {
    id: ID,
    seq: 1,
    conversation: { kind: 'room', room: api.room },
    from: boss,
    ts: NOW - MINUTE,
    reply_to: null,
    needs_answer: false,
    status: false,
    body: bundle,
    redelivered: false,
  } as const;

  test('shows the bundle in a frame, and how to go on', () => {
    const claim = { task: { ...api, worktree: "/it's here/api" }, bundle, claimed_now: true };
    expect(claimed({ claim, message, here: '/src/shop' }, view)).toMatchInlineSnapshot(`
      "claimed api; you are in room api@shop

      From agent boss@shop, not from your user (#1, 1m ago, id 01JD8X5Q0Z3M4N5P6Q7R8S9T00):
      | # Task api
      | 
      | Build it.

      worktree  /it's here/api
      branch    feat/api
      next      cd '/it'\\''s here/api'; when it is done: lalia task set-status api ready
      "
    `);
  });

  test('in its worktree says what is to be done first, and not to go there', () => {
    const claim = { task: { ...api, depends_on: ['schema'] }, bundle, claimed_now: true };
    const text = claimed({ claim, message, here: api.worktree }, view);
    expect(text).toContain(`worktree  ${api.worktree} (here)\n`);
    expect(text).toContain('first     bring what was merged for schema onto this branch\n');
    expect(text).toContain('next      when it is done: lalia task set-status api ready\n');
  });

  test('never shows a bundle without a frame', () => {
    const claim = { task: api, bundle, claimed_now: false };
    expect(claimed({ claim, message: undefined, here: null }, view)).toMatch(
      /^you have api; .*\n\nFrom a supervisor, not from your user:\n\| # Task api\n\| \n\| Build it\.\n/,
    );
    expect(
      claimed({ claim, message: { ...message, body: 'something else' }, here: null }, view),
    ).not.toContain('something else');
  });
});

describe('publishing', () => {
  const refused = {
    slug: 'ui',
    outcome: 'refused',
    task: null,
    worktree: '/src/wt/ui',
    error: {
      code: 1,
      reason: 'path_in_use',
      message: 'There is something at /src/wt/ui.',
      retry_hint: 'Move it.',
      context: {},
    },
  } as const satisfies PublishOutcome;
  const done = {
    slug: 'api',
    outcome: 'published',
    task: api,
    worktree: '/src/wt/api',
    error: null,
  } as const;
  const result = { project: 'shop', outcomes: [done, refused], warnings: [] };

  test('says in a line each what became of a workstream, or would', () => {
    expect(published({ result, dryRun: false })).toMatchInlineSnapshot(`
      "published  api  /src/wt/api
      refused    ui   There is something at /src/wt/ui. (path_in_use) Move it.
      "
    `);
    expect(published({ result, dryRun: true })).toMatch(/^would publish {2}api .*\nwould refuse {3}ui /);
  });
});

test('whose paths are is told for each path', () => {
  const owner = { task_id: ID, slug: 'api', project: 'shop', branch: 'feat/api', pattern: 'src/api/' };
  expect(
    pathOwners({
      paths: ['src/api/a.ts', 'src/api/b.ts', 'README.md'],
      owned: [
        { path: 'src/api/a.ts', tasks: [{ ...owner, owner: ann }] },
        { path: 'src/api/b.ts', tasks: [{ ...owner, owner: null }] },
      ],
    }),
  ).toMatchInlineSnapshot(`
    "src/api/a.ts  task api  ann@shop     src/api/
    src/api/b.ts  task api  not claimed  src/api/
    README.md     nobody
    "
  `);
  expect(foreignPath({ path: 'a\nb', task: { ...owner, owner: null } })).toBe(
    'a\\nb belongs to task api (not claimed)',
  );
});

test('a change says what it did', () => {
  expect(statusSet({ task: { ...api, status: 'merged' }, opened: ['ui'] })).toBe(
    'api is merged\nui can be claimed now\n',
  );
  expect(unassigned({ task: task('api'), from: ann })).toBe('took api from ann@shop; it is open\n');
  expect(unassigned({ task: task('api'), from: null })).toBe("api was nobody's; it is open\n");
  const given = task('api', { status: 'assigned', owner: bob });
  expect(reassigned({ task: given, from: ann })).toBe(
    'api goes to bob@shop instead of ann@shop; it is assigned\n',
  );
  expect(reassigned({ task: given, from: null })).toBe('api goes to bob@shop; it is assigned\n');
  expect(handedOff({ project: 'shop', from: boss, to: ann, tasks: 2 })).toBe(
    'ann@shop is the supervisor of shop (2 tasks), before it was boss@shop\n',
  );
  expect(collected({ removed: [] })).toBe('no merged tasks\n');
  expect(collected({ removed: [api, ui] })).toBe(
    'took 2 merged tasks off the list: api, ui; worktrees stay\n',
  );
  expect(archived({ archived: [api.room] })).toBe('archived 1 room: api@shop\n');
  expect(archived({ archived: [] })).toBe('no rooms to archive\n');
});

test('unpublishing says what stays', () => {
  const result = {
    task: api,
    worktree: '/src/wt/api',
    worktree_removed: false,
    branch_removed: false,
    freed: [],
  };
  expect(unpublished(result)).toBe('unpublished api; its room is archived; worktree stays: /src/wt/api\n');
  expect(unpublished({ ...result, worktree_removed: true, freed: ['ui'] })).toBe(
    'unpublished api; its room is archived; worktree removed, branch feat/api stays\nui does not depend on it any more\n',
  );
});

test('a guard says for each worktree what was done', () => {
  expect(
    guarded({
      worktrees: [
        { slug: 'api', worktree: '/src/wt/api', done: true, note: 'installed' },
        { slug: 'ui', worktree: '/src/wt/ui', done: false, note: 'the worktree is gone' },
      ],
    }),
  ).toMatchInlineSnapshot(`
    "done      api  /src/wt/api  installed
    not done  ui   /src/wt/ui   the worktree is gone
    "
  `);
});
