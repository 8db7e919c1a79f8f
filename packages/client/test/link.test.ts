import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../src/client.ts';
import { clientOf, FakeClock, greeting, ownHome, type Received, ScriptedDaemon } from './_scripted-daemon.ts';

let home: ReturnType<typeof ownHome>;
let daemon: ScriptedDaemon;
let client: Client;

beforeEach(async () => {
  home = ownHome();
  daemon = await ScriptedDaemon.start(home.paths);
  client = clientOf(home);
});

afterEach(async () => {
  await client.close();
  await daemon.kill();
  home.remove();
});

const anyone = { address: 'bob', kind: 'agent', project: null } as const;

describe('a daemon that goes away before it answered', () => {
  it('a question is asked again at the next daemon when the connection is lost', async () => {
    const answer = client.resolve(anyone);
    const first = await daemon.received('resolve');
    first.die();
    const second = await daemon.received('resolve');
    expect(second.params).toEqual(first.params);
    second.answer({ kind: 'agent' });
    await expect(answer).resolves.toEqual({ kind: 'agent' });
  });

  it('a question is asked again once only', async () => {
    const answer = client.resolve(anyone);
    answer.catch(() => undefined);
    (await daemon.received('resolve')).die();
    (await daemon.received('resolve')).die();
    await expect(answer).rejects.toMatchObject({ reason: 'connection_lost' });
    expect(daemon.methods.filter((method) => method === 'resolve')).toHaveLength(2);
  });

  it.each(['read', 'register', 'unregister', 'room_create', 'leave'] as const)(
    '%s is not repeated blindly when the connection is lost: it may have been carried out',
    async (method) => {
      const answer = client.call(method, {} as never);
      answer.catch(() => undefined);
      (await daemon.received(method)).die();
      await expect(answer).rejects.toMatchObject({ reason: 'connection_lost' });
      expect(daemon.methods.filter((name) => name === method)).toHaveLength(1);
    },
  );

  it('what a stopping daemon refused goes to the next one, when the old one is really gone', async () => {
    const answer = client.call('room_create', {} as never);
    const first = await daemon.received('room_create');
    first.refuse('daemon_stopping');
    // It still answers; nothing may be sent to it, nor to a successor that cannot exist yet.
    // Three times there and back: whatever the client would have sent by mistake has arrived by then.
    const probe = clientOf(home);
    for (let i = 0; i < 3; i += 1) {
      const probed = probe.call('status', {});
      (await daemon.received('status')).answer({});
      await probed;
    }
    expect(daemon.methods.filter((method) => method === 'room_create')).toHaveLength(1);
    first.die();
    (await daemon.received('room_create')).answer({ room: {} });
    await expect(answer).resolves.toEqual({ room: {} });
    await probe.close();
  });

  it('a read that an orderly stop ends is over', async () => {
    const answer = client.call('read', {} as never);
    (await daemon.received('read')).refuse('daemon_stopping');
    await expect(answer).rejects.toMatchObject({ reason: 'daemon_stopping', code: 3 });
  });

  it('a read that came to a daemon which was stopping already goes to the next one', async () => {
    await daemon.kill();
    const refuse = (request: Received) => request.refuse('daemon_stopping');
    const stopping = await ScriptedDaemon.start(home.paths, { auto: { hello: refuse } });
    const answer = client.call('read', {} as never);
    (await stopping.received('read')).refuse('daemon_stopping');
    await stopping.kill();
    daemon = await ScriptedDaemon.start(home.paths);
    (await daemon.received('read')).answer('mail');
    await expect(answer).resolves.toBe('mail');
  });

  it('a daemon that dies before it took our hello has carried nothing out: any call goes to the next', async () => {
    await daemon.kill();
    let deaths = 0;
    const hello = (request: Received) => {
      deaths += 1;
      if (deaths <= 3) request.die();
      else request.answer(greeting());
    };
    daemon = await ScriptedDaemon.start(home.paths, { auto: { hello } });
    const clock = new FakeClock();
    await using patient = clientOf(home, clock);
    const answer = patient.call('room_create', {} as never);
    for (let i = 0; i < 3; i += 1) await daemon.received('room_create');
    (await daemon.received('room_create')).answer('made');
    await expect(answer).resolves.toBe('made');
    expect(clock.slept).toEqual([0, 20, 40]);
  });

  it('a daemon that dies each time before it took our hello is given up', async () => {
    await daemon.kill();
    daemon = await ScriptedDaemon.start(home.paths, { auto: { hello: (request) => request.die() } });
    const clock = new FakeClock();
    await using patient = clientOf(home, clock);
    await expect(patient.call('status', {})).rejects.toMatchObject({ reason: 'connection_lost' });
    expect(clock.slept).toHaveLength(30);
  });

  it('a connection that was lost while nothing waited is made anew for the next call', async () => {
    const first = client.resolve(anyone);
    (await daemon.received('resolve')).answer(1);
    await first;
    const gone = new Promise((resolve) => client.on('disconnected', resolve));
    for (const socket of daemon.sockets) socket.destroy();
    await gone;
    const second = client.call('room_create', {} as never);
    (await daemon.received('room_create')).answer(2);
    await expect(second).resolves.toBe(2);
  });

  it('where there is no daemon and none may be started, the call says so', async () => {
    await daemon.kill();
    rmSync(home.paths.socket, { force: true });
    await expect(client.resolve(anyone)).rejects.toMatchObject({ reason: 'daemon_unavailable' });
  });
});

describe('one connection', () => {
  it('is shared by calls that start together', async () => {
    const calls = [client.resolve(anyone), client.call('agents', {}), client.call('status', {})];
    for (const method of ['resolve', 'agents', 'status'] as const)
      (await daemon.received(method)).answer(method);
    await expect(Promise.all(calls)).resolves.toEqual(['resolve', 'agents', 'status']);
    expect(daemon.sockets.size).toBe(1);
    expect(daemon.methods.filter((method) => method === 'hello')).toHaveLength(1);
  });

  it('is announced when the daemon has greeted, and when it is gone', async () => {
    const events: unknown[] = [];
    client.on('connected', (event) => events.push(['connected', event.pid]));
    const gone = new Promise<void>((resolve) => {
      client.on('disconnected', () => {
        events.push(['disconnected']);
        resolve();
      });
    });
    const silent = client.on('disconnected', () => events.push('not any more'));
    silent();
    const call = client.call('status', {});
    const request = await daemon.received('status');
    request.answer({});
    await call;
    request.die();
    await gone;
    expect(events).toEqual([['connected', process.pid], ['disconnected']]);
  });

  it('a client that is closed does not take its daemon for gone', async () => {
    const events: unknown[] = [];
    client.on('disconnected', () => events.push('gone'));
    const call = client.call('status', {});
    (await daemon.received('status')).answer({});
    await call;
    await client.close();
    expect(events).toEqual([]);
  });

  it('closing a client ends what waits, and what is called later, as cancelled', async () => {
    const call = client.call('read', {} as never);
    call.catch(() => undefined);
    await daemon.received('read');
    await client.close();
    await expect(call).rejects.toMatchObject({ reason: 'cancelled' });
    await expect(client.call('status', {})).rejects.toMatchObject({ reason: 'cancelled' });
  });

  it('an aborted call does not end the connection for the others', async () => {
    const control = new AbortController();
    const aborted = client.call('agents', {}, { signal: control.signal });
    const other = client.call('status', {});
    control.abort();
    await expect(aborted).rejects.toThrow('abort');
    (await daemon.received('status')).answer(1);
    await expect(other).resolves.toBe(1);
  });
});

describe('versions', () => {
  it('a daemon of another major protocol is reported, not what it says to the request behind hello', async () => {
    await daemon.kill();
    const refuse = (request: Received) =>
      request.refuse('unsupported_protocol', 'The daemon speaks protocol 2.');
    daemon = await ScriptedDaemon.start(home.paths, {
      auto: { hello: refuse, status: (request) => request.refuse('bad_frame') },
    });
    await expect(client.call('status', {})).rejects.toMatchObject({
      reason: 'unsupported_protocol',
      code: 4,
      message: 'The daemon speaks protocol 2.',
    });
  });

  it('an older daemon is made to hand over, and every call under way is answered by the next one', async () => {
    await daemon.kill();
    const older = await ScriptedDaemon.start(home.paths, { version: '0.0.9' });
    const calls = [client.call('read', {} as never), client.call('agents', {})];
    const stop = await older.received('stop');
    expect(stop.params).toEqual({ reason: 'handover' });
    (await older.received('read')).refuse('daemon_stopping');
    (await older.received('agents')).refuse('unknown_method');
    stop.answer({ pid: 1, backlog: 0 });
    await older.kill();
    daemon = await ScriptedDaemon.start(home.paths);
    (await daemon.received('read')).answer('mail');
    (await daemon.received('agents')).answer('agents');
    await expect(Promise.all(calls)).resolves.toEqual(['mail', 'agents']);
    expect(older.methods.filter((method) => method === 'stop')).toHaveLength(1);
  });

  it('what the older daemon had answered before it went is kept', async () => {
    await daemon.kill();
    const older = await ScriptedDaemon.start(home.paths, { version: '0.0.9' });
    const call = client.call('tell', {} as never);
    (await older.received('tell')).answer('accepted');
    await older.received('stop');
    await older.kill();
    daemon = await ScriptedDaemon.start(home.paths);
    await expect(call).resolves.toBe('accepted');
    expect(daemon.methods).toEqual([]);
  });

  it('a daemon that is still the older one after a handover is used as it is', async () => {
    await daemon.kill();
    const older = await ScriptedDaemon.start(home.paths, { version: '0.0.9' });
    const call = client.call('status', {});
    await older.received('stop');
    await older.kill();
    daemon = await ScriptedDaemon.start(home.paths, { version: '0.0.9' });
    (await daemon.received('status')).answer('old, and good');
    await expect(call).resolves.toBe('old, and good');
    expect(daemon.methods).not.toContain('stop');
  });

  it('a newer daemon serves an older client', async () => {
    await daemon.kill();
    daemon = await ScriptedDaemon.start(home.paths, { version: '99.0.0' });
    const call = client.call('status', {});
    (await daemon.received('status')).answer(1);
    await expect(call).resolves.toBe(1);
    expect(daemon.methods).not.toContain('stop');
  });
});
