/** Sandboxes keep the commands of a model from every socket: a lone `lalia` gets out by a rule, any other goes through the spool. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { becomes } from '@lalia/testkit';
import { describe, expect, test } from 'vitest';
import { Scene, type StartOptions } from './scene.ts';
import { claudeCode, codex, gemini, put, qwenCode, type Subject } from './subject.ts';

const SPOOLED = 'which this command came through';

test('what the shell tool of Codex sends arrives, by the rule and by the spool', async () => {
  const scene = await Scene.withSpools(codex);
  await scene.hook(codex);
  const alice = await scene.person('alice');
  const { model } = await scene.start(codex, { name: 'bob', prompt: 'Begin.' });
  model.will(
    model.runs('lalia status'),
    model.runs('lalia tell alice "By the rule."'),
    model.runs('true && lalia status'),
    model.runs('true && lalia tell alice "By the spool."'),
  );
  await model.asked(5);
  // The request after a command has what it printed.
  expect([1, 2, 3, 4].map((request) => model.times(SPOOLED, request))).toEqual([0, 0, 1, 1]);
  expect(await alice.says(['read-any', '--timeout', '0'])).toContain('By the rule.');
  expect(await alice.says(['read-any', '--timeout', '0'])).toContain('By the spool.');
});

const missing = ['bwrap', 'socat'].filter((name) => !existsSync(`/usr/bin/${name}`));
const without = missing.length === 0 ? '' : ` (not run: ${missing.join(' and ')} missing)`;

describe.skipIf(missing.length > 0)(`after /sandbox of Claude Code${without}`, () => {
  test('mail goes out and comes in with nothing set up, by the spool in its own folder, and no daemon begins in there', async () => {
    const subject = sandboxed({});
    const scene = await Scene.withSpools(subject);
    await scene.cli('hooks', 'install', 'claude-code');
    const alice = await scene.person('alice');
    const { model } = await scene.start(subject, { name: 'bob', prompt: 'Begin.' });
    model.will(
      model.runs('lalia status'),
      model.runs('lalia tell alice "Out of the sandbox."'),
      model.runs('lalia read alice --timeout 90'),
      async () => {
        await scene.lalia.cli(['stop']);
        return model.runs('lalia tell alice "Nobody is there."');
      },
    );
    await becomes(async () => (await scene.agent('bob'))?.presence === 'listening');
    await alice.says(['tell', 'bob', 'Into the sandbox.']);
    await model.asked(5);
    expect(model.times(SPOOLED)).toBe(1);
    expect(model.times('sent to alice')).toBe(1);
    expect(model.times('| Into the sandbox.')).toBe(1);
    expect(model.times('Run `lalia start` in a terminal outside')).toBe(1);
    expect((await scene.lalia.cli(['status'])).stdout).toContain('no daemon is running');
  });

  test('a lone command gets out by the rule that --allow writes, any other by the spool', async () => {
    const subject = sandboxed({});
    const scene = await Scene.withSpools(subject);
    await scene.hook(subject);
    const alice = await scene.person('alice');
    const { model } = await scene.start(subject, { name: 'bob', prompt: 'Begin.' });
    model.will(
      model.runs('lalia status'),
      model.runs('lalia tell alice "By the rule."'),
      model.runs('lalia status | cat'),
    );
    await model.asked(4);
    expect([1, 2, 3].map((request) => model.times(SPOOLED, request))).toEqual([0, 0, 1]);
    expect(await alice.says(['read-any', '--timeout', '0'])).toContain('By the rule.');
  });

  test('no daemon begins in it where sockets are let through either', async () => {
    const subject = sandboxed({ network: { allowAllUnixSockets: true } });
    const scene = await Scene.open(subject);
    await scene.cli('hooks', 'install', 'claude-code');
    const { model } = await scene.start(subject, { name: 'bob', prompt: 'Begin.' });
    model.will(model.runs('lalia whoami'), async () => {
      await scene.lalia.cli(['stop']);
      return model.runs('lalia agents');
    });
    await model.asked(3);
    expect(model.times('you are     bob')).toBe(1);
    expect(model.times('would end with this command (process namespace of bwrap)')).toBe(1);
    expect((await scene.lalia.cli(['status'])).stdout).toContain('no daemon is running');
  });
});

/** Where the sandbox hides what it would have to run: it has a /tmp of its own. */
const isBelowTmp = import.meta.dirname.startsWith('/tmp/');

test.skipIf(missing.includes('bwrap'))(
  `the sandbox of Qwen Code lets the socket through${without}`,
  async () => {
    const tools = { executionSandbox: { filesystem: 'workspace-write', network: 'closed' } };
    const subject = withSettings(qwenCode, '.qwen/settings.json', { tools });
    // It takes no first prompt where it stays open.
    expect(await saidInside(subject, { args: ['-p', 'Begin.'] })).toContain('By the socket.');
  },
);

const hidden = isBelowTmp ? ' (not run: this copy of Lalia lies below /tmp)' : '';
test.skipIf(missing.includes('bwrap') || isBelowTmp)(
  `the sandbox of Gemini lets the socket through${without}${hidden}`,
  async () => {
    const security = { toolSandboxing: true };
    const subject = withSettings(gemini, '.gemini/settings.json', { security });
    expect(await saidInside(subject, { prompt: 'Begin.' })).toContain('By the socket.');
  },
);

/** What arrives from an agent whose commands run in bubblewrap, with nothing that goes through the spool. */
async function saidInside(subject: Subject, start: Pick<StartOptions, 'args' | 'prompt'>): Promise<string> {
  const scene = await Scene.open(subject);
  const alice = await scene.person('alice');
  const { model } = await scene.start(subject, { name: 'bob', ...start });
  model.will(
    model.runs('tr "\\0" " " < /proc/1/cmdline; lalia status'),
    model.runs('lalia tell alice "By the socket."'),
  );
  await model.asked(3);
  expect(model.times('bwrap')).toBeGreaterThan(0);
  expect(model.times(SPOOLED)).toBe(0);
  return alice.says(['read-any', '--timeout', '0']);
}

/** Claude Code after its person has switched its sandbox on. */
function sandboxed(settings: object): Subject {
  const sandbox = { enabled: true, autoAllowBashIfSandboxed: true, ...settings };
  return withSettings(claudeCode, '.claude/settings.json', { sandbox });
}

/** A harness with settings more of its person's. @param file in the home. */
function withSettings(subject: Subject, file: string, settings: Readonly<Record<string, object>>): Subject {
  return {
    ...subject,
    prepare: (place) => {
      subject.prepare(place);
      const path = join(place.home, file);
      const own: Readonly<Record<string, object>> = existsSync(path)
        ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, object>)
        : {};
      const both = Object.entries(settings).map(([name, value]): [string, object] => [
        name,
        { ...own[name], ...value },
      ]);
      put(path, { ...own, ...Object.fromEntries(both) });
    },
  };
}
