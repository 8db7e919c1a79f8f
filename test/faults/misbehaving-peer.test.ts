/** Peers that misbehave: the daemon's memory stays bounded, and nobody else notices (spec 11). */
import type { Client } from '@lalia/client';
import { Lalia } from '@lalia/testkit';
import { expect } from 'vitest';
import { verifies } from '../promises.ts';
import { person, resident } from './_people.ts';
import { Wire } from './_wire.ts';

const MIB = 1024 * 1024;

verifies(['protocol.bounded'], 'a line of 300 MB is refused, and never held', async () => {
  await using lalia = new Lalia();
  const { agent, client } = await person(lalia, 'alice');
  await resident(lalia, 'bob');
  const beforeBytes = await memoryOf(client);
  using wire = await Wire.open(lalia);
  wire.greet();
  const refused = lastOf(wire.answers());
  for (let sent = 0; sent < 300; sent += 1) await wire.write('x'.repeat(MIB));
  wire.socket.end();
  expect(await refused).toMatchObject({ id: null, error: { data: { reason: 'bad_frame' } } });
  // What it read in the meantime is garbage that may not be collected yet.
  expect(((await memoryOf(client)) - beforeBytes) / MIB).toBeLessThan(120);
  expect(await agent.tell('bob', 'Still served.')).toMatchObject({ seq: 1 });
});

verifies(['protocol.bounded'], 'answers that a peer does not take are not piled up for it', async () => {
  await using lalia = new Lalia();
  const alice = await person(lalia, 'alice');
  const bob = await resident(lalia, 'bob');
  for (const n of [1, 2]) await alice.agent.tell('bob', `${String(n)}${'x'.repeat(MIB - 1)}`);
  const beforeBytes = await memoryOf(alice.client);
  using wire = await Wire.open(lalia);
  wire.greet();
  // 600 MB of answers, none of which is read.
  for (let asked = 0; asked < 300; asked += 1) {
    wire.sendAs(alice, 'history', { target: { kind: 'channel', agent_id: bob.id }, since_seq: 0 });
  }
  expect(await alice.agent.tell('bob', 'Still served.')).toMatchObject({ seq: 3 });
  expect(await alice.agent.tell('bob', 'And again.')).toMatchObject({ seq: 4 });
  expect(((await memoryOf(alice.client)) - beforeBytes) / MIB).toBeLessThan(250);
});

verifies(['protocol.bounded'], 'requests that came in one piece are all answered, each once', async () => {
  await using lalia = new Lalia();
  const alice = await person(lalia, 'alice');
  await resident(lalia, 'bob');
  using wire = await Wire.open(lalia);
  wire.greet();
  const asked = 500;
  for (let n = 0; n < asked; n += 1) wire.sendAs(alice, 'channels', {});
  const ids = [];
  for await (const { id, error } of wire.answers()) {
    expect(error).toBe(undefined);
    ids.push(id);
    if (ids.length === asked + 1) break;
  }
  expect(new Set(ids).size).toBe(asked + 1);
});

async function lastOf<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  let last: T | undefined;
  for await (const item of items) last = item;
  return last;
}

async function memoryOf(client: Client): Promise<number> {
  return (await client.call('status', {})).memory_bytes;
}
