/** Plans that are wrong: each mistake is named with its place, nothing is published, and nothing crashes (spec 8). */
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Result } from '@lalia/client';
import { git, Lalia } from '@lalia/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Crew } from './_crew.ts';
import { stream } from './_published.ts';

const lalia = new Lalia();
let crew: Crew;
beforeAll(async () => {
  crew = await Crew.of(lalia, 'plans', stream('there'));
});
afterAll(() => lalia[Symbol.asyncDispose]());

interface WrongPlan {
  readonly what: string;
  readonly plan: unknown;
  readonly says: readonly (string | RegExp)[];
  readonly name?: string;
  readonly reason?: string;
}

function of(...workstreams: readonly unknown[]): unknown {
  return { workstreams };
}

const WRONG: readonly WrongPlan[] = [
  { what: 'empty', plan: '', says: ['plan.json: there is nothing in it'] },
  { what: 'empty YAML', plan: ' \n', name: 'plan.yaml', says: ['plan.yaml: there is nothing in it'] },
  { what: 'cut off', plan: '{"workstreams": [\n  {"slug": "a",', says: [/plan\.json: line 2, column \d+: /] },
  {
    what: 'YAML that is none',
    plan: 'workstreams:\n  - slug: a\n   branch: b\n',
    name: 'plan.yaml',
    says: [/plan\.yaml: line 3, column \d+: /],
  },
  { what: 'binary', plan: Uint8Array.of(0, 255, 254, 1), says: ['plan.json: it is not text'] },
  { what: 'a list', plan: [], says: ['is a list, not an object'] },
  { what: 'without workstreams', plan: {}, says: ['workstreams: is missing'] },
  { what: 'of no workstream', plan: of(), says: ['workstreams: names no workstream'] },
  {
    what: 'of too many',
    plan: of(...Array.from({ length: 257 }, (_, n) => stream(`s${String(n)}`))),
    says: ['workstreams: has more than 256 entries'],
  },
  {
    what: 'with several mistakes',
    plan: of(stream('a', { brief: ' ' }), { slug: 'b' }, { ...stream('c'), ownedPaths: [] }),
    says: [
      'workstreams[0].brief: is empty',
      'workstreams[1].branch: is missing',
      'workstreams[2]: unknown key "ownedPaths"; did you mean "owned_paths"?',
    ],
  },
  {
    what: 'with several mistakes in YAML',
    name: 'plan.yaml',
    plan: 'workstreams:\n  - slug: 7\n    branch: "a b"\n    brief: Do it.\n    depends-on: []\n',
    says: [
      'workstreams[0].slug: is a number, not text; put it in quotes',
      'workstreams[0].branch: is not a name for a branch',
      'workstreams[0]: unknown key "depends-on"; did you mean "depends_on"?',
    ],
  },
  ...['../x', 'a/b', '', '.', '..', '.git', '-f', 'a b', 'ä', 'a'.repeat(65)].map((slug) => ({
    what: `with the slug "${slug}"`,
    plan: of(stream('good'), { ...stream('x'), slug }),
    says: ['workstreams[1].slug: '],
  })),
  ...['../x', '-f', 'a..b', 'x.lock', 'a/', 'HEAD', '@', 'refs/../x', 'a//b', 'a\u0007'].map((branch) => ({
    what: `with the branch ${JSON.stringify(branch)}`,
    plan: of(stream('x', { branch })),
    says: [/branch/],
  })),
  {
    what: 'with one slug twice',
    plan: of(stream('a'), stream('a', { branch: 'b' })),
    says: ['workstreams[1].slug: "a" is the slug of workstreams[0] already'],
  },
  {
    what: 'with two slugs that a file system may take for one',
    plan: of(stream('Api'), stream('api', { branch: 'b' })),
    says: ['workstreams[1].slug: "api" differs from "Api" of workstreams[0] in upper and lower case only'],
  },
  {
    what: 'with one branch twice',
    plan: of(stream('a'), stream('b', { branch: 'feat/a' })),
    says: ['workstreams[1].branch: "feat/a" is the branch of workstreams[0] already'],
  },
  {
    what: 'with a branch below another',
    plan: of(stream('a', { branch: 'x' }), stream('b', { branch: 'x/y' })),
    says: ['workstreams[1].branch: git has no "x/y" beside "x" (workstreams[0])'],
  },
  {
    what: 'that depends on nothing known',
    plan: of(
      stream('a', { depends_on: ['There'] }),
      stream('b', { contracts: [{ other_slug: 'z', note: 'n' }] }),
    ),
    says: [
      'workstreams[0].depends_on[0]: unknown slug "There"; did you mean "there"?',
      'workstreams[1].contracts[0].other_slug: unknown slug "z"',
    ],
  },
  {
    what: 'that depends on itself',
    plan: of(stream('a', { depends_on: ['a'] })),
    says: ['workstreams[0].depends_on[0]: "a" cannot depend on itself'],
  },
  {
    what: 'in a circle',
    plan: of(
      stream('a', { depends_on: ['c'] }),
      stream('b', { depends_on: ['a'] }),
      stream('c', { depends_on: ['b'] }),
    ),
    says: [/a → c → b → a|c → b → a → c|b → a → c → b/],
  },
  {
    what: 'with a brief that fits no message',
    plan: of(stream('a', { brief: 'x'.repeat(1024 * 1024) })),
    reason: 'message_too_large',
    says: ['a'],
  },
  {
    what: 'of five MiB',
    plan: of(stream('a', { brief: 'x'.repeat(5 * 1024 * 1024) })),
    reason: 'message_too_large',
    says: ['bytes'],
  },
  {
    what: 'whose bundles fit, and which does not',
    plan: of(
      ...Array.from({ length: 5 }, (_, n) => stream(`s${String(n)}`, { brief: 'x'.repeat(900 * 1024) })),
    ),
    reason: 'message_too_large',
    says: ['bytes'],
  },
  { what: 'with a NUL', plan: of(stream('a', { brief: 'a\0b' })), reason: 'body_has_nul', says: ['a'] },
  {
    what: 'with half a character',
    plan: '{"workstreams":[{"slug":"a","branch":"b","brief":"\\ud800"}]}',
    reason: 'invalid_utf8',
    says: ['a'],
  },
  {
    what: 'that asks for patterns that are none',
    plan: of(stream('a', { owned_paths: ['src/', '!src/x', ''] })),
    says: [
      'workstreams[0].owned_paths[1]: is not a pattern',
      'workstreams[0].owned_paths[2]: is not a pattern',
    ],
  },
  {
    what: 'that is a bomb of YAML aliases',
    name: 'plan.yaml',
    plan: `a0: &a0 [x]\n${Array.from({ length: 30 }, (_, n) => `a${String(n + 1)}: &a${String(n + 1)} [*a${String(n)}, *a${String(n)}]\n`).join('')}`,
    says: ['plan.yaml: '],
  },
];

test.concurrent.each(WRONG)('a plan $what is refused', async ({ plan, says, name, reason }) => {
  const refusal = await refused(plan, name);
  expect(refusal).toMatchObject({ exit: 1, code: 1, reason: reason ?? 'invalid_params', stderr: '' });
  for (const part of says) expect(refusal.message).toMatch(part);
});

test('after all that nothing was published, and no folder and no branch was made', async () => {
  const { tasks } = await crew.supervisor.json<Result<'task_list'>>(['task', 'list']);
  expect(tasks.map(({ slug }) => slug)).toEqual(['there']);
  expect(readdirSync(dirname(crew.worktree('there')))).toEqual(['there']);
  expect(await git(crew.repository, 'branch', '--format=%(refname:short)')).toBe('feat/there\nmain\n');
  expect(await lalia.json(['status'])).toMatchObject({ running: true });
});

test('a file that cannot be read says why', async () => {
  const publish = (file: string) => crew.supervisor.refusal(['task', 'publish', '--file', file]);
  expect(await publish('no-such-file.json')).toMatchObject({ exit: 1, reason: 'invalid_params' });
  expect((await publish(lalia.folder)).message).toContain('it is a folder');
});

test('the same plan in YAML and from standard input is the same', async () => {
  const yaml = 'workstreams:\n  - slug: there\n    branch: feat/there\n    brief: Do there.\n';
  const { outcomes } = await crew.supervisor.json<Result<'task_publish'>>(['task', 'publish'], {
    input: yaml,
  });
  expect(outcomes).toMatchObject([{ slug: 'there', outcome: 'unchanged' }]);
});

let files = 0;

/** Many at once: each has a file of its own. */
async function refused(plan: unknown, name = 'plan.json') {
  files += 1;
  const file = crew.plan(plan, `${String(files)}-${name}`);
  return crew.supervisor.refusal(['task', 'publish', '--file', file]);
}
