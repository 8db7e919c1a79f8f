/** Hooks for one launch: how each harness is given them, what of the person's stays, and where they are in force already. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HooksForLaunch, LaunchPlan } from '../src/adapter.ts';
import { ADAPTERS, adapterOf, hooksInForce } from '../src/index.ts';

const PLAN: LaunchPlan = { args: ['--theirs', 'x'] };
const command = (event: string) => `/bin/lalia hook any ${event}`;

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'l-'));
  mkdirSync(join(home, 'shop'));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

function put(path: string, text: string): string {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function brought(id: string, request: Partial<HooksForLaunch> = {}, plan = PLAN): LaunchPlan | string {
  const bring = adapterOf(id)?.launch.bringHooks;
  if (bring === undefined) throw new Error(`${id} takes none`);
  return bring(plan, { command, folder: '/home/launch', args: [], env: { HOME: home }, ...request });
}

function plan(id: string, request: Partial<HooksForLaunch> = {}, before = PLAN): LaunchPlan {
  const found = brought(id, request, before);
  if (typeof found === 'string') throw new Error(found);
  return found;
}

const BRINGING = ADAPTERS.filter(({ launch }) => launch.bringHooks !== undefined);

test.each(BRINGING.map(({ id }) => id))('%s is given every hook, in files of Lalia’s own at most', (id) => {
  const { args, files = [], env = {} } = plan(id);
  const told = JSON.stringify([args, env, ...files.map(({ text }) => text)]);
  for (const event of Object.keys(adapterOf(id)?.hooks?.events ?? {})) {
    expect(told).toContain(id === 'opencode' ? '/bin/lalia hook any EVENT' : command(event));
  }
  expect(args.slice(-2)).toEqual(PLAN.args);
  for (const { kind, path } of files)
    expect([kind, path.startsWith('/home/launch/')]).toEqual(['private', true]);
});

test('who can be given none says so in the table', () => {
  for (const { launch, capabilities } of ADAPTERS) {
    expect(capabilities['hooks-for-launch'].can === 'yes').toBe(launch.bringHooks !== undefined);
  }
});

describe('Claude Code', () => {
  test('has a plugin for it, with the hook that waits, and no settings', () => {
    const { args, files = [] } = plan('claude-code', { args: ['--settings', '{"model":"x"}'] });
    expect(args).toEqual(['--plugin-dir', '/home/launch', ...PLAN.args]);
    expect(JSON.parse(files[0]?.text ?? '')).toMatchObject({ name: 'lalia-run' });
    expect(files[1]?.text).toContain('asyncRewake');
  });

  test('has none where its person gives it the plugin of Lalia, alone or in a folder', () => {
    put('lalia/.claude-plugin/plugin.json', '{"name": "lalia"}');
    for (const folder of [home, join(home, 'lalia')]) {
      expect(plan('claude-code', { args: ['--plugin-dir', folder] })).toBe(PLAN);
      expect(plan('claude-code', { args: [`--plugin-dir=${folder}`] })).toBe(PLAN);
    }
    expect(plan('claude-code', { args: ['--plugin-dir', tmpdir()] })).not.toBe(PLAN);
  });
});

describe('Codex', () => {
  test('has them on its command line, and its person is told of the trust that they need, until they gave it', () => {
    const { args, next } = plan('codex');
    expect(args.slice(0, 2)).toEqual([
      '-c',
      'hooks.SessionStart=[{hooks=[{type="command",command="/bin/lalia hook any SessionStart",timeout=10}]}]',
    ]);
    expect(next).toContain('trust');
    expect(plan('codex', { args: ['--dangerously-bypass-hook-trust'] }).next).toBeUndefined();
    const events = Object.keys(adapterOf('codex')?.hooks?.events ?? {});
    const keys = events.map((event) => event.replaceAll(/(?<=.)[A-Z]/g, '_$&').toLowerCase());
    const states = keys.map(
      (key) => `[hooks.state."/<session-flags>/config.toml:${key}:0:0"]\ntrusted_hash = "sha256:0"\n`,
    );
    put('.codex/config.toml', states.join(''));
    expect(plan('codex').next).toBeUndefined();
  });

  test.each([[['-c', 'hooks.Stop=[]']], [['--config=hooks={}']]])(
    'keeps hooks of its person’s own %j',
    (args) => {
      expect(brought('codex', { args })).toContain('your own');
    },
  );
});

test('opencode has its plugin file beside those that the configuration of this launch names', () => {
  const before = { args: [], env: { OPENCODE_CONFIG_CONTENT: '{"plugin":["theirs"],"theme":"x"}' } };
  const { env, files } = plan('opencode', {}, before);
  expect(JSON.parse(env?.['OPENCODE_CONFIG_CONTENT'] ?? '')).toEqual({
    plugin: ['theirs', 'file:///home/launch/lalia.js'],
    theme: 'x',
  });
  expect(files?.[0]?.text).toContain('listen(session');
});

test('Qwen Code has them as defaults of the system, unless there are such; those of a launch around it are no such', () => {
  const ours = '/home/launch/system-defaults.json';
  expect(plan('qwen-code').env).toEqual({ QWEN_CODE_SYSTEM_DEFAULTS_PATH: ours });
  expect(plan('qwen-code', { env: { QWEN_CODE_SYSTEM_DEFAULTS_PATH: ours } }).env).toBeDefined();
  expect(brought('qwen-code', { env: { QWEN_CODE_SYSTEM_DEFAULTS_PATH: '/theirs' } })).toContain('/theirs');
  const beside = put('etc/system-defaults.json', '{}');
  const env = { QWEN_CODE_SYSTEM_SETTINGS_PATH: join(home, 'etc/settings.json') };
  expect(brought('qwen-code', { env })).toContain(beside);
});

describe('hooks are in force', () => {
  const found = (id: string, env = {}) => {
    const hooks = adapterOf(id)?.hooks;
    const places = { home, project: join(home, 'shop'), env };
    return hooks === undefined ? [] : hooksInForce(id, hooks, places).map(({ by }) => by);
  };
  const GROUP =
    '{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"/x/lalia hook claude-code Stop"}]}]}}';

  test.each([
    ['claude-code', '.claude/settings.json', GROUP, 'home'],
    ['claude-code', 'shop/.claude/settings.local.json', GROUP, 'project'],
    ['claude-code', '.claude/settings.json', '{"enabledPlugins":{"lalia@any":true}}', 'plugin'],
    ['claude-code', 'shop/.claude/settings.json', '{"enabledPlugins":{"lalia@any":true}}', 'plugin'],
    ['codex', '.codex/config.toml', '[plugins."lalia@lalia"]\nenabled = true\n', 'plugin'],
    ['copilot', '.copilot/settings.json', '{"enabledPlugins":{"lalia@lalia":true}}', 'plugin'],
    ['copilot', '.copilot/hooks/lalia.json', '{"hooks":{}}', 'home'],
    ['gemini', '.gemini/extensions/lalia/gemini-extension.json', '{}', 'plugin'],
    ['opencode', 'shop/.opencode/plugins/lalia.js', '//', 'project'],
  ])('of %s by %s', (id, path, text, by) => {
    put(path, text);
    expect(found(id)).toEqual([by]);
  });

  test.each([
    ['claude-code', '.claude/settings.json', '{"hooks":{"Stop":[]}}'],
    ['claude-code', '.claude/settings.json', 'not JSON'],
    ['claude-code', '.claude/settings.json', '{"enabledPlugins":{"lalia@any":false,"other@any":true}}'],
    [
      'codex',
      '.codex/config.toml',
      '[plugins."lalia@lalia"]\nenabled = false\n[plugins."x@y"]\nenabled = true\n',
    ],
  ])('not of %s by %s with %s', (id, path, text) => {
    put(path, text);
    expect(found(id)).toEqual([]);
  });

  test('of a project that switches the plugin off: not', () => {
    put('.claude/settings.json', '{"enabledPlugins":{"lalia@any":true}}');
    put('shop/.claude/settings.local.json', '{"enabledPlugins":{"lalia@any":false}}');
    expect(found('claude-code')).toEqual([]);
  });
});
