/** Hooks are put into other people's files, and taken out of them: what was there before is there again, byte for byte. */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { isLaliaError } from '@lalia/client';
import { describe, expect, test } from 'vitest';
import { HOOKS } from '../src/hooks/table.ts';
import { Settings } from './_settings.ts';

const HARNESSES = [...HOOKS.keys()];
const OURS = /lalia hook/;

/** The file that has the hooks, where it may be the person's. */
const SHARED: Readonly<Record<string, string>> = {
  'claude-code': '.claude/settings.json',
  codex: '.codex/hooks.json',
  'qwen-code': '.qwen/settings.json',
  gemini: '.gemini/settings.json',
  cursor: '.cursor/hooks.json',
};

/** Files as people write them. */
const TEXTS: Readonly<Record<string, string>> = {
  'an empty object': '{}',
  'an empty object on two lines': '{\n}\n',
  'an empty object with a space': '{ }\n',
  'one line': '{"model":"x","env":{"A":"1"}}',
  'four spaces': '{\n    "model": "x",\n    "list": [\n        1,\n        2\n    ]\n}\n',
  tabs: '{\n\t"model": "x",\n\t"deep": {\n\t\t"er": true\n\t}\n}\n',
  'no final newline': '{\n  "model": "x"\n}',
  'carriage returns': '{\r\n  "model": "x",\r\n  "b": [1]\r\n}\r\n',
  'a byte order mark': '\u{FEFF}{\n  "model": "x"\n}\n',
  comments:
    '// mine\n{\n  // before\n  "model": "x", // beside\n  /* many\n     lines */\n  "b": 2 // the last\n  // the end\n}\n// after\n',
  'trailing commas': '{\n  "model": "x",\n  "list": [1, 2,],\n}\n',
  'a comment and a trailing comma': '{\n  "model": "x", // note\n}\n',
  'hooks of its own':
    '{\n  "hooks": {\n    "Stop": [\n      { "hooks": [{ "type": "command", "command": "say done" }] }\n    ],\n    "Other": []\n  },\n  "model": "x"\n}\n',
  'an empty list of hooks': '{\n  "hooks": {\n    "Stop": [],\n    "stop": [ ]\n  }\n}\n',
  'permissions of its own':
    '{"permissions":{"allow":["Bash(git:*)"],"deny":[]},"sandbox":{"enabled":true}}\n',
  'odd order and spaces': '  {  "z" : 1 ,\n "a":{ "y":[ ]}}  \n\n',
  'only a comment': '// nothing yet\n',
  'nothing at all': '',
};

describe.each(HARNESSES)('%s', (harness) => {
  test('what is installed into an empty home goes again, with the folders that were made', () => {
    using settings = new Settings(harness);
    const before = settings.everything();
    expect(settings.install({ allow: true })).toContain('create');
    expect(Object.values(settings.everything()).join('')).not.toBe('');
    expect(settings.states({ allow: true }).every((state) => state.endsWith('installed'))).toBe(true);
    expect(settings.uninstall()).toContain('remove');
    expect(settings.everything()).toEqual(before);
  });

  test('installing twice changes nothing the second time', () => {
    using settings = new Settings(harness);
    settings.install({ allow: true });
    const once = settings.everything();
    expect(new Set(settings.install({ allow: true }))).toEqual(new Set(['none']));
    expect(settings.everything()).toEqual(once);
  });

  test('uninstalling where nothing is installed changes nothing', () => {
    using settings = new Settings(harness);
    const before = settings.everything();
    expect(new Set(settings.uninstall())).toEqual(new Set(['none']));
    expect(settings.everything()).toEqual(before);
  });

  test('a newer command replaces the older one, and uninstalling still gives back the first text', () => {
    using settings = new Settings(harness);
    const before = settings.everything();
    settings.install({ command: (event) => `/old/lalia hook ${harness} ${event}` });
    expect(settings.states()[0]).toBe('hooks stale');
    expect(settings.install()).toEqual(['change']);
    expect(JSON.stringify(settings.everything())).not.toContain(Buffer.from('/old/').toString('base64'));
    expect(settings.states()[0]).toBe('hooks installed');
    settings.uninstall();
    expect(settings.everything()).toEqual(before);
  });
});

describe.each(Object.entries(SHARED))('the file of %s', (harness, file) => {
  test.each(Object.entries(TEXTS))('with %s is byte for byte as before', (_, text) => {
    using settings = new Settings(harness);
    settings.write(file, text);
    const before = settings.everything();
    settings.install();
    expect(settings.read(file)).toMatch(OURS);
    expect(settings.states()[0]).toBe('hooks installed');
    settings.install({ allow: true });
    expect(settings.states({ allow: true }).every((state) => state.endsWith('installed'))).toBe(true);
    settings.uninstall();
    expect(settings.everything()).toEqual(before);
  });

  test.each(
    Object.entries(TEXTS).filter(([name]) => !name.startsWith('nothing') && !name.startsWith('only')),
  )('with %s keeps what somebody writes into it meanwhile', (_, text) => {
    using settings = new Settings(harness);
    settings.write(file, text);
    settings.install();
    const changed = settings.read(file).replace('{', '{ "added": "later",');
    settings.write(file, changed);
    settings.uninstall();
    expect(settings.read(file)).not.toMatch(OURS);
    expect(parsed(settings.read(file))).toEqual({ added: 'later', ...parsed(text) });
    const comments = [...text.matchAll(/\/\/.*/g)].map(([comment]) => comment);
    for (const comment of comments) expect(settings.read(file)).toContain(comment);
  });

  test('without the record its own hooks stay, and ours go', () => {
    using settings = new Settings(harness);
    const text = TEXTS['hooks of its own'] ?? '';
    settings.write(file, text);
    settings.install();
    settings.uninstall({ home: `${settings.folder}/another` });
    expect(settings.read(file).replace('  "version": 1,\n', '').replace(',\n  "version": 1', '')).toBe(text);
  });

  test.each([
    ['no JSON', '{ "model": '],
    ['a list', '[1]'],
    ['hooks that are a list', '{"hooks":[]}'],
    ['a name twice', '{"hooks":{},"hooks":{}}'],
    ['binary', new Uint8Array([0xff, 0xfe, 0x00, 0x7b])],
  ])('with %s is refused, and stays', (_, text) => {
    using settings = new Settings(harness);
    settings.write(file, text);
    const before = settings.everything();
    expect(reasonOf(() => settings.install())).toBe('file_refused');
    expect(settings.everything()).toEqual(before);
  });

  test('behind a link, the link stays and the file it points to is changed', () => {
    using settings = new Settings(harness);
    const real = settings.write('dotfiles/settings.json', '{\n  "model": "x"\n}\n');
    mkdirSync(settings.path(file.split('/')[0] ?? ''));
    symlinkSync(real, settings.path(file));
    const before = settings.everything();
    settings.install();
    expect(settings.read('dotfiles/settings.json')).toMatch(OURS);
    expect(settings.everything()[file]).toBe(`-> ${real}`);
    settings.uninstall();
    expect(settings.everything()).toEqual(before);
  });

  test('in a repository, a link that leads out of it is refused', () => {
    using settings = new Settings(harness);
    const outside = settings.write('elsewhere/rc', '{}');
    settings.write('repository/README', '');
    const project = { scope: 'project', root: settings.path('repository') } as const;
    const [{ path = '' } = {}] = [
      settings.request(project).hooks.setup.hooks({ ...project, env: {} }, String),
    ];
    mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true });
    symlinkSync(outside, path);
    const before = settings.everything();
    expect(reasonOf(() => settings.install(project))).toBe('file_refused');
    expect(settings.everything()).toEqual(before);
  });

  test('read-only is refused; a mode of its own stays', () => {
    using settings = new Settings(harness);
    const path = settings.write(file, '{}');
    chmodSync(path, 0o444);
    expect(reasonOf(() => settings.install())).toBe('file_refused');
    chmodSync(path, 0o640);
    const before = settings.everything();
    settings.install();
    expect(settings.everything()[file]).toMatch(/^640 /);
    settings.uninstall();
    expect(settings.everything()).toEqual(before);
  });

  test('a link to nothing, or a folder in its place, is refused', () => {
    using settings = new Settings(harness);
    mkdirSync(settings.path(file), { recursive: true });
    expect(reasonOf(() => settings.install())).toBe('file_refused');
  });
});

describe('files that are Lalia’s as a whole', () => {
  test('one of the same name that somebody else wrote is refused, and not removed', () => {
    using settings = new Settings('copilot');
    settings.write('.copilot/hooks/lalia.json', '{"version":1,"hooks":{}}\n');
    const before = settings.everything();
    expect(reasonOf(() => settings.install())).toBe('file_refused');
    settings.uninstall();
    expect(settings.everything()).toEqual(before);
  });

  test('a permission that the person gave already stays theirs', () => {
    using settings = new Settings('claude-code');
    settings.write('.claude/settings.json', '{"permissions":{"allow":["Bash(lalia:*)"]}}');
    settings.install({ allow: true });
    settings.write('.claude/settings.json', settings.read('.claude/settings.json').replace('{', '{"a":1,'));
    settings.uninstall();
    expect(parsed(settings.read('.claude/settings.json'))).toEqual({
      a: 1,
      permissions: { allow: ['Bash(lalia:*)'] },
    });
  });

  test('what changed on disk after it was looked at is not written over', async () => {
    using settings = new Settings('claude-code');
    const path = settings.write('.claude/settings.json', '{}');
    const { carryOut, planInstall } = await import('../src/index.ts');
    const changes = planInstall(settings.request());
    writeFileSync(path, '{"by":"another"}');
    expect(
      reasonOf(() => {
        carryOut(changes, settings.request(), 'install');
      }),
    ).toBe('file_refused');
    expect(settings.read('.claude/settings.json')).toBe('{"by":"another"}');
  });
});

function parsed(text: string): Record<string, unknown> {
  const plain = text
    .replace(/^\u{FEFF}/u, '')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\/\/.*/g, '')
    .replace(/,(\s*[\]}])/g, '$1');
  const { version: _, ...rest } = JSON.parse(plain) as Record<string, unknown>;
  return rest;
}

function reasonOf(step: () => unknown): string | undefined {
  try {
    step();
    return undefined;
  } catch (error) {
    return isLaliaError(error) ? error.reason : String(error);
  }
}
