import { describe, expect, it } from 'vitest';
import { heartbeatMs } from './caller.ts';
import { detectHarness, HARNESSES } from './harness.ts';

const detected = (env: Record<string, string>, ...programs: string[]) =>
  detectHarness(env, () => programs.map((program) => ({ program })))?.id;

describe('the harness is told by', () => {
  it.each([
    [{ CLAUDECODE: '1' }, 'claude-code'],
    [{ CODEX_THREAD_ID: 't' }, 'codex'],
    [{ CODEX_CI: '1' }, 'codex'],
    [{ COPILOT_AGENT_SESSION_ID: 's' }, 'copilot'],
    [{ QWEN_CODE: '1' }, 'qwen-code'],
    [{ GEMINI_CLI: '1' }, 'gemini'],
    [{ OPENCODE: '1', AGENT: '1' }, 'opencode'],
    [{ CURSOR_AGENT: '1' }, 'cursor'],
    [{ AMP_CURRENT_THREAD_ID: 't' }, 'amp'],
    [{ CLAUDECODE: '1', AI_AGENT: 'claude-code_agent' }, 'claude-code'],
    [{ AI_AGENT: 'something new' }, 'agent'],
    [{ LALIA_HARNESS: 'mine', CLAUDECODE: '1' }, 'mine'],
  ])('its variables %o: %s', (env, id) => {
    expect(detected(env)).toBe(id);
  });

  it.each([
    ['/usr/local/bin/claude', 'claude-code'],
    ['codex', 'codex'],
    ['/usr/lib/node_modules/@github/copilot/index.js', 'copilot'],
    ['/usr/lib/node_modules/@qwen-code/qwen-code/cli.js', 'qwen-code'],
    ['/home/me/.local/bin/aider', 'aider'],
  ])('its process %s, where no variable says anything: %s', (program, id) => {
    expect(detected({}, 'bash', program, 'zsh')).toBe(id);
  });
});

it('a plain terminal is no harness, whatever people configure', () => {
  expect(
    detected({ GOOSE_PROVIDER: 'x', CODEX_HOME: '/x', CLAUDE_CODE_USE_BEDROCK: '1' }, 'bash', 'sshd'),
  ).toBe(undefined);
  expect(detected({ CLAUDECODE: '' })).toBe(undefined);
  expect(detected({}, 'claudette', '/usr/bin/amplifier', 'pip')).toBe(undefined);
});

describe('where one harness was started from another,', () => {
  const both = { CLAUDECODE: '1', CODEX_THREAD_ID: 't' };

  it('the nearest process counts', () => {
    expect(detected(both, 'bash', 'codex', 'bash', 'claude')).toBe('codex');
    expect(detected(both, 'bash', 'claude', 'bash', 'codex')).toBe('claude-code');
  });

  it('a harness without a variable here is not in between', () => {
    expect(detected(both, 'bash', 'gemini', 'codex', 'claude')).toBe('codex');
  });

  it('the first of the list counts where no process can be seen', () => {
    expect(detected(both)).toBe('claude-code');
  });
});

it('every harness has a name, a bound on waiting, and something to be recognised by', () => {
  expect(new Set(HARNESSES.map(({ id }) => id)).size).toBe(HARNESSES.length);
  for (const { detect, program, waitMs } of HARNESSES) {
    expect(detect.length > 0 || program !== undefined).toBe(true);
    expect(waitMs).toBeGreaterThanOrEqual(25_000);
    expect(waitMs).toBeLessThanOrEqual(300_000);
  }
});

it('a command waits as long as each harness lets it, and says so where silence would end it', () => {
  const limits = HARNESSES.map(({ id, waitMs, heartbeatMs }) => [id, waitMs / 1000, heartbeatMs]);
  expect(limits.filter(([, seconds]) => seconds !== 50)).toEqual([
    ['claude-code', 100, undefined],
    ['codex', 240, undefined],
    ['copilot', 240, undefined],
    ['qwen-code', 100, undefined],
    ['gemini', 240, 60_000],
    ['opencode', 100, undefined],
    ['kilo', 100, undefined],
    ['cursor', 25, undefined],
  ]);
  expect(heartbeatMs({ LALIA_HARNESS: 'gemini' })).toBe(60_000);
  expect(heartbeatMs({ GEMINI_CLI: '1' })).toBe(60_000);
  expect(heartbeatMs({ CLAUDECODE: '1' })).toBeUndefined();
  expect(heartbeatMs({})).toBeUndefined();
});
