/** A process inside a harness that waits until its agent is to be woken: what it says, when it ends, and that nothing of it is left. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, Lalia, type Person, type Running, shellWords } from '@lalia/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const CLI = join(import.meta.dirname, '../apps/cli/bin/lalia.js');
const INPUT = JSON.stringify({ session_id: 'conversation-1', hook_event_name: 'SessionStart', cwd: '/tmp' });
const POINTER = /^bob has 1 unread message on Lalia/;

let lalia: Lalia;
let alice: Person;
let bob: Person;

beforeEach(async () => {
  lalia = new Lalia();
  alice = await lalia.person('alice', { project: 'shop' });
  bob = await lalia.person('bob', {
    project: 'shop',
    env: { LALIA_HARNESS: 'claude-code', LALIA_SESSION: 'conversation-1' },
  });
});
afterEach(() => lalia[Symbol.asyncDispose]());

function listener(harness = 'claude-code', word = 'wait'): Running {
  const env = { LALIA_HARNESS: '', LALIA_SESSION: 'conversation-1' };
  return lalia.start(['hook', harness, word], { input: word === 'wait' ? INPUT : '', env });
}

async function isIdle(): Promise<void> {
  await (await bob.sdk()).turn({ at: 'stop', sessionId: 'conversation-1' });
}

async function isListening(): Promise<void> {
  await lalia.until(async () => {
    const { agents } = await lalia.json<{ agents: readonly { waking: { routes: readonly string[] } | null }[] }>([
      'status',
    ]);
    return agents.some(({ waking }) => waking?.routes.includes('listener') === true);
  });
}
