import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits, type WakeNotice, type WakeRoute } from '@lalia/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { programRunner } from '../src/wake/program-runner.ts';
import { FakeClock } from './_clock.ts';

const NOTICE = { text: 'there is mail', unread: 1 } as WakeNotice;
const ALIVE = new AbortController().signal;

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lr-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A route to a JavaScript file, which the daemon's own Node runs. */
function script(body: string, changes: Partial<WakeRoute> = {}): WakeRoute {
  const program = join(folder, 'wake.cjs');
  writeFileSync(program, body);
  return { name: 'script', program, args: [], env: {}, ...changes };
}

function run(route: WakeRoute, env: Record<string, string> = {}) {
  return programRunner({ clock: systemClock(), env: { PATH: process.env['PATH'], ...env } })(
    route,
    NOTICE,
    ALIVE,
  );
}

const SAY = `const say = (value) => { require('node:fs').writeSync(1, JSON.stringify(value) + '\\n'); };`;

test('a program is given the notice, its arguments, its variables, and none of the daemon’s', async () => {
  const route = script(
    `${SAY} const notice = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
     say({ outcome: 'started', detail: [notice.text, ...process.argv.slice(2), process.env.OWN, process.env.SECRET].join('|') });`,
    { args: ['a', 'b c'], env: { OWN: 'mine' } },
  );
  expect(await run(route, { SECRET: 'not for you' })).toEqual({
    outcome: 'started',
    detail: 'there is mail|a|b c|mine|',
  });
});

test.each([
  ['says nothing', '', { outcome: 'started', detail: null }],
  ['says something of its own', `console.log('done');`, { outcome: 'started', detail: null }],
  [
    'is held',
    `${SAY} say({ outcome: 'held', detail: 'a\\nperson' });`,
    { outcome: 'held', detail: 'a person' },
  ],
  [
    'says that it failed',
    `${SAY} say({ outcome: 'failed', detail: 'why' });`,
    { outcome: 'failed', detail: 'why' },
  ],
  [
    'fails with a word',
    `console.error('one\\nlast words'); process.exit(3);`,
    { outcome: 'failed', detail: 'last words' },
  ],
  ['fails without', 'process.exit(3);', { outcome: 'failed', detail: 'it ended with exit code 3' }],
  ['leaves its input', 'process.stdin.destroy();', { outcome: 'started', detail: null }],
  [
    'talks much',
    `${SAY} for (let n = 0; n < 2000; n += 1) say('x'.repeat(100)); say({ outcome: 'held' });`,
    { outcome: 'held', detail: null },
  ],
])('a program that %s', async (_, body, result) => {
  expect(await run(script(body))).toEqual(result);
});

test('a program that is not there has failed', async () => {
  const { outcome, detail } = await run({ name: 'none', program: join(folder, 'none'), args: [], env: {} });
  expect([outcome, detail]).toEqual(['failed', expect.stringContaining('ENOENT')]);
});

test('a program that does not end is ended when its time is over', async () => {
  const clock = new FakeClock();
  const body = `require('node:net').createServer().listen(0)`;
  const running = programRunner({ clock, env: {} })(script(body), NOTICE, ALIVE);
  clock.pass(limits.WAKE_PROGRAM_MS);
  expect(await running).toEqual({ outcome: 'failed', detail: 'it was not done after 30 s' });
});

test('when the daemon stops, what runs is ended, and what it came to is unknown', async () => {
  const stopping = new AbortController();
  const runner = programRunner({ clock: systemClock(), env: {} });
  const running = runner(script(`require('node:net').createServer().listen(0)`), NOTICE, stopping.signal);
  stopping.abort();
  const unknown = { outcome: 'unknown', detail: 'the daemon stopped before it was known' };
  expect(await running).toEqual(unknown);
  expect(await runner(script(''), NOTICE, stopping.signal)).toEqual(unknown);
});
