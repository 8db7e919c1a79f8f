/** Readers that die, are cut off, or take too long: what they did not acknowledge is unread again (spec 6, promise 2). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Agent, MessageView } from '@lalia/client';
import { becomes, Lalia, run } from '@lalia/testkit';
import { expect } from 'vitest';
import { verifies } from '../promises.ts';
import { again, person, resident } from './_people.ts';

const CLI = join(import.meta.dirname, '../../apps/cli/bin/lalia.js');

/** Far more than a pipe holds. */
const LARGE = 'x'.repeat(1024 * 1024);

for (const read of [['read', 'alice'], ['read-any']]) {
  verifies(
    ['promise.2.unread_again', 'protocol.ends_with_connection'],
    `a message sent after a blocked \`${read.join(' ')}\` was killed goes to the next one`,
    async () => {
      await using lalia = new Lalia();
      const { agent: alice, client } = await person(lalia, 'alice');
      await resident(lalia, 'bob');
      const reader = lalia.start([...read, '--as', 'bob', '--json']);
      await becomes(async () => (await client.call('status', {})).blocked_readers === 1);
      reader.kill('SIGKILL');
      await reader.finished;
      await alice.tell('bob', 'one');
      const { messages } = await lalia.json<{ messages: MessageView[] }>([...read, '--as', 'bob']);
      expect(messages.map(({ body }) => body)).toEqual(['one']);
      await becomes(async () => (await client.call('status', {})).blocked_readers === 0);
    },
  );
}

verifies(
  ['promise.2.unread_again', 'promise.2.old_place', 'promise.2.redelivered'],
  'what was handed to a connection that is cut off is unread again, in its old place, and says so',
  async () => {
    await using lalia = new Lalia();
    const { agent: alice } = await person(lalia, 'alice');
    const bob = await resident(lalia, 'bob');
    const cut = await again(lalia, bob);
    for (const body of ['one', 'two', 'three']) await alice.tell('bob', body);
    const handed = await cut.agent.read({ peer: 'alice' }, { max: 2, timeoutMs: 0 });
    expect(bodies(handed.messages)).toEqual(['one', 'two']);
    await cut.client.close();
    expect(await allMail(bob, 3)).toEqual(['one again', 'two again', 'three']);
  },
);

verifies(
  ['promise.2.unread_again', 'promise.2.written_out', 'promise.2.old_place', 'promise.2.redelivered'],
  'a command killed while it writes a message out has not read it',
  async () => {
    await using lalia = new Lalia();
    const { agent: alice } = await person(lalia, 'alice');
    const bob = await resident(lalia, 'bob');
    await alice.tell('bob', LARGE);
    await alice.tell('bob', 'two');
    // Nobody reads its standard output, so it stands still in the middle of the message.
    const reader = spawn(process.execPath, [CLI, 'read', 'alice', '--as', 'bob'], {
      env: lalia.env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await becomes(async () => (await stateOfFirst(alice)) === 'delivered');
    await once(reader.stdout, 'readable');
    reader.kill('SIGKILL');
    await once(reader, 'exit');
    reader.stdout.destroy();
    await becomes(async () => (await stateOfFirst(alice)) === 'accepted');
    expect(await allMail(bob, 2)).toEqual([`${LARGE} again`, 'two']);
  },
);

verifies(
  ['promise.2.unread_again', 'promise.2.written_out', 'promise.2.redelivered'],
  'a command whose output is closed early has not read the message',
  async () => {
    await using lalia = new Lalia();
    const { agent: alice } = await person(lalia, 'alice');
    const bob = await resident(lalia, 'bob');
    await alice.tell('bob', LARGE);
    const piped = '"$0" "$1" read alice --as bob | head -c 1';
    const { stdout, stderr } = await run(['sh', '-c', piped, process.execPath, CLI], { env: lalia.env });
    expect(stdout).toHaveLength(1);
    expect(stderr).toBe('');
    expect(await allMail(bob, 1)).toEqual([`${LARGE} again`]);
  },
);

verifies(
  ['promise.2.unread_again', 'promise.2.redelivered'],
  'what a reader holds for longer than it asked for goes to another reader, and its acknowledgement is refused',
  async () => {
    await using lalia = new Lalia();
    const { agent: alice } = await person(lalia, 'alice');
    const bob = await resident(lalia, 'bob');
    const slow = await again(lalia, bob);
    await alice.tell('bob', 'one');
    const held = await slow.agent.read('any', { leaseMs: 1 });
    const other = await bob.read('any');
    expect(other.messages).toMatchObject([{ body: 'one', redelivered: true }]);
    await expect(held.ack()).rejects.toMatchObject({ reason: 'delivery_not_found' });
    await other.ack();
    expect(await stateOfFirst(alice)).toBe('read');
  },
);

verifies(
  ['promise.2.unread_again', 'promise.4.in_order'],
  'a late acknowledgement counts while nobody else was handed the message',
  async () => {
    await using lalia = new Lalia();
    const { agent: alice } = await person(lalia, 'alice');
    const bob = await resident(lalia, 'bob');
    await alice.tell('bob', 'one');
    await alice.tell('bob', 'two');
    const held = await bob.read('any', { leaseMs: 1 });
    await becomes(async () => (await stateOfFirst(alice)) === 'accepted');
    await held.ack();
    expect(await allMail(bob, 1)).toEqual(['two']);
  },
);

/** Reads and acknowledges so many messages, one at a time; those that were handed out before are marked. */
async function allMail(agent: Agent, count: number): Promise<string[]> {
  const found: string[] = [];
  while (found.length < count) {
    const delivery = await agent.read('any');
    await delivery.ack();
    found.push(...delivery.messages.map(({ body, redelivered }) => (redelivered ? `${body} again` : body)));
  }
  await expect(agent.read('any', { timeoutMs: 0 })).rejects.toMatchObject({ reason: 'timeout' });
  return found;
}

async function stateOfFirst(sender: Agent): Promise<string | undefined> {
  const { receipts } = await sender.receipts({ peer: 'bob' });
  return receipts.find(({ seq }) => seq === 1)?.recipients[0]?.state;
}

function bodies(messages: readonly MessageView[]): string[] {
  return messages.map(({ body }) => body);
}
