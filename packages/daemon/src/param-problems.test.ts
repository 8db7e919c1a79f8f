import { OPERATIONS } from '@lalia/protocol/operations';
import { describe, expect, test } from 'vitest';
import { problemsOf } from './param-problems.ts';

const location = {
  repo_url: null,
  repo_root: null,
  main_repo_root: null,
  worktree: null,
  worktree_kind: 'main',
  branch: null,
  cwd: '/',
};
const registration = {
  name: 'alice',
  project: null,
  harness: null,
  model: null,
  harness_session: null,
  anchor: null,
  location,
};
const identification = {
  as: null,
  env_name: null,
  harness_session: null,
  ancestors: [],
  worktree: null,
  project: null,
};

function problems(method: keyof typeof OPERATIONS, params: unknown): string[] {
  const parsed = OPERATIONS[method].params.safeParse(params);
  return problemsOf(parsed.error?.issues ?? [], params);
}

describe('what is wrong with a request is said in words that do not need its schema', () => {
  test.for([
    ['register', { ...registration, name: undefined }, 'name: is missing'],
    ['register', { ...registration, name: 7 }, 'name: has to be text'],
    ['register', { ...registration, location: [] }, 'location: has to be an object'],
    ['register', { ...registration, takeover: 'yes' }, 'takeover: has to be true or false'],
    ['register', { ...registration, role: 'king' }, 'role: has to be "peer" or "worker" or "supervisor"'],
    ['register', { ...registration, project: 'x'.repeat(300) }, 'project: has more than 255 characters'],
    ['register', { ...registration, public_key: 'short' }, 'public_key: has to match /^[A-Za-z0-9_-]{43}$/'],
    ['register', { ...registration, urgent: 1, soon: 2 }, 'there is no field "urgent" or "soon"'],
    [
      'register',
      { ...registration, location: { ...location, branch: 1 } },
      'location.branch: has to be text',
    ],
    [
      'identify',
      { ...identification, ancestors: [{ pid: 1, started: 'x' }, { started: 'x' }] },
      'ancestors[1].pid: is missing',
    ],
    [
      'identify',
      { ...identification, ancestors: [{ pid: 0, started: 'x' }] },
      'ancestors[0].pid: has to be more than 0',
    ],
    ['resolve', [], 'has to be an object'],
  ] as const)('%s %j', ([method, params, sentence]) => {
    expect(problems(method, params)).toContain(sentence);
  });

  test('and in words of ours, whatever is wrong', () => {
    const words = /invalid|expected|received|too (big|small)|unrecognized/i;
    for (const method of Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[]) {
      for (const params of [undefined, null, {}, { source: {} }, { target: 1 }, { auth: { ts: -1 } }]) {
        expect(problems(method, params).join('; '), method).not.toMatch(words);
      }
    }
  });

  test('a key of a peer is not repeated at any length', () => {
    expect(problems('register', { ...registration, ['k'.repeat(5000)]: 1 }).join().length).toBeLessThan(200);
  });
});
