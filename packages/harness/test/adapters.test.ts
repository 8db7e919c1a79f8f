/** What each harness is started with, and that the adapters and the table of callers speak of the same harnesses. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { captureSession } from '@lalia/client';
import { describe, expect, it } from 'vitest';
import type { LaunchRequest } from '../src/adapter.ts';
import { ABILITIES, ADAPTERS, adapterOf } from '../src/index.ts';

const ROLE = 'You are a "peer".\nTell\tothers.\n';

function planned(id: string, request: Partial<LaunchRequest> = {}) {
  const plan = adapterOf(id)?.launch.plan({
    name: 'ann',
    role: 'peer',
    prompt: ROLE,
    args: [],
    env: {},
    cwd: '/work',
    folder: '/home/roles/peer',
    ...request,
  });
  if (plan === undefined) throw new Error(`no adapter ${id}`);
  return plan;
}

const PRIVATE = [{ path: '/home/roles/peer/role.md', text: ROLE, kind: 'private' }];

describe('every adapter', () => {
  it.each(ADAPTERS.map((adapter) => [adapter.id, adapter] as const))(
    '%s has a flag of its own, a source for each capability, and is known to the table of callers',
    (id, adapter) => {
      expect(ADAPTERS.filter(({ flag }) => flag === adapter.flag)).toEqual([adapter]);
      expect(Object.keys(adapter.capabilities).toSorted()).toEqual([...ABILITIES].toSorted());
      for (const { how } of Object.values(adapter.capabilities)) expect(how).not.toBe('');
      for (const marker of adapter.markers.slice(0, 1)) {
        expect(captureSession({ env: { [marker]: '1' }, cwd: '/' }).harness).toBe(id);
      }
    },
  );

  it('hands the role over, whatever the person adds', () => {
    for (const { id } of ADAPTERS) {
      const { args, files = [], env = {} } = planned(id, { args: ['--verbose'] });
      const told = JSON.stringify([args, files, env]);
      expect(told, id).toMatch(/You are a (\\|")+peer/);
      expect(args, id).toContain('--verbose');
    }
  });
});

describe('Claude Code', () => {
  it('reads the role from a file, beside what the person appends', () => {
    expect(planned('claude-code', { args: ['--append-system-prompt', 'mine', 'fix it'] })).toEqual({
      args: [
        '--append-system-prompt-file',
        '/home/roles/peer/role.md',
        '--append-system-prompt',
        'mine',
        'fix it',
      ],
      files: PRIVATE,
    });
  });

  it('takes it as a text where the person has a file', () => {
    expect(planned('claude-code', { args: ['--append-system-prompt-file=x'] }).args).toEqual([
      '--append-system-prompt',
      ROLE,
      '--append-system-prompt-file=x',
    ]);
  });
});

describe('Codex', () => {
  it('has developer instructions, and always a first prompt', () => {
    const { args } = planned('codex', { args: ['--model', 'x'] });
    expect(args.slice(0, 4)).toEqual([
      '-c',
      'developer_instructions="You are a \\"peer\\".\\nTell\\tothers.\\n"',
      '--model',
      'x',
    ]);
    expect(args[4]).toMatch(/^You are ann on Lalia\./);
    expect(args).toHaveLength(5);
  });

  it.each([[['fix it']], [['--model', 'x', 'resume', '--last']], [['-', '-c', 'a=b']]])(
    'keeps the person’s own words %j',
    (own) => {
      expect(planned('codex', { args: own }).args.slice(2)).toEqual(own);
    },
  );

  it('takes the role with the first prompt where the person’s own developer instructions would be lost', () => {
    for (const own of [['-c', 'developer_instructions="mine"'], ['--config=developer_instructions="mine"']]) {
      expect(planned('codex', { args: own }).args).toEqual([...own, expect.stringContaining(ROLE)]);
      expect(planned('codex', { args: [...own, 'fix it'] }).args).toEqual([...own, `${ROLE}\nfix it`]);
      expect(() => planned('codex', { args: [...own, 'resume'] })).toThrow(
        expect.objectContaining({ reason: 'invalid_params' }),
      );
    }
  });

  it.each([
    { toml: 'model = "x"\ndeveloper_instructions = """\nmine"""\n', isTop: true },
    { toml: 'model = "x"\n[profiles.a]\ndeveloper_instructions = "of a profile"\n', isTop: false },
    { toml: '# developer_instructions = "off"\n', isTop: false },
  ])('looks for these in the configuration as well: $toml', ({ toml, isTop }) => {
    const home = mkdtempSync(join(tmpdir(), 'l-'));
    try {
      writeFileSync(join(home, 'config.toml'), toml);
      expect(planned('codex', { env: { CODEX_HOME: home } }).args[0] === '-c').toBe(!isTop);
    } finally {
      rmSync(home, { recursive: true });
    }
  });
});

it('Copilot finds the role in a folder, after those that the person names', () => {
  expect(planned('copilot', { env: { COPILOT_CUSTOM_INSTRUCTIONS_DIRS: '/mine' } })).toEqual({
    args: [],
    env: { COPILOT_CUSTOM_INSTRUCTIONS_DIRS: '/mine,/home/roles/peer' },
    files: [
      {
        path: '/home/roles/peer/lalia.instructions.md',
        text: `---\napplyTo: "**"\n---\n${ROLE}`,
        kind: 'private',
      },
    ],
  });
});

describe('opencode', () => {
  it('has the role among its instructions, with the configuration that the person set', () => {
    const env = { OPENCODE_CONFIG_CONTENT: '{"theme":"x","instructions":["a.md"]}' };
    const plan = planned('opencode', { env });
    expect(plan).toMatchObject({ args: [], files: PRIVATE });
    expect(JSON.parse(plan.env?.['OPENCODE_CONFIG_CONTENT'] ?? '')).toEqual({
      theme: 'x',
      instructions: ['a.md', '/home/roles/peer/role.md'],
    });
  });

  it.each(['{', '[]', 'null', '{"a":1,}'])('is refused where that is no JSON object: %s', (text) => {
    expect(() => planned('opencode', { env: { OPENCODE_CONFIG_CONTENT: text } })).toThrow(
      expect.objectContaining({ reason: 'invalid_params' }),
    );
  });
});

it('Qwen Code appends the role to its prompt, before what the person appends', () => {
  expect(planned('qwen-code', { args: ['--append-system-prompt=mine'] }).args).toEqual([
    `--append-system-prompt=${ROLE}\n\nmine`,
  ]);
});

it('Gemini and Cursor are told the role first', () => {
  expect(planned('gemini', { args: ['-m', 'x'] }).args).toEqual(['-i', ROLE, '-m', 'x']);
  expect(planned('cursor', { args: ['fix it'] }).args).toEqual([`${ROLE}\n\nfix it`]);
});

it('Amp has it in a section of AGENTS.md, Aider in a file to read', () => {
  expect(planned('amp').files).toEqual([{ path: '/work/AGENTS.md', text: ROLE, kind: 'section' }]);
  expect(planned('aider')).toEqual({ args: ['--read', '/home/roles/peer/role.md'], files: PRIVATE });
});
