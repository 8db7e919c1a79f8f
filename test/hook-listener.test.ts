/** A process inside a harness that waits until its agent is to be woken: what it says, when it ends, and that nothing of it is left. */
import { join } from 'node:path';
import { becomes, isRunning, Lalia, type Person, Running, shellWords } from '@lalia/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';

const CLI = join(import.meta.dirname, '../apps/cli/bin/lalia.js');
const SESSION = 'conversation-1';
const INPUT = JSON.stringify({ session_id: SESSION, hook_event_name: 'SessionStart', cwd: '/tmp' });
const POINTER = /^Lalia: there is 1 unread message for bob \(from alice\)\..*lalia read-any\n$/;
const SILENT = { code: 0, signal: null, stdout: '', stderr: '' };

let lalia: Lalia;
let alice: Person;
let bob: Person;

beforeEach(async () => {
  lalia = new Lalia();
  alice = await lalia.person('alice', { project: 'shop' });
  bob = await lalia.person('bob', {
    project: 'shop',
    env: { LALIA_HARNESS: 'claude-code', LALIA_SESSION: SESSION },
  });
  await (await bob.sdk()).turn({ at: 'stop', sessionId: SESSION });
});
afterEach(() => lalia[Symbol.asyncDispose]());

function waiting(harness = 'claude-code', env: NodeJS.ProcessEnv = {}): Running {
  const attended = { CLAUDE_CODE_SESSION_ATTENDED: '1', CLAUDE_CODE_ENTRYPOINT: 'cli' };
  return lalia.start(['hook', harness, 'wait'], {
    input: INPUT,
    env: { LALIA_HARNESS: '', ...attended, ...env },
  });
}

async function isListening(): Promise<void> {
  await becomes(async () => (await lalia.cli(['status'])).stdout.includes('by listener'));
}

async function say(): Promise<void> {
  await (await alice.sdk()).tell(bob.id, 'hello');
}

test('ends with 2 and a pointer on standard error, by which Claude Code wakes its model; the mail stays unread', async () => {
  const listener = waiting();
  await isListening();
  await say();
  const { stderr, ...rest } = await listener.finished;
  expect(rest).toEqual({ code: 2, signal: null, stdout: '' });
  expect(stderr).toMatch(POINTER);
  expect((await (await bob.sdk()).peek('any')).unread).toBe(1);
});

test('gets over the end of a daemon, and starts none', async () => {
  const listener = waiting();
  await isListening();
  await lalia.killDaemon();
  const dead = lalia.daemonPid;
  await lalia.daemon();
  expect(lalia.daemonPid).not.toBe(dead);
  await isListening();
  await say();
  expect((await listener.finished).code).toBe(2);
});

test('ends without a word for a newer one, with the session, for another harness, for nobody, and without a daemon', async () => {
  // Claude Code with -p would wait for it.
  expect(await waiting('claude-code', { CLAUDE_CODE_SESSION_ATTENDED: '0' }).finished).toEqual(SILENT);
  const first = waiting();
  await isListening();
  const second = waiting();
  expect(await first.finished).toEqual(SILENT);
  await isListening();
  await (await bob.sdk()).turn({ at: 'end', sessionId: SESSION });
  expect(await second.finished).toEqual(SILENT);
  expect(await waiting('copilot').finished).toEqual(SILENT);
  const nobody = { input: '{"session_id":"conversation-9"}', env: { LALIA_HARNESS: '' } };
  expect(await lalia.cli(['hook', 'claude-code', 'wait'], nobody)).toEqual(SILENT);
  await lalia.killDaemon();
  const pid = lalia.daemonPid;
  expect(await waiting().finished).toEqual(SILENT);
  expect(lalia.daemonPid).toBe(pid);
});

test('ends with the program that started it, although that could say nothing', async () => {
  const words = shellWords([process.execPath, CLI, 'hook', 'claude-code', 'listen', SESSION]);
  const harness = new Running(['/bin/sh', '-c', `${words} & echo $!; wait`], {
    env: { ...lalia.env, LALIA_HARNESS: '' },
  });
  await isListening();
  await harness.until(({ stdout }) => stdout.includes('\n'));
  const pid = Number(harness.stdout);
  expect(isRunning(pid)).toBe(true);
  harness.kill('SIGKILL');
  await becomes(() => !isRunning(pid));
});
