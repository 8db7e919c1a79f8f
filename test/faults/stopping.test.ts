/** Daemons that end while much goes on: in order, by a signal, or not in order at all (spec 4). */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect as connectSocket, type Socket } from 'node:net';
import { join } from 'node:path';
import { becomes, Lalia } from '@lalia/testkit';
import { expect } from 'vitest';
import { verifies } from '../promises.ts';
import { Crowd } from './_crowd.ts';
import { daemonsOf, logOf, servedInTurn } from './_daemons.ts';
import { person, resident } from './_people.ts';
import { expectTranscript, historyOf } from './_transcript.ts';

const ENDS: readonly { readonly how: string; readonly end: (lalia: Lalia) => Promise<unknown> }[] = [
  { how: '`lalia stop`', end: (lalia) => lalia.json(['stop']) },
  { how: '`lalia restart`', end: (lalia) => lalia.json(['restart']) },
  { how: 'SIGTERM', end: (lalia) => signalled(lalia, 'SIGTERM') },
  { how: 'kill -9', end: (lalia) => signalled(lalia, 'SIGKILL') },
];

for (const { how, end } of ENDS) {
  verifies(
    ['daemon.one', 'promise.1.durable', 'promise.3.idempotent', 'promise.4.gapless'],
    `eight senders go on over ${how}, and nothing they were told is lost`,
    async () => {
      await using lalia = new Lalia();
      const bob = await resident(lalia, 'bob');
      const crowd = await Crowd.begin(lalia, 'bob');
      await crowd.goesOn();
      const first = lalia.daemonPid;
      await end(lalia);
      await crowd.goesOn();
      await crowd.end();
      await crowd.expectAllAt(bob);
      await lalia.journaled();
      // A daemon that was killed said nothing; the kernel gave the next one the lock.
      const unsaid = logOf(lalia).some(({ event, pid }) => event === 'stopped' && pid === first)
        ? []
        : [first];
      expect(servedInTurn(lalia, ...unsaid)).toEqual([first, lalia.daemonPid]);
    },
  );
}

verifies(
  ['daemon.stop_releases', 'daemon.stop_finishes'],
  '`lalia stop` lets blocked readers go with exit 3, and leaves a complete transcript',
  async () => {
    await using lalia = new Lalia();
    const { agent: alice, client } = await person(lalia, 'alice');
    await resident(lalia, 'bob');
    await resident(lalia, 'carol');
    const readers = [
      lalia.start(['read', 'alice', '--as', 'bob']),
      lalia.start(['read-any', '--as', 'carol', '--json']),
    ];
    await becomes(async () => (await client.call('status', {})).blocked_readers === 2);
    const { seq } = await alice.tell('human', 'Not read by anybody.');
    const messages = await historyOf(alice, { peer: 'human' });
    const stopped = lalia.daemonPid;
    expect(await lalia.json(['stop'])).toEqual({ stopped: true, pid: stopped });
    const [text, json] = await Promise.all(readers.map(({ finished }) => finished));
    expect(text).toMatchObject({ code: 3, stdout: '' });
    expect(text?.stderr).toContain('reason: daemon_stopping');
    expect(json?.code).toBe(3);
    expect(JSON.parse(json?.stdout ?? '')).toMatchObject({ error: { code: 3, reason: 'daemon_stopping' } });
    await becomes(() => daemonsOf(lalia).length === 0);
    expect(logOf(lalia).findLast(({ event }) => event === 'stopped')).toMatchObject({
      flushed: true,
      backlog: 0,
    });
    expect(seq).toBe(1);
    await expectTranscript(lalia, [messages]);
  },
);

verifies(
  ['daemon.stop_finishes', 'protocol.bounded'],
  'a daemon ends although a peer has sent half a line and never hangs up',
  async () => {
    await using lalia = new Lalia();
    const { agent: alice } = await person(lalia, 'alice');
    await resident(lalia, 'bob');
    const peer = await halfALine(lalia);
    try {
      expect(await alice.tell('bob', 'Still served.')).toMatchObject({ seq: 1 });
      await lalia.json(['stop']);
      await becomes(() => daemonsOf(lalia).length === 0);
    } finally {
      peer.destroy();
    }
  },
);

verifies(
  ['daemon.one', 'promise.1.durable', 'promise.3.idempotent'],
  'a command that meets a frozen daemon is answered by it, or by the next one, once',
  async () => {
    await using lalia = new Lalia();
    const alice = await resident(lalia, 'alice');
    const bob = await resident(lalia, 'bob');
    const frozen = lalia.daemonPid ?? 0;
    process.kill(frozen, 'SIGSTOP');
    process.kill(frozen, 'SIGTERM');
    const command = lalia.start(['tell', 'bob', 'one', '--as', 'alice']);
    const other = alice.tell('bob', 'two');
    process.kill(frozen, 'SIGCONT');
    await other;
    expect(await command.finished).toMatchObject({ code: 0 });
    const messages = await historyOf(bob, { peer: 'alice' });
    expect(messages.map(({ body }) => body).toSorted()).toEqual(['one', 'two']);
    expect(servedInTurn(lalia)[0]).toBe(frozen);
  },
);

for (const signal of ['SIGCONT', 'SIGKILL'] as const) {
  verifies(
    ['daemon.one', 'promise.1.durable', 'promise.6.once'],
    `a daemon frozen while it stops keeps its successor waiting, until ${signal}`,
    async () => {
      await using lalia = new Lalia();
      const alice = await resident(lalia, 'alice');
      const bob = await resident(lalia, 'bob');
      // It takes a while to write so much into the transcript.
      const large = Array.from({ length: 24 }, (_, n) => `${String(n)} ${randomText()}`);
      for (const body of large) await alice.tell('bob', body);
      const old = lalia.daemonPid ?? 0;
      process.kill(old, 'SIGTERM');
      // From here on nobody can reach it, and it is writing.
      await becomes(() => !existsSync(join(lalia.home, 'sock')));
      process.kill(old, 'SIGSTOP');
      const command = lalia.start(['tell', 'bob', 'last', '--as', alice.id]);
      await becomes(
        () => daemonsOf(lalia).length === 2 || logOf(lalia).some(({ event }) => event === 'stopped'),
      );
      process.kill(old, signal);
      expect(await command.finished).toMatchObject({ code: 0 });
      const messages = await historyOf(bob, { peer: 'alice' });
      expect(messages.map(({ body }) => body)).toEqual([...large, 'last']);
      await expectTranscript(lalia, [messages]);
    },
  );
}

async function signalled(lalia: Lalia, signal: NodeJS.Signals): Promise<void> {
  const pid = lalia.daemonPid ?? 0;
  process.kill(pid, signal);
  await becomes(() => !daemonsOf(lalia).includes(pid));
}

/** A peer that sends half a line, and keeps its end open whatever the other end does. */
async function halfALine(lalia: Lalia): Promise<Socket> {
  const socket = connectSocket({ path: join(lalia.home, 'sock'), allowHalfOpen: true });
  await once(socket, 'connect');
  socket.write('{"jsonrpc":"2.0","id":1,"method":"hel');
  return socket;
}

function randomText(): string {
  return randomBytes(192 * 1024).toString('base64');
}
