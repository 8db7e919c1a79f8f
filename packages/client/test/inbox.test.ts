import { encodeLine, fail, failure } from '@lalia/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Agent } from '../src/agent.ts';
import type { Client } from '../src/client.ts';
import type { InboxMessage } from '../src/inbox.ts';
import { delivery, giveKey, isSigned, knowsAlice } from './_agents.ts';
import { clientOf, FakeClock, ownHome, type Received, ScriptedDaemon } from './_scripted-daemon.ts';

let home: ReturnType<typeof ownHome>;
let daemon: ScriptedDaemon;
let clock: FakeClock;
let client: Client;
/** For each dialling, whether a daemon might have been started for it. */
let dialled: boolean[];
let alice: Agent;

/** An acknowledgement and a release succeed unless a test wants to see them. */
const auto = {
  ...knowsAlice,
  release: (request: Received) => {
    request.answer({ released: 1 });
  },
};
const acks = {
  ack: (request: Received) => {
    request.answer({ acknowledged: 1 });
  },
};

beforeEach(async () => {
  home = ownHome();
  giveKey(home.paths.keys);
  daemon = await ScriptedDaemon.start(home.paths, { auto });
  clock = new FakeClock();
  dialled = [];
  client = clientOf(home, clock, dialled);
  alice = await client.resume('alice');
});

afterEach(async () => {
  await client.close();
  await daemon.kill();
  home.remove();
});

async function restart(script: Parameters<typeof ScriptedDaemon.start>[1]): Promise<void> {
  await daemon.kill();
  daemon = await ScriptedDaemon.start(home.paths, script);
}

/** Answers the next reads with these bodies. */
async function deliver(...bodies: string[]): Promise<void> {
  for (const body of bodies) (await daemon.received('read')).answer(delivery(body));
}

const messagingMethods = () =>
  daemon.methods.filter((method) => ['read', 'ack', 'release', 'cancel', 'renew'].includes(method));

describe('acknowledging', () => {
  it('a message is acknowledged when the loop asks for the next one, and not before', async () => {
    const inbox = alice.inbox();
    const first = inbox.next();
    await deliver('one');
    await expect(first).resolves.toMatchObject({ done: false, value: { body: 'one', dropped: null } });
    expect(messagingMethods()).toEqual(['read']);
    const second = inbox.next();
    const ack = await daemon.received('ack');
    expect(isSigned(ack)).toBe(true);
    expect(messagingMethods()).toEqual(['read', 'ack']);
    ack.answer({ acknowledged: 1 });
    await deliver('two');
    await expect(second).resolves.toMatchObject({ value: { body: 'two' } });
    await inbox.return?.();
  });

  it('leaving the loop gives the message in hand back', async () => {
    await restart({ auto: { ...auto, ...acks } });
    const given = deliver('one', 'two');
    const seen: string[] = [];
    for await (const message of alice.inbox()) {
      seen.push(message.body);
      if (message.body === 'two') break;
    }
    await given;
    expect(seen).toEqual(['one', 'two']);
    expect(messagingMethods()).toEqual(['read', 'ack', 'read', 'release']);
  });

  it('a loop whose body throws gives the message in hand back', async () => {
    const given = deliver('one');
    const loop = async () => {
      for await (const message of alice.inbox()) throw new Error(`cannot handle ${message.body}`);
    };
    await expect(loop()).rejects.toThrow('cannot handle one');
    await given;
    expect(messagingMethods()).toEqual(['read', 'release']);
  });

  it('a message may be acknowledged early', async () => {
    await restart({ auto: { ...auto, ...acks } });
    const given = deliver('one');
    for await (const message of alice.inbox()) {
      await message.ack();
      break;
    }
    await given;
    expect(messagingMethods()).toEqual(['read', 'ack', 'release']);
  });

  it('an acknowledgement that comes too late does not end the inbox', async () => {
    const inbox = alice.inbox();
    const first = inbox.next();
    await deliver('one');
    await first;
    const second = inbox.next();
    (await daemon.received('ack')).refuse('delivery_not_found');
    await deliver('two');
    await expect(second).resolves.toMatchObject({ value: { body: 'two' } });
    await inbox.return?.();
  });

  it('a message that was handled is acknowledged at the next daemon when the first one dies, and is not handled again', async () => {
    const inbox = alice.inbox();
    const first = inbox.next();
    await deliver('one');
    await first;
    const second = inbox.next();
    for (let i = 0; i < 3; i += 1) (await daemon.received('ack')).die();
    (await daemon.received('ack')).answer({ acknowledged: 1 });
    await deliver('two');
    await expect(second).resolves.toMatchObject({ value: { body: 'two' } });
    await inbox.return?.();
  });

  it('a message that was not handled when the connection broke comes again, and says so', async () => {
    const inbox = alice.inbox();
    const first = inbox.next();
    (await daemon.received('read')).die();
    const again = await daemon.received('read');
    const [message] = delivery('one').messages;
    again.answer(delivery('one', { messages: [{ ...message, redelivered: true }] }));
    await expect(first).resolves.toMatchObject({ value: { body: 'one', redelivered: true } });
    await inbox.return?.();
  });
});

describe('going on for ever', () => {
  it('waits again each time when there is nothing yet', async () => {
    const next = alice.inbox().next();
    for (let i = 0; i < 40; i += 1) (await daemon.received('read')).refuse('timeout');
    await deliver('at last');
    await expect(next).resolves.toMatchObject({ value: { body: 'at last' } });
    expect(clock.slept).toEqual([]);
  });

  it('makes an identity live again whose lease ran out', async () => {
    const next = alice.inbox().next();
    (await daemon.received('read')).refuse('lease_expired');
    (await daemon.received('renew')).answer({});
    await deliver('still here');
    await expect(next).resolves.toMatchObject({ value: { body: 'still here' } });
  });

  it('ends when another session takes the identity over, and does not fight for it', async () => {
    const next = alice.inbox().next();
    const { id, socket } = await daemon.received('read');
    const error = fail('lease_expired', 'Another session took alice over.', {
      context: { taken_over: true },
    });
    socket.write(encodeLine(failure(id, error)));
    await expect(next).rejects.toMatchObject({ reason: 'lease_expired', code: 3 });
    expect(messagingMethods()).toEqual(['read']);
  });

  it('outlives a daemon that was stopped, and never starts one that somebody stopped', async () => {
    const next = alice.inbox().next();
    (await daemon.received('read')).refuse('daemon_stopping');
    dialled.length = 0;
    await daemon.kill();
    // It looks a few times in vain before there is one again.
    await clock.hasSlept(4);
    daemon = await ScriptedDaemon.start(home.paths, { auto });
    (await daemon.received('status')).answer({});
    await deliver('after the restart');
    await expect(next).resolves.toMatchObject({ value: { body: 'after the restart' } });
    expect(dialled.length).toBeGreaterThan(4);
    expect(dialled).not.toContain(true);
  });

  it('gives up a daemon that dies again and again, after growing waits', async () => {
    const next = alice.inbox().next();
    next.catch(() => undefined);
    await restart({ auto: { ...auto, read: (request) => request.die() } });
    await expect(next).rejects.toMatchObject({ reason: 'connection_lost' });
    expect(clock.slept.length).toBeGreaterThan(10);
    expect(Math.max(...clock.slept)).toBeLessThanOrEqual(1000);
  });

  it.each(['unregistered', 'not_registered', 'bad_signature', 'invalid_params'] as const)(
    '%s ends it with that error',
    async (reason) => {
      const inbox = alice.inbox();
      const next = inbox.next();
      (await daemon.received('read')).refuse(reason);
      await expect(next).rejects.toMatchObject({ reason });
      await expect(inbox.next()).resolves.toEqual({ done: true, value: undefined });
    },
  );
});

describe('stopping', () => {
  it('returning while it waits ends the wait at once and tells the daemon', async () => {
    const inbox = alice.inbox();
    const next = inbox.next();
    const { id } = await daemon.received('read');
    await inbox.return?.();
    await expect(next).resolves.toEqual({ done: true, value: undefined });
    const cancel = await daemon.received('cancel');
    expect(cancel.params).toEqual({ id });
  });

  it('an aborted signal ends it with the signal’s reason', async () => {
    const control = new AbortController();
    const reason = new Error('shutting down');
    const next = alice.inbox({ signal: control.signal }).next();
    await daemon.received('read');
    control.abort(reason);
    await expect(next).rejects.toBe(reason);
  });

  it('an inbox that is disposed of gives the message in hand back', async () => {
    const given = deliver('one');
    {
      await using inbox = alice.inbox();
      await inbox.next();
    }
    await given;
    expect(messagingMethods()).toEqual(['read', 'release']);
  });

  it('an inbox that was never asked for anything costs nothing', async () => {
    const inbox = alice.inbox();
    await expect(inbox.return?.()).resolves.toEqual({ done: true, value: undefined });
    expect(messagingMethods()).toEqual([]);
  });
});

it('two inboxes of one agent each hold one message', async () => {
  const inboxes = [alice.inbox(), alice.inbox()];
  const nexts = inboxes.map((inbox) => inbox.next());
  await deliver('one', 'two');
  const bodies: string[] = [];
  for (const next of nexts) {
    const { value } = (await next) as IteratorYieldResult<InboxMessage>;
    bodies.push(value.body);
  }
  expect(bodies.sort()).toEqual(['one', 'two']);
  for (const inbox of inboxes) await inbox.return?.();
  expect(messagingMethods()).toEqual(['read', 'read', 'release', 'release']);
});
