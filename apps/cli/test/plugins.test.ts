/** What harnesses install: each file as its harness reads it, and nothing in it of the machine that it was built on. */
import { homedir } from 'node:os';
import { VERSION } from '@lalia/client';
import { ADAPTERS, PLUGINS, pluginFiles } from '@lalia/harness';
import { HOOKS } from '@lalia/harness/hooks';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { ALL_COMMANDS } from '../src/commands/index.ts';
import { skillText } from '../src/prompts/skill.ts';

const FILES = new Map(pluginFiles(skillText()).map(({ path, text }) => [path, text]));
const PATHS = [...FILES.keys()];

/** The hooks of each harness, and what names the file. */
const HOOK_FILES = [
  {
    harness: 'claude-code',
    file: 'lalia/hooks/claude-code.json',
    manifest: 'lalia/.claude-plugin/plugin.json',
  },
  { harness: 'codex', file: 'lalia/hooks/codex.json', manifest: 'lalia/.codex-plugin/plugin.json' },
  { harness: 'copilot', file: 'lalia/hooks/copilot.json', manifest: 'lalia/.plugin/plugin.json' },
  { harness: 'cursor', file: 'lalia/hooks/cursor.json', manifest: 'lalia/.cursor-plugin/plugin.json' },
  { harness: 'gemini', file: 'gemini/hooks/hooks.json', manifest: undefined },
];

function text(path: string): string {
  const found = FILES.get(path);
  if (found === undefined) throw new Error(`there is no ${path}`);
  return found;
}

function json(path: string): Record<string, unknown> {
  return JSON.parse(text(path)) as Record<string, unknown>;
}

/** Every text that is the value of a member of this name, however deep. */
function valuesOf(name: string, value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    key === name && typeof member === 'string' ? [member] : valuesOf(name, member),
  );
}

describe.each(PATHS)('%s', (path) => {
  test('is a path that every system can have, and ends in a line end', () => {
    expect(path).toMatch(/^[A-Za-z0-9._/-]+$/);
    expect(path).not.toMatch(/(^|\/)\.{1,2}(\/|$)|^\//);
    expect(text(path).endsWith('\n')).toBe(true);
  });

  test('names nothing of the machine that it was made on', () => {
    for (const place of [homedir(), process.cwd(), process.execPath]) expect(text(path)).not.toContain(place);
    expect(text(path)).not.toMatch(/node_modules|\/tmp\//);
  });

  test('runs and names only commands that there are', () => {
    const names = ALL_COMMANDS.map(({ name }) => name);
    // `hook` is what harnesses run, and no command of people.
    const known = new Set([...names, 'hook'].map((name) => name.split(' ')[0]));
    const named = [...text(path).matchAll(/(?:`|exec )lalia ([a-z-]+)/g)].map(([, name]) => name);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});

test.each(PATHS.filter((path) => path.endsWith('.json')))('%s is JSON', (path) => {
  expect(() => json(path)).not.toThrow();
});

describe.each(HOOK_FILES)('the hooks of $harness', ({ harness, file, manifest }) => {
  test('are those that `lalia hooks install` writes, for every event, and do nothing where lalia is missing', () => {
    const events = Object.keys(HOOKS.get(harness)?.events ?? {});
    const { hooks } = json(file) as { hooks: Record<string, unknown> };
    expect(Object.keys(hooks)).toEqual(events);
    for (const event of events) {
      const commands = [...valuesOf('command', hooks[event]), ...valuesOf('bash', hooks[event])];
      expect(commands.filter((one) => one !== 'command')).toEqual([
        `command -v lalia >/dev/null 2>&1 || exit 0; exec lalia hook ${harness} ${event}`,
      ]);
    }
  });

  test('are found by its manifest alone', () => {
    if (manifest === undefined) return;
    expect(`lalia/${String(json(manifest)['hooks']).replace('./', '')}`).toBe(file);
  });
});

test('no file lies where a harness would look unasked and take the hooks of another', () => {
  const places = ['hooks.json', 'hooks/hooks.json', 'plugin.json', 'mcp.json'];
  expect(PATHS.filter((path) => places.includes(path.replace('lalia/', '')))).toEqual([]);
});

test('a manifest has a legal name, this version, and names only what is there', () => {
  for (const path of PATHS.filter((one) => /(-plugin|\.plugin)\/plugin\.json$|extension\.json$/.test(one))) {
    const manifest = json(path);
    expect(manifest).toMatchObject({ name: 'lalia', version: VERSION });
    expect(manifest['name']).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    for (const value of Object.values(manifest)) {
      if (typeof value !== 'string' || !value.startsWith('./')) continue;
      const place = `lalia/${value.slice(2)}`;
      expect(PATHS.some((one) => one === place || (place.endsWith('/') && one.startsWith(place)))).toBe(true);
    }
  }
});

test('the marketplace names a folder with a manifest of Claude Code, Codex, Copilot and Cursor', () => {
  const { name, plugins } = json('.claude-plugin/marketplace.json') as {
    name: string;
    plugins: readonly { readonly name: string; readonly source: string }[];
  };
  expect({ name, plugins: plugins.map((one) => one.name) }).toEqual({ name: 'lalia', plugins: ['lalia'] });
  for (const kind of ['.claude-plugin', '.codex-plugin', '.plugin', '.cursor-plugin']) {
    expect(PATHS).toContain(`${plugins[0]?.source.slice(2) ?? ''}/${kind}/plugin.json`);
  }
});

test('the tools are `lalia mcp`, as an agent of its own environment', () => {
  const servers = { lalia: { command: 'lalia', args: ['mcp'] } };
  expect(json('lalia/.mcp.json')).toEqual({ mcpServers: servers });
  expect(json('gemini/gemini-extension.json')).toMatchObject({ mcpServers: servers });
});

test('the monitor of Claude Code is the wake listener', () => {
  expect(JSON.parse(text('lalia/monitors/monitors.json'))).toEqual([
    {
      name: 'mail',
      command: 'command -v lalia >/dev/null 2>&1 || exit 0; exec lalia hook claude-code listen',
      description: expect.any(String) as string,
    },
  ]);
});

describe('the skill', () => {
  const skill = skillText();
  const [, front = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(skill) ?? [];

  test('is the same for every harness, in a folder of its name', () => {
    const found = PATHS.filter((path) => path.endsWith('SKILL.md'));
    expect(found).toEqual(['lalia', 'gemini', 'opencode'].map((folder) => `${folder}/skills/lalia/SKILL.md`));
    for (const path of found) expect(text(path)).toBe(skill);
  });

  test('has a front matter within the limits of Agent Skills', () => {
    const { name, description, compatibility, ...others } = parseYaml(front) as Record<string, string>;
    expect(name).toBe('lalia');
    expect(description?.length).toBeGreaterThan(0);
    expect(description?.length).toBeLessThanOrEqual(1024);
    expect(compatibility?.length).toBeLessThanOrEqual(500);
    expect(others).toEqual({});
  });

  test('takes at most 400 tokens when it is read, and at most 80 before', () => {
    const sizes = { front: encode(front).length, body: encode(body).length };
    process.stdout.write(`skill: ${String(sizes.body)} tokens, front matter ${String(sizes.front)}\n`);
    expect(sizes.body).toBeLessThanOrEqual(400);
    expect(sizes.front).toBeLessThanOrEqual(80);
  });
});

test('each plugin is of a harness that there is, and its folder has files', () => {
  for (const { harness, folder, install } of PLUGINS) {
    expect(ADAPTERS.map(({ id }) => id)).toContain(harness);
    expect(PATHS.some((path) => path.startsWith(`${folder}/`))).toBe(true);
    expect(install("'/a b'").join('\n')).toContain("'/a b'");
  }
});
