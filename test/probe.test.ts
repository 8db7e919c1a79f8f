/** `lalia hooks probe`, with a stand-in for Claude Code that asks its model, runs its hooks and is woken as the real one. */
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { becomes, type Finished, isRunning, Lalia, Running, shellWords } from '@lalia/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectDocument } from './_documents.ts';
import { programFolder } from './_program-folder.ts';

const STAND_IN = join(import.meta.dirname, '_stand-in-claude.mjs');
const LALIA = join(import.meta.dirname, '../apps/cli/bin/lalia.js');

const lalia = new Lalia({ LALIA_HARNESS: '' }, 'user');
let bin: string;

beforeAll(() => {
  bin = programFolder(lalia);
  program('claude', `exec ${shellWords([process.execPath, STAND_IN])} "$@"`);
  program('aider', 'echo aider 0.86.1');
});
afterAll(() => lalia[Symbol.asyncDispose]());

function program(name: string, does: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${does}\n`);
  chmodSync(join(bin, name), 0o755);
}

function options() {
  const path = [bin, dirname(process.execPath), '/usr/bin', '/bin'].join(':');
  return { cwd: lalia.folder, ownSession: true, env: { PATH: path } };
}

function cli(...args: readonly string[]): Promise<Finished> {
  return lalia.cli(args, options());
}

/** What a probe leaves in the person's home: nothing of its own. */
function leftovers(): readonly string[] {
  return readdirSync(lalia.home).filter((name) => name.startsWith('probe'));
}

interface Document {
  readonly works: boolean;
  readonly checks: readonly { readonly name: string; readonly status: string; readonly sentence: string }[];
}

function statuses({ stdout }: Finished): Record<string, string> {
  const { checks } = JSON.parse(stdout) as Document;
  return Object.fromEntries(checks.map(({ name, status }) => [name, status]));
}

const NO_MAIL = {
  'mail-at-start': 'skipped',
  'mail-with-prompt': 'skipped',
  'mail-after-tool': 'skipped',
  'mail-before-stop': 'skipped',
  wake: 'skipped',
};

describe('a probe', () => {
  test('says that hooks are not installed, tries the rest, installs nothing and leaves nothing', async () => {
    await lalia.daemon();
    const { agents: before } = await lalia.json<{ agents: unknown[] }>(['agents', '--all']);
    const probed = await cli('hooks', 'probe', 'claude-code', '--json');
    expect(probed.code).toBe(1);
    expectDocument('hooks probe', JSON.parse(probed.stdout));
    expect(statuses(probed)).toEqual({ executable: 'ok', hooks: 'fail', role: 'ok', ...NO_MAIL, tell: 'ok' });
    expect(JSON.parse(probed.stdout)).toMatchObject({
      works: false,
      reason: 'unhealthy',
      version: '2.1.330',
    });
    expect(readdirSync(join(lalia.folder, 'user')).includes('.claude')).toBe(false);
    expect(await lalia.json(['agents', '--all'])).toEqual({ agents: before });
    expect(leftovers()).toEqual([]);
  });

  test('finds each way of mail by which a message came once and was acknowledged', async () => {
    expect((await cli('hooks', 'install', 'claude-code')).code).toBe(0);
    const { code, stdout, stderr } = await cli('hooks', 'probe', 'claude-code');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const names = ['executable', 'hooks', 'role', ...Object.keys(NO_MAIL), 'tell'];
    expect(
      stdout
        .split('\n')
        .slice(0, -2)
        .map((line) => line.split(/ +/, 2)),
    ).toEqual(names.map((name) => ['ok', name]));
    expect(stdout).toMatch(/\nall is well\n$/);
    expect(leftovers()).toEqual([]);
  });

  test('ends what it started when it is interrupted', async () => {
    const asked = join(lalia.folder, 'asked');
    program('claude', `[ "$1" = --version ] && exit; echo $$ > ${asked}; exec sleep 1000`);
    const running = new Running([process.execPath, LALIA, 'hooks', 'probe', 'claude-code'], {
      ...options(),
      env: { ...lalia.env, ...options().env },
    });
    await becomes(() => existsSync(asked) && readFileSync(asked, 'utf8').endsWith('\n'));
    const pid = Number(readFileSync(asked, 'utf8'));
    running.kill('SIGINT');
    expect(await running.finished).toMatchObject({ signal: 'SIGINT', stdout: '' });
    expect(isRunning(pid)).toBe(false);
    expect(leftovers()).toEqual([]);
  });

  test('says of a harness that cannot be led to a model what it cannot try, and refuses one that is not there', async () => {
    const probed = await cli('hooks', 'probe', 'aider', '--json');
    expect(probed.code).toBe(1);
    expectDocument('hooks probe', JSON.parse(probed.stdout));
    expect(new Set(Object.values(statuses(probed)))).toEqual(new Set(['ok', 'skipped']));
    expect(await lalia.refusal(['hooks', 'probe', 'codex'], options())).toMatchObject({
      exit: 5,
      reason: 'harness_not_found',
    });
  });
});
