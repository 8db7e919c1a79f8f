/** The documents of `--json`, command by command, as JSON Schemas; made from the definitions of the operations. */
import { ADAPTERS, PLUGINS } from '@lalia/harness';
import { CHECK_NAMES } from '@lalia/harness/probe';
import { OPERATIONS } from '@lalia/protocol/operations';

import { HOOKED } from '../src/hook-setup.ts';
import { ROLES } from '../src/roles.ts';

export type Schema = Readonly<Record<string, unknown>>;

interface Shape {
  toJSONSchema(): unknown;
}

const { tell, post, read, peek, identify, status, history } = OPERATIONS;
const agentRef = OPERATIONS.unregister.result.shape.agent;
const received = schemaOf(read.result.pick({ messages: true, dropped: true, remaining: true }));

const HOOKED_HARNESS = { enum: HOOKED.map(({ id }) => id) };

const CHANGED_HOOKS = object({
  files: {
    type: 'array',
    items: object({
      harness: HOOKED_HARNESS,
      path: { type: 'string' },
      action: { enum: ['create', 'change', 'remove', 'none'] },
      difference: { type: 'array', items: { type: 'string' } },
      backup: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    }),
  },
  dry_run: { type: 'boolean' },
  next: { type: 'array', items: { type: 'string' } },
});

const SERVICE = {
  manager: { enum: ['systemd', 'launchd'] },
  name: { type: 'string' },
  path: { type: 'string' },
};
const COUNT = { type: 'integer', minimum: 0 };
const OPTIONAL_TEXT = { anyOf: [{ type: 'string' }, { type: 'null' }] };

/** Something that `verify` found. */
const PROBLEM = object({
  kind: { type: 'string' },
  path: { type: 'string' },
  conversation: OPTIONAL_TEXT,
  seq: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
  sentence: { type: 'string' },
});

export const DOCUMENTS: Readonly<Record<string, Schema>> = {
  tell: schemaOf(tell.result),
  ask: object({ question: schemaOf(tell.result), messages: schemaOf(read.result.shape.messages) }),
  reply: { anyOf: [schemaOf(tell.result), schemaOf(post.result)] },
  read: received,
  'read-any': received,
  peek: schemaOf(peek.result),
  post: schemaOf(post.result),
  channels: schemaOf(OPERATIONS.channels.result),
  history: schemaOf(history.result.extend({ reader: agentRef })),
  receipts: schemaOf(OPERATIONS.receipts.result),
  waiting: schemaOf(OPERATIONS.waiting.result),
  resolve: schemaOf(OPERATIONS.question_resolve.result),
  search: schemaOf(OPERATIONS.search.result.extend({ reader: agentRef })),
  // One a line, as they happen.
  watch: schemaOf(OPERATIONS.watch.result.shape.events.element),
  rooms: schemaOf(OPERATIONS.rooms.result),
  'room create': schemaOf(OPERATIONS.room_create.result),
  join: schemaOf(OPERATIONS.join.result),
  leave: schemaOf(OPERATIONS.leave.result),
  participants: schemaOf(OPERATIONS.participants.result),
  register: schemaOf(OPERATIONS.register.result),
  whoami: schemaOf(identify.result.pick({ agent: true, how: true })),
  agents: schemaOf(OPERATIONS.agents.result),
  'agents gc': schemaOf(OPERATIONS.agents_gc.result),
  init: object({ role: { enum: ROLES }, prompt: { type: 'string' } }),
  prompt: object({ role: { enum: ROLES }, prompt: { type: 'string' } }),
  protocol: object({ protocol: { type: 'string' } }),
  // Its process becomes the harness, and what is printed is the harness's; only an error is a document.
  run: { not: {} },
  'hooks install': CHANGED_HOOKS,
  'hooks uninstall': CHANGED_HOOKS,
  plugin: object({
    folder: { type: 'string' },
    plugins: {
      type: 'array',
      items: object({
        harness: { enum: PLUGINS.map(({ harness }) => harness) },
        folder: { type: 'string' },
        install: { type: 'array', items: { type: 'string' } },
        next: { type: 'array', items: { type: 'string' } },
      }),
    },
  }),
  'hooks status': object({
    program: object({ path: { type: 'string' }, found: { type: 'boolean' } }),
    harnesses: {
      type: 'array',
      items: object({
        harness: HOOKED_HARNESS,
        in_use: { type: 'boolean' },
        files: {
          type: 'array',
          items: object({
            path: { type: 'string' },
            purpose: { enum: ['hooks', 'allow'] },
            state: { enum: ['installed', 'stale', 'missing', 'refused'] },
            problem: { anyOf: [{ type: 'string' }, { type: 'null' }] },
          }),
        },
        trusted: { anyOf: [{ type: 'boolean' }, { type: 'null' }] },
        in_force: {
          type: 'array',
          items: object({ by: { enum: ['home', 'project', 'plugin'] }, path: { type: 'string' } }),
        },
        mend: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      }),
    },
    problems: {
      type: 'array',
      items: object({
        ts: { type: 'string' },
        harness: { type: 'string' },
        event: { type: 'string' },
        problem: { type: 'string' },
      }),
    },
  }),
  'hooks probe': object({
    harness: { enum: ADAPTERS.map(({ id }) => id) },
    version: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    works: { type: 'boolean' },
    checks: {
      type: 'array',
      items: object({
        name: { enum: CHECK_NAMES },
        status: { enum: ['ok', 'warn', 'fail', 'skipped'] },
        sentence: { type: 'string' },
        mend: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      }),
    },
    reason: { enum: ['unhealthy', null] },
  }),
  // What it prints is the protocol's.
  mcp: { not: {} },
  'suggest-name': object({ name: { type: 'string' } }),
  renew: schemaOf(OPERATIONS.renew.result),
  nickname: {
    anyOf: [schemaOf(OPERATIONS.nicknames.result), schemaOf(OPERATIONS.nickname_delete.result)],
  },
  rename: schemaOf(OPERATIONS.rename.result),
  unregister: schemaOf(OPERATIONS.unregister.result),
  status: {
    anyOf: [
      object({ running: { const: false } }),
      { allOf: [object({ running: { const: true } }), schemaOf(status.result)] },
    ],
  },
  start: object({ pid: { type: 'integer' }, started: { type: 'boolean' } }),
  stop: object({ stopped: { type: 'boolean' }, pid: { anyOf: [{ type: 'integer' }, { type: 'null' }] } }),
  restart: object({ pid: { type: 'integer' } }),
  'service install': object({ ...SERVICE, text: { type: 'string' }, installed: { type: 'boolean' } }),
  'service uninstall': object({ removed: { type: 'boolean' }, path: { type: 'string' } }),
  'service status': object({
    ...SERVICE,
    installed: { type: 'boolean' },
    own: { anyOf: [{ type: 'boolean' }, { type: 'null' }] },
    current: { type: 'boolean' },
    pid: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
  }),
  // One a line; more fields, by the event.
  log: object({
    at: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    level: { enum: ['info', 'warn', 'error'] },
    pid: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
    event: { type: 'string' },
  }),
  retention: schemaOf(OPERATIONS.retention.result),
  help: object({
    commands: {
      type: 'array',
      items: object({
        name: { type: 'string' },
        group: { type: 'string' },
        summary: { type: 'string' },
        usage: { type: 'string' },
        args: {
          type: 'array',
          items: object({
            name: { type: 'string' },
            summary: { type: 'string' },
            required: { type: 'boolean' },
            many: { type: 'boolean' },
          }),
        },
        flags: {
          type: 'array',
          items: object({ name: { type: 'string' }, kind: { type: 'string' }, summary: { type: 'string' } }),
        },
        examples: {
          type: 'array',
          items: object({ does: { type: 'string' }, line: { type: 'string' } }),
        },
      }),
    },
  }),
  completion: object({ shell: { type: 'string' }, script: { type: 'string' } }),
  doctor: object({
    healthy: { type: 'boolean' },
    checks: {
      type: 'array',
      items: object({
        name: { type: 'string' },
        status: { enum: ['ok', 'warn', 'fail'] },
        sentence: { type: 'string' },
        mend: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        fixed: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      }),
    },
    reason: { enum: ['unhealthy', null] },
    bundle: { anyOf: [{ type: 'string' }, { type: 'null' }] },
  }),
  backup: schemaOf(OPERATIONS.backup.result),
  restore: object({
    home: { type: 'string' },
    workspace: { type: 'string' },
    created_ts: { type: 'integer' },
    messages: { type: 'integer' },
    unread: { type: 'integer' },
    agents: { type: 'integer' },
    keys: { type: 'integer' },
    has_transcript: { type: 'boolean' },
    moved_aside: { type: 'array', items: { type: 'string' } },
  }),
  version: object({
    version: { type: 'string' },
    protocol: schemaOf(status.result.shape.protocol),
    node: { type: 'string' },
    daemon: {
      anyOf: [
        schemaOf(status.result.pick({ version: true, protocol: true, node: true, pid: true })),
        { type: 'null' },
      ],
    },
  }),
  // Printed by the program that checks, `lalia-daemon verify`.
  verify: object({
    problems: {
      type: 'array',
      items: PROBLEM,
      description: 'What came first into the transcript comes first.',
    },
    first: {
      anyOf: [PROBLEM, { type: 'null' }],
      description: 'The first message that is wrong; if none is, the first problem.',
    },
    counts: object({
      messages: { type: 'integer' },
      conversations: { type: 'integer' },
      agents: { type: 'integer' },
      commits: { type: 'integer' },
    }),
    head: { ...OPTIONAL_TEXT, description: 'The newest commit that was checked.' },
    is_shallow: { type: 'boolean' },
    is_partial: { type: 'boolean' },
  }),
  // Printed by the program that makes the home, `lalia-daemon rebuild`.
  rebuild: object({
    messages: COUNT,
    agents: COUNT,
    agents_kept: {
      ...COUNT,
      description: 'Of those, the ones that go on because their keys are in the home.',
    },
    rooms: COUNT,
    conversations: COUNT,
    tasks: { ...COUNT, description: 'Tasks of the transcript, which have to be published again.' },
    home: { type: 'string' },
    workspace: { type: 'string' },
    problems: { ...COUNT, description: 'Faults of the history that --force accepted.' },
  }),
  export: object({
    format: { type: 'string', enum: ['jsonl', 'md', 'html'] },
    conversations: {
      type: 'array',
      items: object({
        conversation: { type: 'string', description: 'Its folder in the transcript.' },
        messages: COUNT,
      }),
    },
    files: { type: 'array', items: { type: 'string' }, description: 'What was written.' },
    content: {
      ...OPTIONAL_TEXT,
      description: 'What goes to standard output without --json; null when files were written.',
    },
  }),
  'export line': schemaOf(OPERATIONS.transcript.result.shape.messages.element),
  'rooms gc': schemaOf(OPERATIONS.rooms_gc.result),
  'task publish': schemaOf(OPERATIONS.task_publish.result),
  // With --watch one such document a line.
  'task bulletin': schemaOf(OPERATIONS.task_list.result),
  'task list': schemaOf(OPERATIONS.task_list.result),
  'task claim': schemaOf(OPERATIONS.task_claim.result.extend({ from: agentRef.nullable() })),
  'task show': schemaOf(
    OPERATIONS.task_list.result
      .pick({ supervisor: true, supervisor_presence: true })
      .extend({ task: OPERATIONS.task_claim.result.shape.task }),
  ),
  'task release': schemaOf(OPERATIONS.task_release.result),
  'task set-status': schemaOf(OPERATIONS.task_set_status.result),
  'task unassign': schemaOf(OPERATIONS.task_unassign.result),
  'task reassign': schemaOf(OPERATIONS.task_reassign.result),
  'task unpublish': schemaOf(OPERATIONS.task_unpublish.result),
  'task handoff': schemaOf(OPERATIONS.task_handoff.result),
  'task gc': schemaOf(OPERATIONS.task_gc.result),
  'task owns': schemaOf(OPERATIONS.task_owners.result),
  'task check': object({ checked: { type: 'integer' } }),
  'task guard install': schemaOf(OPERATIONS.task_guard.result),
  'task guard uninstall': schemaOf(OPERATIONS.task_guard.result),
};

/** What any command prints instead when it fails. */
export const ERROR_DOCUMENT: Schema = object({
  error: object({
    code: { type: 'integer' },
    reason: { type: 'string' },
    message: { type: 'string' },
    retry_hint: { type: 'string' },
    context: { type: 'object' },
  }),
});

function object(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', properties, required: Object.keys(properties) };
}

function schemaOf(shape: Shape): Schema {
  const { $schema: _, ...schema } = open(shape.toJSONSchema()) as Record<string, unknown>;
  return schema;
}

/** One document, with the definitions of its parts where their references look for them: at its root. */
export function documentOf(title: string, schema: Schema): Schema {
  const definitions: Record<string, unknown> = {};
  const body = withoutDefinitions(schema, definitions) as Schema;
  const $defs = Object.keys(definitions).length === 0 ? {} : { $defs: definitions };
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title, ...body, ...$defs };
}

function withoutDefinitions(schema: unknown, definitions: Record<string, unknown>): unknown {
  if (Array.isArray(schema)) return schema.map((part) => withoutDefinitions(part, definitions));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $defs, ...rest } = schema as Record<string, unknown>;
  if (typeof $defs === 'object') Object.assign(definitions, $defs);
  return Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, withoutDefinitions(value, definitions)]),
  );
}

/** A later version may add fields, so whoever reads a document has to let unknown ones pass. */
function open(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(open);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]) =>
      key === 'additionalProperties' && value === false ? [] : [[key, open(value)]],
    ),
  );
}
