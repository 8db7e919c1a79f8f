import { encodeLine, fail, failure, success } from '@lalia/protocol';
import type { PeerStream } from '@lalia/spool';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { helloOf, openStream } from '../src/connect.ts';
import { Connection, type ConnectionOptions } from '../src/connection.ts';
import { greeting, ownHome, ScriptedDaemon } from './_scripted-daemon.ts';

let home: ReturnType<typeof ownHome>;
let daemon: ScriptedDaemon;
let stream: PeerStream;

beforeEach(async () => {
  home = ownHome();
  daemon = await ScriptedDaemon.start(home.paths);
});

afterEach(async () => {
  stream.destroy();
  await daemon.kill();
  home.remove();
});

async function open(options: Partial<ConnectionOptions> = {}): Promise<Connection> {
  ({ stream } = await openStream({ ...home, autostart: false }));
  return new Connection(stream, { hello: helloOf({ clientName: 'test' }), ...options });
}

describe('requests and answers', () => {
  it('hello and the first request leave in one write', async () => {
    const connection = await open();
    const answer = connection.request('status', {});
    (await daemon.received('status')).answer({ ok: 1 });
    await expect(answer).resolves.toEqual({ ok: 1 });
    await expect(connection.greeting).resolves.toMatchObject({ pid: process.pid });
    expect(daemon.chunks).toHaveLength(1);
    expect(daemon.methods).toEqual(['hello', 'status']);
  });

  it('answers in any order reach the one who asked', async () => {
    const connection = await open();
    const asked = ['agents', 'status', 'resolve'] as const;
    const answers = asked.map((method) => connection.request(method, {}));
    const received = await Promise.all(asked.map((method) => daemon.received(method)));
    for (const request of received.toReversed()) request.answer({ for: request.method });
    await expect(Promise.all(answers)).resolves.toEqual(asked.map((method) => ({ for: method })));
  });

  it('an answer that comes in pieces, and several that come in one, are the same answers', async () => {
    const connection = await open();
    const first = connection.request('status', {});
    const second = connection.request('agents', {});
    const { id, socket: peer } = await daemon.received('status');
    const other = await daemon.received('agents');
    const bytes = Buffer.from(encodeLine(success(id, { text: 'aü€😀' })) + encodeLine(success(other.id, 2)));
    for (const byte of bytes.subarray(0, 50)) peer.write(Buffer.from([byte]));
    peer.write(bytes.subarray(50));
    await expect(first).resolves.toEqual({ text: 'aü€😀' });
    await expect(second).resolves.toBe(2);
  });

  it('a refusal keeps its reason, hint and context', async () => {
    const connection = await open();
    const answer = connection.request('join', {});
    const request = await daemon.received('join');
    const error = fail('room_full', 'Room auth has 8 members.', {
      context: { room: 'auth' },
      hint: 'Go away.',
    });
    request.socket.write(encodeLine(failure(request.id, error)));
    await expect(answer).rejects.toMatchObject({
      reason: 'room_full',
      code: 1,
      message: 'Room auth has 8 members.',
      hint: 'Go away.',
      context: { room: 'auth' },
    });
  });

  it('a request that does not fit a line is refused here, and the connection goes on', async () => {
    const connection = await open();
    const huge = connection.request('tell', { body: 'x'.repeat(5 * 1024 * 1024) });
    await expect(huge).rejects.toMatchObject({ reason: 'message_too_large' });
    const answer = connection.request('status', {});
    (await daemon.received('status')).answer(1);
    await expect(answer).resolves.toBe(1);
  });
});

describe('cancelling', () => {
  it('an aborted call rejects with the reason, tells the daemon, and leaves the others alone', async () => {
    const connection = await open();
    const reason = new Error('enough');
    const control = new AbortController();
    const aborted = connection.request('read', {}, { signal: control.signal });
    const other = connection.request('status', {});
    const { id } = await daemon.received('read');
    control.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    const cancel = await daemon.received('cancel');
    expect(cancel.params).toEqual({ id });
    (await daemon.received('status')).answer(1);
    await expect(other).resolves.toBe(1);
  });

  it('a call whose signal is aborted already sends nothing', async () => {
    const connection = await open();
    await expect(connection.request('read', {}, { signal: AbortSignal.abort() })).rejects.toThrow('abort');
    const answer = connection.request('status', {});
    (await daemon.received('status')).answer(1);
    await answer;
    expect(daemon.methods).toEqual(['hello', 'status']);
  });

  it('an answer that crosses the cancellation is handed to onLate, once', async () => {
    const connection = await open();
    const control = new AbortController();
    const late: unknown[] = [];
    const aborted = connection.request(
      'read',
      {},
      { signal: control.signal, onLate: (result) => late.push(result) },
    );
    const request = await daemon.received('read');
    control.abort();
    await expect(aborted).rejects.toThrow('abort');
    request.answer({ delivery_id: 'D' });
    request.answer({ delivery_id: 'D' });
    const answer = connection.request('status', {});
    (await daemon.received('status')).answer(1);
    await answer;
    expect(late).toEqual([{ delivery_id: 'D' }]);
  });

  it('a signal that aborts after the answer changes nothing', async () => {
    const connection = await open();
    const control = new AbortController();
    const answer = connection.request('status', {}, { signal: control.signal });
    (await daemon.received('status')).answer(1);
    await answer;
    control.abort();
    const next = connection.request('agents', {});
    (await daemon.received('agents')).answer(2);
    await next;
    expect(daemon.methods).toEqual(['hello', 'status', 'agents']);
  });
});

describe('the end of a connection', () => {
  it.each([
    ['before any answer', ''],
    ['within an answer', '{"jsonrpc":"2.0","id":2,"res'],
    ['after an answer without its newline', '{"jsonrpc":"2.0","id":2,"result":1}'],
  ])('a daemon that dies %s fails every waiting call with connection_lost', async (_, lastWords) => {
    const connection = await open();
    const calls = [connection.request('status', {}), connection.request('agents', {})];
    const { socket: peer } = await daemon.received('status');
    await daemon.received('agents');
    peer.end(lastWords);
    for (const call of calls) await expect(call).rejects.toMatchObject({ reason: 'connection_lost' });
    await connection.closed;
    expect(connection.isOpen).toBe(false);
    await expect(connection.request('status', {})).rejects.toMatchObject({ reason: 'connection_lost' });
  });

  it('an answer that arrived before the end is kept', async () => {
    const connection = await open();
    const calls = [connection.request('status', {}), connection.request('agents', {})];
    const first = await daemon.received('status');
    await daemon.received('agents');
    first.socket.end(encodeLine(success(first.id, 'kept')));
    await expect(calls[0]).resolves.toBe('kept');
    await expect(calls[1]).rejects.toMatchObject({ reason: 'connection_lost' });
  });

  it.each([
    ['what is not JSON', 'HTTP/1.1 400 Bad Request\n'],
    ['what is not an answer', '{"jsonrpc":"2.0","id":2}\n'],
    ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe, 0x0a])],
  ])('%s ends the connection with bad_frame', async (_, bytes) => {
    const connection = await open();
    const call = connection.request('status', {});
    (await daemon.received('status')).socket.write(bytes);
    await expect(call).rejects.toMatchObject({ reason: 'bad_frame' });
    await connection.closed;
  });

  it('an error about the connection as a whole reaches everybody who waits on it', async () => {
    const connection = await open();
    const call = connection.request('status', {});
    const { socket: peer } = await daemon.received('status');
    peer.write(encodeLine(failure(null, fail('bad_frame', 'A line is too long.'))));
    await expect(call).rejects.toMatchObject({ reason: 'bad_frame', message: 'A line is too long.' });
  });

  it('a daemon that never greets is given up', async () => {
    await daemon.kill();
    daemon = await ScriptedDaemon.start(home.paths, { auto: { hello: () => undefined } });
    const connection = await open({ greetingTimeoutMs: 1 });
    await expect(connection.request('status', {})).rejects.toMatchObject({ reason: 'daemon_unavailable' });
  });

  it('closing sends what was written and ends waiting calls as cancelled', async () => {
    const connection = await open();
    const call = connection.request('status', {});
    const closed = connection.close();
    await expect(call).rejects.toMatchObject({ reason: 'cancelled' });
    await closed;
    await daemon.received('status');
    expect(daemon.methods).toEqual(['hello', 'status']);
  });
});

it('a slow daemon holds a fast client back: what it has not taken waits outside the socket, in order', async () => {
  const connection = await open();
  const greeted = connection.request('status', {});
  const { socket: peer, id } = await daemon.received('status');
  peer.write(encodeLine(success(id, greeting())));
  await greeted;
  peer.pause();
  const body = 'x'.repeat(1024 * 1024);
  const control = new AbortController();
  const numbers = Array.from({ length: 20 }, (_, number) => number);
  const calls = numbers.map((number) =>
    connection.request('tell', { number, body }, number === 19 ? { signal: control.signal } : {}),
  );
  expect(stream.writableLength).toBeLessThan(4 * 1024 * 1024);
  control.abort();
  await expect(calls[19]).rejects.toThrow('abort');
  peer.resume();
  const order: unknown[] = [];
  for (const _ of numbers.slice(0, 19)) {
    const request = await daemon.received('tell');
    order.push(request.params['number']);
    request.answer('taken');
  }
  expect(order).toEqual(numbers.slice(0, 19));
  await expect(Promise.all(calls.slice(0, 19))).resolves.toEqual(order.map(() => 'taken'));
  const last = connection.request('agents', {});
  (await daemon.received('agents')).answer(1);
  await last;
  expect(daemon.methods).not.toContain('cancel');
});
