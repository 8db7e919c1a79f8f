/** Many commands at one instant, and daemons started by hand: one serves, all are answered (spec 4). */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Lalia, Running } from '@lalia/testkit';
import { expect } from 'vitest';
import { verifies } from '../promises.ts';
import { daemonsDuring, daemonsOf, servedInTurn } from './_daemons.ts';
import { resident } from './_people.ts';

const COUNT = 50;
const DAEMON = join(import.meta.dirname, '../../packages/daemon/bin/lalia-daemon.js');

const names = Array.from({ length: COUNT }, (_, position) => `n${String(position)}`);

verifies(['daemon.one'], 'fifty commands at one instant on an empty home share one daemon', async () => {
  await using lalia = new Lalia();
  const commands = Promise.all(
    names.map((name) => lalia.cli(['register', '--name', name, '--project', 'p', '--json'])),
  );
  const seen = await daemonsDuring(lalia, commands);
  expect((await commands).filter(({ code }) => code !== 0)).toEqual([]);
  expect(await agentNames(lalia)).toEqual(names.toSorted());
  expect([...seen]).toEqual([lalia.daemonPid]);
  expect(servedInTurn(lalia)).toEqual([lalia.daemonPid]);
});

verifies(
  ['daemon.one', 'daemon.leftovers', 'promise.1.durable', 'promise.4.gapless'],
  'fifty commands at one instant on what kill -9 left behind share one daemon',
  async () => {
    await using lalia = new Lalia();
    const alice = await resident(lalia, 'alice');
    await resident(lalia, 'bob');
    const killed = lalia.daemonPid;
    await lalia.killDaemon();
    expect([existsSync(join(lalia.home, 'sock')), lalia.daemonPid]).toEqual([true, killed]);
    const commands = Promise.all(
      names.map((name) => lalia.cli(['tell', 'bob', name, '--as', 'alice', '--json'])),
    );
    const seen = await daemonsDuring(lalia, commands);
    const finished = await commands;
    expect(finished.filter(({ code }) => code !== 0)).toEqual([]);
    const numbers = finished.map(({ stdout }) => (JSON.parse(stdout) as { seq: number }).seq);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(names.map((_, position) => position + 1));
    const { messages } = await alice.history({ peer: 'bob' }, { sinceSeq: 0, limit: 100 });
    expect(messages.map(({ body }) => body).toSorted()).toEqual(names.toSorted());
    expect([...seen]).toEqual([lalia.daemonPid]);
    expect(servedInTurn(lalia, killed)).toEqual([killed, lalia.daemonPid]);
  },
);

verifies(
  ['daemon.one'],
  'of daemons that are started by hand at one instant one serves, the others say so',
  async () => {
    await using lalia = new Lalia();
    const started = [1, 2, 3, 4].map(
      () => new Running([process.execPath, DAEMON, 'serve'], { env: lalia.env }),
    );
    const first = await Promise.race(
      started.map(async (daemon) => {
        await daemon.until(({ stdout }) => stdout.includes('"ready":true'));
        return daemon;
      }),
    ).catch(() => undefined);
    const others = await Promise.all(
      started.filter((daemon) => daemon !== first).map(({ finished }) => finished),
    );
    expect(others).toMatchObject(
      Array.from({ length: 3 }, () => ({ code: 0, stdout: '{"ready":false,"running":true}\n' })),
    );
    expect(daemonsOf(lalia)).toEqual([first?.child.pid]);
    expect(servedInTurn(lalia)).toEqual([first?.child.pid]);
    first?.kill('SIGTERM');
    expect(await first?.finished).toMatchObject({ code: 0 });
  },
);

async function agentNames(lalia: Lalia): Promise<string[]> {
  const { agents } = await lalia.json<{ agents: { name: string; kind: string }[] }>(['agents']);
  return agents
    .filter(({ kind }) => kind === 'agent')
    .map(({ name }) => name)
    .toSorted();
}
