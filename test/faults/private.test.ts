/** Conversations of others do not exist for an agent (spec 6, promise 5). */
import type { Agent } from '@lalia/client';
import { Lalia } from '@lalia/testkit';
import { expect } from 'vitest';
import { verifies } from '../promises.ts';
import { type Person, person } from './_people.ts';
import { Wire } from './_wire.ts';

const WORDS = 'for bob alone';

verifies(['promise.5.private'], 'nobody but its participants sees anything of a channel', async () => {
  await using lalia = new Lalia();
  const { alice, bob, eve } = await three(lalia);
  await alice.agent.tell('bob', WORDS);
  const { agent } = eve;
  expect((await agent.channels()).channels).toEqual([]);
  expect((await agent.history({ peer: 'alice' })).messages).toEqual([]);
  expect((await agent.history({ peer: 'bob' })).messages).toEqual([]);
  expect((await agent.receipts({ peer: 'bob' })).receipts).toEqual([]);
  expect((await agent.peek('any')).messages).toEqual([]);
  await expect(agent.read('any', { timeoutMs: 0 })).rejects.toMatchObject({ reason: 'timeout' });
  await expectIgnorant(agent, (await bob.agent.peek('any')).messages[0]?.id ?? '');
});

verifies(['promise.5.private'], 'to who is no member, a room is not there', async () => {
  await using lalia = new Lalia();
  const { alice, bob, eve } = await three(lalia);
  await alice.agent.createRoom('hall');
  await bob.agent.join('hall');
  const { id } = await alice.agent.post('hall', WORDS);
  const hall = { room: 'hall' };
  for (const attempt of [
    () => eve.agent.history(hall),
    () => eve.agent.peek(hall),
    () => eve.agent.read(hall, { timeoutMs: 0 }),
    () => eve.agent.post('hall', 'hello'),
    () => eve.agent.receipts(hall),
    () => eve.agent.participants('hall'),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ reason: 'room_not_found', code: 5 });
  }
  await expectIgnorant(eve.agent, id);
});

verifies(['promise.5.private'], "nobody reads another's mail by signing for oneself", async () => {
  await using lalia = new Lalia();
  const { alice, bob, eve } = await three(lalia);
  await alice.agent.tell('bob', WORDS);
  using wire = await Wire.open(lalia);
  wire.greet();
  wire.sendAs({ ...eve, agent: bob.agent }, 'peek', { source: { kind: 'any' } });
  for await (const { id, error } of wire.answers()) {
    if (id !== 2) continue;
    expect(error?.data.reason).toBe('bad_signature');
    break;
  }
});

async function three(lalia: Lalia): Promise<Record<'alice' | 'bob' | 'eve', Person>> {
  const [alice, bob, eve] = [
    await person(lalia, 'alice'),
    await person(lalia, 'bob'),
    await person(lalia, 'eve'),
  ];
  return { alice, bob, eve };
}

/** An id that was overheard opens nothing. */
async function expectIgnorant(agent: Agent, messageId: string): Promise<void> {
  await expect(agent.replyTarget(messageId)).rejects.toMatchObject({ reason: 'message_not_found' });
  await expect(agent.awaitAnswer(messageId, { timeoutMs: 0 })).rejects.toMatchObject({
    reason: 'message_not_found',
  });
}
