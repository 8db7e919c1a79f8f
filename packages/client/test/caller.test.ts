import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isName } from '@lalia/protocol';
import { OPERATIONS } from '@lalia/protocol/operations';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callerFacts, captureSession, defaultWaitMs, type SessionFacts, suggestName } from '../src/caller.ts';
import { ancestorsOf, isHidden, systemProcesses } from '../src/process-tree.ts';

let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'caller-')));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const sessionIn = (changes: Partial<SessionFacts['location']>, harness: string | null): SessionFacts => {
  const session = captureSession({ cwd: folder, env: {} });
  return { ...session, harness, location: { ...session.location, ...changes } };
};

describe('who is calling', () => {
  it('what was said comes before what is inferred, and an empty variable says nothing', () => {
    const said = callerFacts({ as: 'alice', cwd: folder, env: { LALIA_NAME: 'bob' } });
    expect(said).toMatchObject({ as: 'alice', env_name: 'bob' });
    const session = callerFacts({ cwd: folder, env: { LALIA_NAME: '', CODEX_THREAD_ID: 't1' } });
    expect(session).toMatchObject({ as: null, env_name: null, harness_session: 't1' });
    const unsaid = callerFacts({ cwd: folder, env: { LALIA_NAME: '', CODEX_THREAD_ID: '' } });
    expect(unsaid).toMatchObject({ as: null, env_name: null, harness_session: null });
  });

  it('whoever says a name is not looked for among sessions and processes', () => {
    for (const said of [{ as: 'alice', env: {} }, { env: { LALIA_NAME: 'alice' } }]) {
      const facts = callerFacts({ cwd: folder, ...said, env: { ...said.env, CODEX_THREAD_ID: 't1' } });
      expect(facts).toMatchObject({ harness_session: null, ancestors: [] });
    }
  });

  it('the session’s id is that of the harness that counts', () => {
    const env = { CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: 'c', COPILOT_AGENT_SESSION_ID: 'p' };
    expect(captureSession({ cwd: folder, env })).toMatchObject({
      harness: 'claude-code',
      harnessSession: 'c',
    });
    expect(captureSession({ cwd: folder, env: { ...env, LALIA_HARNESS: 'copilot' } }).harnessSession).toBe(
      'p',
    );
  });

  it('the processes above are named, and this one is not; none where their numbers mean nothing outside', () => {
    const above = ancestorsOf(process.pid);
    const self = systemProcesses()(process.pid);
    const isApart = self === undefined || isHidden(self, above);
    const named = callerFacts({ cwd: folder, env: {} }).ancestors.map(({ pid }) => pid);
    expect(named).toEqual(isApart ? [] : above.map(({ pid }) => pid));
  });

  it('what is found fits the operations it is made for', () => {
    const facts = callerFacts({ as: 'alice' });
    expect(OPERATIONS.identify.params.safeParse(facts)).toMatchObject({ success: true });
    const { location, anchor } = captureSession();
    const shape = OPERATIONS.register.params.pick({ location: true, anchor: true });
    expect(shape.safeParse({ location, anchor })).toMatchObject({ success: true });
  });

  it('a model is told where the harness tells it', () => {
    expect(captureSession({ cwd: folder, env: { QWEN_CODE: '1', QWEN_CODE_MODEL: 'q3' } }).model).toBe('q3');
    expect(captureSession({ cwd: folder, env: { LALIA_MODEL: 'x' } }).model).toBe('x');
    expect(captureSession({ cwd: folder, env: {} }).model).toBeNull();
  });
});

describe('how long to wait', () => {
  it.each([
    [{ CLAUDECODE: '1' }, 100_000],
    [{ CODEX_THREAD_ID: 't' }, 240_000],
    [{ CURSOR_AGENT: '1' }, 25_000],
    [{ LALIA_HARNESS: 'unheard-of' }, 50_000],
  ])('%o: %d ms', (env, waitMs) => {
    expect(defaultWaitMs(env)).toBe(waitMs);
  });

  it('never longer than 300 seconds, whatever runs these tests', () => {
    expect(defaultWaitMs({})).toBeLessThanOrEqual(300_000);
  });
});

describe('the suggested name', () => {
  const main = { repo_root: '/src/shop', main_repo_root: '/src/shop', worktree: 'shop' };
  const linked = { repo_root: '/wt/feat auth', main_repo_root: '/src/shop', worktree: 'feat auth' };

  it.each([
    ['claude-code', 'peer', main, 'claude-code'],
    ['claude-code', 'supervisor', main, 'claude-code-supervisor'],
    ['codex', 'worker', linked, 'codex-worker-feat-auth'],
    ['codex', 'peer', linked, 'codex-feat-auth'],
    [null, 'peer', main, 'terminal'],
    [null, 'peer', { repo_root: null, main_repo_root: null, worktree: null }, 'terminal'],
    ['codex', 'peer', { ...linked, worktree: '--wörk--trees--' }, 'codex-work-trees'],
    ['codex', 'peer', { ...linked, worktree: '日本' }, 'codex'],
    ['codex', 'peer', { ...linked, worktree: 'x'.repeat(80) }, `codex-${'x'.repeat(58)}`],
    ['--', 'peer', main, 'agent'],
  ] as const)('for %s as %s', (harness, role, location, name) => {
    expect(suggestName(sessionIn(location, harness), role)).toBe(name);
  });

  it('is always a name, whatever the folder is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (worktree, harness) => {
        expect(isName(suggestName(sessionIn({ ...linked, worktree }, harness), 'worker'))).toBe(true);
      }),
    );
  });
});
