/** Many senders, and readers that compete: everything arrives, once, in order (spec 6, promises 2 and 4). */
import type { Agent, MessageView } from '@lalia/client';
import { Lalia } from '@lalia/testkit';
import { expect } from 'vitest';
import { verifies } from '../promises.ts';
import { again, person, resident } from './_people.ts';
import { expectTranscript, historyOf } from './_transcript.ts';

const SENDERS = Array.from({ length: 8 }, (_, position) => `sender-${String(position)}`);

verifies(
  ['promise.4.in_order', 'promise.4.gapless', 'promise.6.once', 'promise.6.ordinary_git'],
  'eight senders at once reach one reader with all of eight hundred messages, each once and in its order',
  async () => {
    await using lalia = new Lalia();
    const bob = await resident(lalia, 'bob');
    const senders = await Promise.all(SENDERS.map((name) => person(lalia, name)));
    const each = 100;
    const got: MessageView[] = [];
    const reading = readInto(got, bob, SENDERS.length * each);
    await Promise.all(senders.map(({ agent }) => tellAll(agent, each)));
    await reading;
    expectEachOnceInOrder(got, each);
    await expectNothingLeft(bob);
    await expectTranscript(lalia, await Promise.all(SENDERS.map((name) => historyOf(bob, { peer: name }))));
  },
);

verifies(
  ['promise.4.in_order', 'promise.2.written_out'],
  'eight senders of commands reach one reader of commands with everything, each once and in its order',
  async () => {
    await using lalia = new Lalia();
    const bob = await resident(lalia, 'bob');
    for (const name of SENDERS) await resident(lalia, name);
    const each = 3;
    const sending = Promise.all(SENDERS.map((name) => tellAllByCommand(lalia, name, each)));
    const got: MessageView[] = [];
    while (got.length < SENDERS.length * each) {
      const { messages } = await lalia.json<{ messages: MessageView[] }>(['read-any', '--as', 'bob']);
      got.push(...messages);
    }
    await sending;
    expectEachOnceInOrder(got, each);
    await expectNothingLeft(bob);
  },
);

verifies(
  ['promise.4.in_order', 'promise.2.old_place'],
  'readers that compete for one mailbox share it: each message to one of them, each conversation in its order',
  async () => {
    await using lalia = new Lalia();
    const bob = await resident(lalia, 'bob');
    const senders = await Promise.all(SENDERS.slice(0, 4).map((name) => person(lalia, name)));
    const readers = await Promise.all([1, 2, 3, 4].map(async () => (await again(lalia, bob)).agent));
    const each = 40;
    const total = senders.length * each;
    // In the order in which they were handed out, whoever got them.
    const got: MessageView[] = [];
    const over = new AbortController();
    const reading = readers.map(async (reader, position) => {
      for await (const message of reader.inbox({ signal: over.signal })) {
        got.push(message);
        // One of them is a reader that gives back what it gets, each time once.
        if (position === 0 && !message.redelivered) {
          got.pop();
          break;
        }
        if (got.length === total) over.abort();
      }
    });
    await Promise.all(senders.map(({ agent }) => tellAll(agent, each)));
    await Promise.allSettled(reading);
    expectEachOnceInOrder(got, each);
  },
);

verifies(
  ['promise.3.idempotent'],
  'a message sent again is not sent again, also when it was read and after a crash',
  async () => {
    await using lalia = new Lalia();
    const { agent: alice } = await person(lalia, 'alice');
    const bob = await resident(lalia, 'bob');
    const { id } = await alice.tell('bob', 'one');
    const repeated = await Promise.all([1, 2, 3].map(() => alice.tell('bob', 'one', { id })));
    expect(repeated).toMatchObject(Array.from({ length: 3 }, () => ({ id, seq: 1, duplicate: true })));
    await (await bob.read('any')).ack();
    await lalia.killDaemon();
    expect(await alice.tell('bob', 'one', { id })).toMatchObject({ id, seq: 1, duplicate: true });
    await expectNothingLeft(bob);
    await expect(alice.tell('bob', 'two', { id })).rejects.toMatchObject({ reason: 'id_conflict' });
    await expectTranscript(lalia, [await historyOf(bob, { peer: 'alice' })]);
  },
);

async function tellAll(agent: Agent, count: number): Promise<void> {
  for (let n = 1; n <= count; n += 1) await agent.tell('bob', `${agent.info.name} ${String(n)}`);
}

async function tellAllByCommand(lalia: Lalia, name: string, count: number): Promise<void> {
  for (let n = 1; n <= count; n += 1) await lalia.json(['tell', 'bob', `${name} ${String(n)}`, '--as', name]);
}

async function readInto(got: MessageView[], reader: Agent, count: number): Promise<void> {
  for await (const message of reader.inbox()) {
    got.push(message);
    if (got.length === count) {
      await message.ack();
      return;
    }
  }
}

function expectEachOnceInOrder(got: readonly MessageView[], each: number): void {
  const bySender = Map.groupBy(got, ({ from }) => from.name);
  for (const [name, messages] of bySender) {
    const numbers = Array.from({ length: each }, (_, position) => position + 1);
    expect(messages.map(({ seq }) => seq)).toEqual(numbers);
    expect(messages.map(({ body }) => body)).toEqual(numbers.map((n) => `${name} ${String(n)}`));
  }
  expect(got).toHaveLength(bySender.size * each);
}

async function expectNothingLeft(reader: Agent): Promise<void> {
  await expect(reader.read('any', { timeoutMs: 0 })).rejects.toMatchObject({ reason: 'timeout' });
}
