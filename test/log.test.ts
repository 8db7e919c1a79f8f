/** The daemon's log as a person reads it (docs/guide/daemon.md): with and without a daemon, bounded, and nobody's words in it. */
import {
  appendFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { LogEntry } from '@lalia/client';
import { becomes, Lalia, type Running } from '@lalia/testkit';
import { describe, expect, test } from 'vitest';

function events({ stdout }: Pick<Running, 'stdout'>): string[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as LogEntry).event);
}

describe.concurrent('log', () => {
  test('is empty where there never was a daemon, and starts none', async () => {
    await using own = new Lalia();
    expect(await own.cli(['log'])).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(own.daemonPid).toBeUndefined();
  });

  test('shows the newest, with or without a daemon, as lines or as documents, and only what is bad enough', async () => {
    await using own = new Lalia();
    await own.json(['start']);
    await own.json(['stop']);
    expect(events(await own.cli(['log', '--json']))).toEqual(['serving', 'stopping', 'stopped']);
    expect(events(await own.cli(['log', '-n', '1', '--json']))).toEqual(['stopped']);
    expect((await own.cli(['log', '--lines', '2'])).stdout).toMatch(
      /^\d{4}-\S+Z info {2}stopping reason=stop pid=\d+\n\d{4}-\S+Z info {2}stopped flushed=true backlog=0 pid=\d+\n$/,
    );
    const log = join(own.home, 'daemon.log');
    appendFileSync(
      log,
      'TypeError: \u001b[31mlast words\n{"at":"2026-01-01T00:00:00.000Z","level":"warn","pid":1,"event":"journal_failed"}\n',
    );
    expect(events(await own.cli(['log', '--level', 'warn', '--json']))).toEqual(['output', 'journal_failed']);
    expect((await own.cli(['log', '--level', 'error'])).stdout).toBe(
      '- error output text="TypeError: \\u001b[31mlast words"\n',
    );
    expect((await own.refusal(['log', '--level', 'loud'])).reason).toBe('invalid_params');
    expect((await own.refusal(['log', '-n', 'x'])).reason).toBe('invalid_params');
  });

  test('is followed over a restart, a crash, its turning over and its truncation', async () => {
    await using own = new Lalia();
    const follow = own.start(['log', '-f', '--json']);
    await own.json(['start']);
    await follow.until((running) => events(running).join() === 'serving');
    await own.killDaemon();
    await own.json(['start']);
    await follow.until((running) => events(running).join() === 'serving,serving');
    const log = join(own.home, 'daemon.log');
    const line = (event: string) => `${JSON.stringify({ at: null, level: 'info', pid: 1, event })}\n`;
    appendFileSync(log, line('last_of_old'));
    renameSync(log, `${log}.1`);
    writeFileSync(log, line('first_of_new'));
    await follow.until((running) => events(running).includes('first_of_new'));
    truncateSync(log);
    await follow.until((running) => events(running).length === 4);
    // Written in two parts: a line counts when it is whole.
    const [first = '', second = ''] = [line('halved').slice(0, 20), line('halved').slice(20)];
    appendFileSync(log, first);
    appendFileSync(log, second);
    await follow.until((running) => events(running).length === 5);
    expect(events(follow)).toEqual(['serving', 'serving', 'last_of_old', 'first_of_new', 'halved']);
    follow.kill('SIGINT');
    expect(await follow.finished).toMatchObject({ signal: 'SIGINT', stderr: '' });
  });

  test('is turned over when it is large, while the daemon runs, and both parts are shown', async () => {
    await using own = new Lalia();
    await own.json(['start']);
    const log = join(own.home, 'daemon.log');
    appendFileSync(log, `${'x'.repeat(1023)}\n`.repeat(4100));
    await own.json(['retention', '--keep', 'forever']);
    await becomes(() => readdirSync(own.home).includes('daemon.log.1'));
    expect(statSync(log).size).toBeLessThan(1024);
    const shown = events(await own.cli(['log', '--json', '--lines', '10000']));
    expect(shown.filter((event) => event !== 'output')).toEqual(['serving', 'retention_set']);
    expect(shown).toHaveLength(4102);
  });

  test('has no bodies and no keys in it, whatever goes wrong', async () => {
    await using own = new Lalia();
    const canary = 'canary-7f3a';
    const alice = await own.person('alice');
    const bob = await own.person('bob');
    await alice.says(['tell', 'bob', `${canary} in a body`]);
    await alice.cli(['tell', 'bob', '-'], { input: `${canary}\0` });
    await alice.cli(['search', canary]);
    await bob.says(['read', 'alice']);
    const client = await own.connect();
    await client.call('nicknames', { nickname: `${canary}!` } as never).catch(() => undefined);
    await own.killDaemon();
    await alice.says(['tell', 'bob', `${canary} again`]);
    await own.journaled();
    await own.json(['retention', '--keep', '0']);
    await own.json(['stop']);
    const text = readFileSync(join(own.home, 'daemon.log'), 'utf8');
    expect(text).not.toContain('canary');
    for (const file of readdirSync(join(own.home, 'keys'))) {
      const key = readFileSync(join(own.home, 'keys', file), 'utf8').trim();
      expect(text).not.toContain(key);
    }
  });
});
