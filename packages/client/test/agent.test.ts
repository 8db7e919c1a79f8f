import { isUlid } from '@lalia/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Agent } from '../src/agent.ts';
import type { Client } from '../src/client.ts';
import { ALICE, BOB, delivery, giveKey, isSigned, knowsAlice, MESSAGE, ROOM } from './_agents.ts';
import { clientOf, FakeClock, ownHome, type Received, ScriptedDaemon } from './_scripted-daemon.ts';

let home: ReturnType<typeof ownHome>;
let daemon: ScriptedDaemon;
let clock: FakeClock;
let client: Client;
let alice: Agent;

beforeEach(async () => {
  home = ownHome();
  giveKey(home.paths.keys);
  daemon = await ScriptedDaemon.start(home.paths, { auto: knowsAlice });
  clock = new FakeClock();
  client = clientOf(home, clock);
  alice = await client.resume('alice');
});

afterEach(async () => {
  await client.close();
  await daemon.kill();
  home.remove();
});

/** What was asked for, without what differs each time. */
function unsigned({ params: { auth: _auth, ...params } }: Received): Record<string, unknown> {
  return params;
}

describe('signing', () => {
  const calls: [
    string,
    Parameters<ScriptedDaemon['received']>[0],
    (agent: Agent) => Promise<unknown>,
    object,
  ][] = [
    ['tell', 'tell', (a) => a.tell('bob', 'hi ü', { id: MESSAGE }), { to: BOB, id: MESSAGE, body: 'hi ü' }],
    [
      'tell with everything',
      'tell',
      (a) => a.tell('bob', 'hi', { id: MESSAGE, replyTo: ROOM, needsAnswer: true, status: true }),
      { to: BOB, id: MESSAGE, body: 'hi', reply_to: ROOM, needs_answer: true, status: true },
    ],
    [
      'flags that are off',
      'tell',
      (a) => a.tell('bob', 'hi', { id: MESSAGE, needsAnswer: false, status: false }),
      { to: BOB, id: MESSAGE, body: 'hi' },
    ],
    ['post', 'post', (a) => a.post('hall', 'hi', { id: MESSAGE }), { room: ROOM, id: MESSAGE, body: 'hi' }],
    ['peek everywhere', 'peek', (a) => a.peek('any'), { source: { kind: 'any' } }],
    [
      'peek by a name of either kind',
      'peek',
      (a) => a.peek({ name: 'hall' }, { max: 3 }),
      { source: { kind: 'room', room_id: ROOM }, max: 3 },
    ],
    [
      'history',
      'history',
      (a) => a.history({ peer: 'bob' }, { sinceSeq: 4, limit: 2 }),
      { target: { kind: 'channel', agent_id: BOB }, since_seq: 4, limit: 2 },
    ],
    [
      'receipts',
      'receipts',
      (a) => a.receipts({ room: 'hall' }),
      { target: { kind: 'room', room_id: ROOM } },
    ],
    ['channels', 'channels', (a) => a.channels(), {}],
    ['rooms', 'rooms', (a) => a.rooms(), {}],
    [
      'createRoom',
      'room_create',
      (a) => a.createRoom('hall', { description: 'd' }),
      { name: 'hall', description: 'd' },
    ],
    ['join', 'join', (a) => a.join('hall'), { room: ROOM }],
    ['leave', 'leave', (a) => a.leave('hall'), { room: ROOM }],
    ['participants', 'participants', (a) => a.participants('hall'), { room: ROOM }],
    ['renew', 'renew', (a) => a.renew(), {}],
    ['unregister', 'unregister', (a) => a.unregister(), {}],
  ];

  it.each(calls)('%s is signed over exactly what is sent', async (_, method, call, params) => {
    const result = call(alice);
    const request = await daemon.received(method);
    expect(unsigned(request)).toEqual(params);
    expect(isSigned(request)).toBe(true);
    expect(request.params.auth).toMatchObject({
      agent_id: ALICE,
      ts: clock.nowMs(),
      nonce: expect.stringMatching(/^[A-Za-z0-9._-]{16,64}$/) as unknown,
    });
    request.answer({ done: method });
    await expect(result).resolves.toEqual({ done: method });
  });

  it('no two requests carry the same nonce, and messages get ids that rise', async () => {
    const calls = [alice.tell('bob', 'one'), alice.tell('bob', 'two')];
    const requests = [await daemon.received('tell'), await daemon.received('tell')];
    for (const request of requests) request.answer({});
    await Promise.all(calls);
    const [first, second] = requests.map(({ params }) => params);
    expect(first?.auth?.['nonce']).not.toBe(second?.auth?.['nonce']);
    expect([first, second].map((params) => isUlid(String(params?.['id'])))).toEqual([true, true]);
    expect(String(first?.['id']) < String(second?.['id'])).toBe(true);
  });

  it('a request that went stale on its way is signed anew, once', async () => {
    const call = alice.tell('bob', 'hi');
    const first = await daemon.received('tell');
    clock.advance(600_000);
    first.refuse('stale_timestamp');
    const second = await daemon.received('tell');
    expect(unsigned(second)).toEqual(unsigned(first));
    expect(second.params.auth?.['ts']).toBe(clock.nowMs());
    expect(isSigned(second)).toBe(true);
    second.refuse('stale_timestamp');
    await expect(call).rejects.toMatchObject({ reason: 'stale_timestamp' });
  });

  it('addresses are looked up in the agent’s own project', async () => {
    await daemon.kill();
    daemon = await ScriptedDaemon.start(home.paths);
    const call = alice.tell('bob', 'hi');
    const lookup = await daemon.received('resolve');
    expect(lookup.params).toEqual({ address: 'bob', kind: 'agent', project: 'shop' });
    lookup.refuse('agent_not_found');
    await expect(call).rejects.toMatchObject({ reason: 'agent_not_found', code: 5 });
  });

  it('a body that cannot be sent is refused before anything is asked', async () => {
    await expect(alice.tell('bob', '')).rejects.toMatchObject({ reason: 'empty_body' });
    await expect(alice.post('hall', 'a\0b')).rejects.toMatchObject({ reason: 'body_has_nul' });
    await expect(alice.reply('\ud800')).rejects.toMatchObject({ reason: 'invalid_utf8' });
    expect(daemon.methods).not.toContain('resolve');
  });
});

describe('sending', () => {
  it('a message whose answer was lost is sent again with the same id and another nonce', async () => {
    const call = alice.tell('bob', 'hi');
    const first = await daemon.received('tell');
    first.die();
    const second = await daemon.received('tell');
    expect(unsigned(second)).toEqual(unsigned(first));
    expect(second.params.auth?.['nonce']).not.toBe(first.params.auth?.['nonce']);
    expect(isSigned(second)).toBe(true);
    second.answer({ duplicate: true });
    await expect(call).resolves.toEqual({ duplicate: true });
  });

  it('a reply goes where the daemon says, by id', async () => {
    const call = alice.reply('yes', { to: MESSAGE });
    const lookup = await daemon.received('reply_target');
    expect(unsigned(lookup)).toEqual({ message: MESSAGE });
    lookup.answer({ reply_to: MESSAGE, conversation: { kind: 'room', room: { room_id: ROOM } } });
    const post = await daemon.received('post');
    expect(unsigned(post)).toMatchObject({ room: ROOM, body: 'yes', reply_to: MESSAGE });
    post.answer({ seq: 2 });
    await expect(call).resolves.toEqual({ seq: 2 });
  });
});

describe('reading', () => {
  it('asks for what was asked for, and for 300 seconds and one message when nothing was', async () => {
    const plain = alice.read({ peer: 'bob' });
    const first = await daemon.received('read');
    expect(unsigned(first)).toEqual({ source: { kind: 'channel', agent_id: BOB }, timeout_ms: 300_000 });
    first.answer(delivery('hi'));
    await expect(plain).resolves.toMatchObject({ messages: [{ body: 'hi' }], remaining: 0, dropped: null });
    const special = alice.read({ room: 'hall' }, { timeoutMs: 0, max: 7, leaseMs: 5 });
    const second = await daemon.received('read');
    const source = { kind: 'room', room_id: ROOM };
    expect(unsigned(second)).toEqual({ source, timeout_ms: 0, max: 7, lease_ms: 5 });
    second.refuse('timeout');
    await expect(special).rejects.toMatchObject({ reason: 'timeout', code: 2 });
  });

  it('goes on at the next daemon, with the time that is left, when the connection is lost', async () => {
    const call = alice.read('any', { timeoutMs: 10_000 });
    const first = await daemon.received('read');
    clock.advance(4000);
    first.die();
    const second = await daemon.received('read');
    expect(second.params['timeout_ms']).toBe(6000);
    second.answer(delivery('late'));
    await expect(call).resolves.toMatchObject({ messages: [{ body: 'late' }] });
  });

  it('gives a daemon that dies of it again and again up when the time is over', async () => {
    const call = alice.read('any', { timeoutMs: 100 });
    call.catch(() => undefined);
    for (let i = 0; i < 4; i += 1) (await daemon.received('read')).die();
    await expect(call).rejects.toMatchObject({ reason: 'connection_lost' });
    expect(clock.slept).toEqual([0, 20, 40]);
  });

  it('an acknowledgement is repeated at the next daemon', async () => {
    const call = alice.read('any');
    (await daemon.received('read')).answer(delivery('hi'));
    const acked = (await call).ack();
    const first = await daemon.received('ack');
    expect(unsigned(first)).toEqual({ delivery_id: ROOM });
    first.die();
    const second = await daemon.received('ack');
    expect(isSigned(second)).toBe(true);
    second.answer({ acknowledged: 1 });
    await expect(acked).resolves.toBeUndefined();
  });

  it('an acknowledgement that comes too late says so', async () => {
    const call = alice.read('any');
    (await daemon.received('read')).answer(delivery('hi'));
    const acked = (await call).ack();
    (await daemon.received('ack')).refuse('delivery_not_found');
    await expect(acked).rejects.toMatchObject({ reason: 'delivery_not_found' });
  });

  it('giving back to a daemon that is gone is done already', async () => {
    const call = alice.read('any');
    (await daemon.received('read')).answer(delivery('hi'));
    const handed = await call;
    await daemon.kill();
    await expect(handed.release()).resolves.toBeUndefined();
  });

  it('mail that was handed out in the instant of giving up is given back', async () => {
    const control = new AbortController();
    const call = alice.read('any', { signal: control.signal });
    const request = await daemon.received('read');
    control.abort();
    await expect(call).rejects.toThrow('abort');
    request.answer(delivery('nobody waits'));
    const release = await daemon.received('release');
    expect(unsigned(release)).toEqual({ delivery_id: ROOM });
    release.answer({ released: 1 });
  });
});

describe('asking', () => {
  it('reports the question as soon as it is durable, then waits for its answer by id', async () => {
    const sent: unknown[] = [];
    const call = alice.ask('bob', 'why?', { timeoutMs: 5000, onSent: (question) => sent.push(question) });
    const tell = await daemon.received('tell');
    expect(unsigned(tell)).toMatchObject({ needs_answer: true, body: 'why?' });
    tell.answer({ id: MESSAGE, seq: 3 });
    const read = await daemon.received('read');
    expect(sent).toEqual([{ id: MESSAGE, seq: 3 }]);
    expect(unsigned(read)).toEqual({ source: { kind: 'answer', question: MESSAGE }, timeout_ms: 5000 });
    read.answer(delivery('because'));
    await expect(call).resolves.toMatchObject({
      question: { seq: 3 },
      delivery: { messages: [{ body: 'because' }] },
    });
  });

  it('survives a daemon that crashes while it waits, without asking twice', async () => {
    const call = alice.ask('bob', 'why?', { timeoutMs: 5000 });
    (await daemon.received('tell')).answer({ id: MESSAGE });
    (await daemon.received('read')).die();
    const again = await daemon.received('read');
    expect(again.params['source']).toEqual({ kind: 'answer', question: MESSAGE });
    again.answer(delivery('because'));
    await expect(call).resolves.toMatchObject({ delivery: { messages: [{ body: 'because' }] } });
    expect(daemon.methods.filter((method) => method === 'tell')).toHaveLength(1);
  });

  it('ends when the daemon is stopped in order', async () => {
    const call = alice.ask('bob', 'why?');
    call.catch(() => undefined);
    (await daemon.received('tell')).answer({
      id: MESSAGE,
      seq: 3,
      recipient: { agent: { name: 'bob', project: null } },
    });
    (await daemon.received('read')).refuse('daemon_stopping');
    await expect(call).rejects.toMatchObject({ reason: 'daemon_stopping', code: 3 });
  });
});

describe('who is calling', () => {
  const facts = {
    as: 'alice',
    env_name: null,
    harness_session: null,
    ancestors: [],
    worktree: null,
    project: null,
  };

  it('an identity whose key is gone cannot act', async () => {
    home.remove();
    await daemon.kill();
    daemon = await ScriptedDaemon.start(home.paths, { auto: knowsAlice });
    await expect(client.identify(facts)).rejects.toMatchObject({ reason: 'key_missing', code: 6 });
  });

  it('a key file that belongs to another identity is found out before it signs anything', async () => {
    await daemon.kill();
    const auto = {
      identify: (request: Received) => {
        request.answer({ agent: alice.info, how: 'as', public_key: 'A'.repeat(43) });
      },
    };
    daemon = await ScriptedDaemon.start(home.paths, { auto });
    await expect(client.identify(facts)).rejects.toMatchObject({ reason: 'key_missing' });
  });

  it('what the daemon inferred it from is told', async () => {
    await expect(client.identify(facts)).resolves.toMatchObject({ how: 'as', agent: { id: ALICE } });
  });
});
