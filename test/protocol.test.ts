/** What docs/protocol.md says about the wire, asked of a real daemon by a client that has nothing but a socket. */
import { join } from 'node:path';
import { limits, PROTOCOL_VERSION } from '@lalia/protocol';
import { Lalia } from '@lalia/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId, RawIdentity, RawPeer } from './_raw-peer.ts';

const lalia = new Lalia();
const socket = join(lalia.home, 'sock');
let agents = 0;

beforeAll(() => lalia.daemon());
afterAll(() => lalia[Symbol.asyncDispose]());

/** A new agent on a connection. */
async function registered(peer: RawPeer): Promise<RawIdentity> {
  agents += 1;
  const identity = new RawIdentity(`agent-${String(agents)}`);
  await identity.register(peer);
  return identity;
}

test('requests may follow hello in the same packet, and empty lines are skipped', async () => {
  await using peer = new RawPeer(socket);
  const hello = { client: 'raw', version: '1', protocol: PROTOCOL_VERSION };
  const lines = [
    { jsonrpc: '2.0', id: 'h', method: 'hello', params: hello },
    { jsonrpc: '2.0', id: 's', method: 'status', params: {} },
    { jsonrpc: '2.0', id: 'a', method: 'agents', params: {} },
  ];
  peer.write(`\n${lines.map((line) => JSON.stringify(line)).join('\n\n')}\n`);
  for (const id of ['a', 's', 'h']) expect(await peer.answer(id)).toMatchObject({ id, result: {} });
});

test('before hello everything is refused, and another major version is told so', async () => {
  await using peer = new RawPeer(socket);
  expect(await peer.refusal('status', {})).toBe('bad_frame');
  const hello = { client: 'raw', version: '1', protocol: { major: PROTOCOL_VERSION.major + 1, minor: 0 } };
  expect(await peer.refusal('hello', hello)).toBe('unsupported_protocol');
  expect(await peer.refusal('status', {})).toBe('bad_frame');
});

test('a newer minor version and unknown fields in hello are welcome', async () => {
  await using peer = new RawPeer(socket);
  const protocol = { major: PROTOCOL_VERSION.major, minor: 99, patch: 1 };
  const hello = peer.send('hello', { client: 'raw', version: '1', protocol, mood: 'good' });
  expect(await peer.result('hello', hello)).toMatchObject({ protocol: PROTOCOL_VERSION });
});

test.each([
  ['no JSON', 'hello'],
  ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"status"}]'],
  ['a request id that no double holds', '{"jsonrpc":"2.0","id":9007199254740993,"method":"status"}'],
  ['a carriage return alone', '\r'],
])('a line of %s is bad_frame for the id null, and the connection goes on', async (_, line) => {
  await using peer = await RawPeer.greeted(socket);
  peer.write(`${line}\n`);
  expect(await peer.reason(null)).toBe('bad_frame');
  await peer.call('status', {});
});

test.each([
  ['over 4 MiB', () => Buffer.alloc(limits.MAX_LINE_BYTES + 1, 'a')],
  ['not UTF-8', () => Buffer.from([0x7b, 0xff, 0x7d, 0x0a])],
])('after a line that is %s the connection ends with bad_frame', async (_, line) => {
  await using peer = await RawPeer.greeted(socket);
  peer.write(line());
  expect(await peer.reason(null)).toBe('bad_frame');
  await peer.closed;
});

test('methods and params that are unknown are refused, not ignored', async () => {
  await using peer = await RawPeer.greeted(socket);
  expect(await peer.refusal('constructor', {})).toBe('unknown_method');
  expect(await peer.refusal('status', { verbose: true })).toBe('invalid_params');
  expect(await peer.refusal('status', [])).toBe('invalid_params');
});

test('an id that is in use on the connection is refused, and free again after its answer', async () => {
  await using peer = await RawPeer.greeted(socket);
  const alice = await registered(peer);
  const read = { source: { kind: 'any' }, timeout_ms: 60_000 };
  const line = (method: string, params: object) =>
    `${JSON.stringify({ jsonrpc: '2.0', id: 'x', method, params })}\n`;
  peer.write(line('read', alice.signed('read', read)) + line('status', {}));
  expect(await peer.reason('x')).toBe('bad_frame');
  peer.write('{"jsonrpc":"2.0","method":"cancel","params":{"id":"x"}}\n');
  expect(await peer.reason('x')).toBe('cancelled');
  peer.write(line('status', {}));
  expect(await peer.answer('x')).toHaveProperty('result');
});

test('an error has a code, a reason, a message, what to do, and a context', async () => {
  await using peer = await RawPeer.greeted(socket);
  const id = peer.send('resolve', { address: 'nobody', kind: 'agent', project: null });
  expect(await peer.answer(id)).toMatchObject({
    jsonrpc: '2.0',
    id,
    error: {
      code: -32005,
      message: expect.stringContaining('nobody') as string,
      data: {
        code: 5,
        reason: 'agent_not_found',
        retry_hint: expect.stringMatching(/\S/) as string,
        context: {},
      },
    },
  });
});

test('the order of keys and the escapes on the wire do not matter to a signature', async () => {
  await using peer = await RawPeer.greeted(socket);
  const alice = await registered(peer);
  const { auth, ...params } = alice.signed('room_create', { name: 'wire', description: 'é😀' }) as Record<
    string,
    unknown
  >;
  const request = { params: { auth, ...params }, method: 'room_create', id: 'x', jsonrpc: '2.0' };
  peer.write(
    `${JSON.stringify(request, undefined, ' ').replaceAll('\n', ' ').replace('é', String.raw`\u00e9`)}\n`,
  );
  expect(await peer.answer('x')).toMatchObject({ result: { room: { description: 'é😀' } } });
});

test('a request that is not signed, or not as it is, is refused', async () => {
  await using peer = await RawPeer.greeted(socket);
  const [alice, bob] = [await registered(peer), await registered(peer)];
  const message = { to: bob.id, id: newId(), body: 'Hello.' };
  const signed = alice.signed('tell', message) as Record<string, unknown> & { auth: { sig: string } };

  expect(await peer.refusal('tell', message)).toBe('not_registered');
  expect(await peer.refusal('tell', { ...signed, body: 'Goodbye.' })).toBe('bad_signature');
  expect(await peer.refusal('tell', { ...signed, auth: { ...signed.auth, agent_id: bob.id } })).toBe(
    'bad_signature',
  );
  expect(await peer.refusal('tell', { ...signed, auth: { ...signed.auth, agent_id: newId() } })).toBe(
    'not_registered',
  );
  expect(
    await peer.refusal('tell', { ...signed, auth: { ...signed.auth, sig: `${signed.auth.sig}==` } }),
  ).toBe('invalid_params');
  expect(await peer.refusal('tell', alice.signed('post', message))).toBe('bad_signature');
  expect(await peer.refusal('tell', { ...signed, body: '\ud800' })).toBe('bad_signature');
  await peer.result('tell', peer.send('tell', signed));
});

test('a request is accepted once, and only near the time that it says', async () => {
  await using peer = await RawPeer.greeted(socket);
  const alice = await registered(peer);
  const once = alice.signed('renew', {});
  await peer.result('renew', peer.send('renew', once));
  expect(await peer.refusal('renew', once)).toBe('replayed');
  const { now } = await peer.call('hello', { client: 'raw', version: '1', protocol: PROTOCOL_VERSION });
  const beyond = limits.REQUEST_WINDOW_MS + 60_000;
  for (const ts of [now - beyond, now + beyond])
    expect(await peer.refusal('renew', alice.signed('renew', {}, { ts }))).toBe('stale_timestamp');
});

test('a known name is taken up again only with a signature by its key', async () => {
  await using peer = await RawPeer.greeted(socket);
  const alice = await registered(peer);
  const mallory = new RawIdentity(alice.name);
  expect(await peer.refusal('register', mallory.session)).toBe('bad_signature');
  await expect(mallory.register(peer)).rejects.toThrow('bad_signature');
  const again = await peer.result('register', peer.send('register', alice.signed('register', alice.session)));
  expect([again.created, again.agent.agent_id]).toEqual([false, alice.id]);
});

test('a message that is sent again with its id is the same message, and another one with that id is refused', async () => {
  await using peer = await RawPeer.greeted(socket);
  const [alice, bob] = [await registered(peer), await registered(peer)];
  const message = { to: bob.id, id: newId(), body: 'Once.' };
  const first = await alice.call(peer, 'tell', message);
  const second = await alice.call(peer, 'tell', message);
  expect([first.duplicate, second.duplicate, second.seq, second.ts]).toEqual([
    false,
    true,
    first.seq,
    first.ts,
  ]);
  expect(await alice.refusal(peer, 'tell', { ...message, body: 'Twice.' })).toBe('id_conflict');
  const { messages } = await bob.call(peer, 'peek', { source: { kind: 'any' } });
  expect(messages.map(({ body }) => body)).toEqual(['Once.']);
});

const anything = { source: { kind: 'any' as const }, timeout_ms: 0 };

test('what a connection read and did not acknowledge is unread again when it closes, in its old place', async () => {
  await using peer = await RawPeer.greeted(socket);
  const [alice, bob] = [await registered(peer), await registered(peer)];
  for (const body of ['1', '2']) await alice.call(peer, 'tell', { to: bob.id, id: newId(), body });
  const dying = await RawPeer.greeted(socket);
  const lost = await bob.call(dying, 'read', anything);
  // While it is out, the conversation is passed over, so that nobody reads the second message before the first.
  expect(await bob.refusal(peer, 'read', anything)).toBe('timeout');

  const next = peer.send('read', bob.signed('read', { ...anything, timeout_ms: 60_000, max: 10 }));
  await dying.close();
  const delivery = await peer.result('read', next);
  expect(delivery.messages.map(({ body, redelivered }) => [body, redelivered])).toEqual([
    ['1', true],
    ['2', false],
  ]);
  expect(await bob.refusal(peer, 'ack', { delivery_id: lost.delivery_id })).toBe('delivery_not_found');
  expect(await bob.call(peer, 'ack', { delivery_id: delivery.delivery_id })).toEqual({ acknowledged: 2 });
});

test('an acknowledgement may come from another connection, late, and twice', async () => {
  await using peer = await RawPeer.greeted(socket);
  const [alice, bob] = [await registered(peer), await registered(peer)];
  await alice.call(peer, 'tell', { to: bob.id, id: newId(), body: 'Hello.' });
  const { delivery_id } = await bob.call(peer, 'read', anything);
  await using other = await RawPeer.greeted(socket);
  expect(await bob.call(other, 'release', { delivery_id })).toEqual({ released: 1 });
  expect(await bob.call(other, 'ack', { delivery_id })).toEqual({ acknowledged: 1 });
  expect(await bob.call(other, 'ack', { delivery_id })).toEqual({ acknowledged: 0 });
  expect(await bob.refusal(peer, 'read', anything)).toBe('timeout');
});

test('a delivery whose lease is over goes to the next reader', async () => {
  await using peer = await RawPeer.greeted(socket);
  const [alice, bob] = [await registered(peer), await registered(peer)];
  await alice.call(peer, 'tell', { to: bob.id, id: newId(), body: 'Hello.' });
  await bob.call(peer, 'read', { ...anything, lease_ms: 1 });
  const { messages } = await bob.call(peer, 'read', { ...anything, timeout_ms: 60_000 });
  expect(messages.map(({ redelivered }) => redelivered)).toEqual([true]);
});

test('other requests are answered while a read waits, and the read is answered by a message', async () => {
  await using peer = await RawPeer.greeted(socket);
  const [alice, bob] = [await registered(peer), await registered(peer)];
  const waiting = peer.send('read', bob.signed('read', { ...anything, timeout_ms: 60_000 }));
  const { recipient } = await alice.call(peer, 'tell', { to: bob.id, id: newId(), body: 'Hello.' });
  expect(recipient.presence).toBe('listening');
  const { messages, remaining } = await peer.result('read', waiting);
  expect([messages.map(({ body }) => body), remaining]).toEqual([['Hello.'], 0]);
});

test('the answer to a question is taken before other mail, which stays unread', async () => {
  await using peer = await RawPeer.greeted(socket);
  const [alice, bob] = [await registered(peer), await registered(peer)];
  await bob.call(peer, 'tell', { to: alice.id, id: newId(), body: 'Before.' });
  const question = newId();
  await alice.call(peer, 'tell', { to: bob.id, id: question, body: 'Which port?', needs_answer: true });
  await bob.call(peer, 'tell', { to: alice.id, id: newId(), body: '8080', reply_to: question });
  const answer = await alice.call(peer, 'read', { source: { kind: 'answer', question }, timeout_ms: 0 });
  expect(answer.messages.map(({ body }) => body)).toEqual(['8080']);
  await alice.call(peer, 'ack', { delivery_id: answer.delivery_id });
  const rest = await alice.call(peer, 'read', anything);
  expect(rest.messages.map(({ body }) => body)).toEqual(['Before.']);
});

test('a body of 1 MiB, and the longest that its JSON form allows, arrive as they were sent', async () => {
  await using peer = await RawPeer.greeted(socket);
  const [alice, bob] = [await registered(peer), await registered(peer)];
  const longest = '\u0001'.repeat(Math.floor((limits.MAX_ENCODED_BODY_BYTES - 2) / 6));
  for (const body of ['é'.repeat(limits.MAX_BODY_BYTES / 2), longest]) {
    await alice.call(peer, 'tell', { to: bob.id, id: newId(), body });
    const { messages, delivery_id } = await bob.call(peer, 'read', anything);
    expect(messages.map((message) => message.body === body)).toEqual([true]);
    await bob.call(peer, 'ack', { delivery_id });
  }
  for (const [body, reason] of [
    ['', 'empty_body'],
    ['a\0', 'body_has_nul'],
    ['a'.repeat(limits.MAX_BODY_BYTES + 1), 'message_too_large'],
    [`${longest}\u0001`, 'message_too_large'],
  ] as const)
    expect(await alice.refusal(peer, 'tell', { to: bob.id, id: newId(), body })).toBe(reason);
});

test('a daemon that stops says so to whoever waits, then closes; a request used before is used up for the next one too', async () => {
  await using own = new Lalia();
  const path = join(own.home, 'sock');
  const first = await own.daemon();
  const peer = await RawPeer.greeted(path);
  const alice = await registered(peer);
  const used = alice.signed('renew', {});
  await peer.result('renew', peer.send('renew', used));
  const waiting = peer.send('read', alice.signed('read', { ...anything, timeout_ms: 60_000 }));
  // Signed requests are served in their order, so the read waits by then.
  await alice.call(peer, 'renew', {});
  await peer.call('stop', { reason: 'stop' });
  expect(await peer.reason(waiting)).toBe('daemon_stopping');
  await peer.closed;
  await first.finished;

  await own.daemon();
  await using again = await RawPeer.greeted(path);
  expect(await again.refusal('renew', used)).toBe('replayed');
  await alice.call(again, 'renew', {});
});
