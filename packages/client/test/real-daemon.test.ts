/** The SDK against the real daemon, run from its source: what scripted servers can only assume. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Agent,
  type Client,
  captureSession,
  connect,
  type InboxMessage,
  type SessionFacts,
  stopDaemon,
} from '../src/index.ts';

const daemonSource = fileURLToPath(new URL('../../daemon/src/main.ts', import.meta.url));

/** One home for all of them, since starting from source takes long; each has a project of its own. */
let root: string;
let env: Record<string, string>;
let session: SessionFacts;
let client: Client;
let projects = 0;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'r-'));
  env = {
    PATH: process.env['PATH'] ?? '',
    LALIA_HOME: join(root, 'home'),
    LALIA_WORKSPACE: join(root, 'ws'),
    LALIA_DAEMON: daemonSource,
    NODE_OPTIONS: '--conditions=@lalia/source --experimental-strip-types --no-warnings',
    NODE_COMPILE_CACHE: join(root, 'cache'),
  };
});

beforeEach(async () => {
  projects += 1;
  // No anchor: all agents of this file live in one process.
  const captured = captureSession({ cwd: root, env: { LALIA_HARNESS: 'test' } });
  session = { ...captured, anchor: null, project: `project-${String(projects)}` };
  client = await connect({ env });
});

afterEach(async () => {
  await client.close();
});

afterAll(async () => {
  await stopDaemon({ env });
  rmSync(root, { recursive: true, force: true });
});

async function register(name: string): Promise<Agent> {
  const { agent } = await client.register({ name, session });
  return agent;
}

/** Kills the daemon as a crash would, and waits until this client has noticed. */
async function crash(): Promise<void> {
  const gone = new Promise((resolve) => client.on('disconnected', resolve));
  const { pid } = await client.call('status', {});
  process.kill(pid, 'SIGKILL');
  await gone;
}

/** Resolves when an agent waits in a read. */
async function isListening(agent: Agent): Promise<void> {
  const { agents } = await client.call('agents', { agent_id: agent.id });
  if (agents[0]?.presence !== 'listening') return isListening(agent);
}

describe('identity', () => {
  it('is the same agent when it registers again, and another one for another name or project', async () => {
    const first = await client.register({ name: 'alice', session });
    const again = await client.register({ name: 'alice', session, role: 'worker' });
    const other = await client.register({ name: 'alice', session, project: null });
    expect([first.created, again.created, other.created]).toEqual([true, false, true]);
    expect(again.agent.id).toBe(first.agent.id);
    expect(again.agent.info.role).toBe('worker');
    expect(other.agent.id).not.toBe(first.agent.id);
  });

  it('ten sessions that ask for one name at the same instant are one agent', async () => {
    const keysBefore = readdirSync(client.paths.keys).length;
    const results = await Promise.all(
      Array.from({ length: 10 }, () => client.register({ name: 'alice', session })),
    );
    expect(new Set(results.map(({ agent }) => agent.id)).size).toBe(1);
    expect(results.filter(({ created }) => created)).toHaveLength(1);
    // The keys of those that came too late are not left lying about.
    expect(readdirSync(client.paths.keys)).toHaveLength(keysBefore + 1);
  });

  it('is taken up by another client of this machine, and by the human', async () => {
    const alice = await register('alice');
    await using second = await connect({ env });
    const resumed = await second.resume(alice.id);
    const human = await second.resume('human');
    expect([resumed.info.name, human.info.kind]).toEqual(['alice', 'human']);
    await resumed.tell('human', 'hello, person');
    const delivery = await human.read({ peer: alice.id }, { timeoutMs: 0 });
    expect(delivery.messages[0]?.body).toBe('hello, person');
    await delivery.ack();
  });

  it('ends for good when it is unregistered, also for who waits with it', async () => {
    const alice = await register('alice');
    const waiting = alice.inbox().next();
    waiting.catch(() => undefined);
    await isListening(alice);
    await alice.unregister();
    await expect(waiting).rejects.toMatchObject({ reason: 'unregistered', code: 3 });
    await expect(alice.channels()).rejects.toMatchObject({ code: 6 });
    const { agent, created } = await client.register({ name: 'alice', session });
    expect(created).toBe(true);
    expect(agent.id).not.toBe(alice.id);
  });
});

describe('a conversation', () => {
  it('is asked and answered between two agents of one process', async () => {
    const [alice, bob] = [await register('alice'), await register('bob')];
    const bobWorks = (async () => {
      for await (const message of bob.inbox()) {
        await bob.reply(`you said: ${message.body}`, { to: message.id });
        if (message.body === 'last') return message.ack();
      }
    })();
    for (const body of ['first', 'ünd', 'last']) {
      const { delivery } = await alice.ask('bob', body);
      expect(delivery.messages[0]?.body).toBe(`you said: ${body}`);
      await delivery.ack();
    }
    await bobWorks;
    expect((await bob.peek('any')).messages).toEqual([]);
  });

  it('in a room reaches all other members', async () => {
    const [alice, bob] = [await register('alice'), await register('bob')];
    await alice.createRoom('hall', { description: 'all of us' });
    await bob.join('hall');
    await alice.post('hall', 'hello');
    const delivery = await bob.read({ name: 'hall' }, { max: 10, timeoutMs: 0 });
    expect(delivery.messages.map(({ body }) => body)).toEqual(['hello']);
    await delivery.ack();
    expect((await alice.receipts({ room: 'hall' })).receipts[0]?.recipients[0]?.state).toBe('read');
    expect((await bob.history({ room: 'hall' })).messages).toHaveLength(1);
    expect((await bob.participants('hall')).members).toHaveLength(2);
    await bob.leave('hall');
    await expect(bob.post('hall', 'still here?')).rejects.toMatchObject({ reason: 'room_not_found' });
  });
});

describe('a crash of the daemon', () => {
  it('loses nothing that was sent, and interrupts nobody who waits', async () => {
    const [alice, bob] = [await register('alice'), await register('bob')];
    const waiting = bob.read({ peer: 'alice' });
    await isListening(bob);
    await crash();
    await alice.tell('bob', 'after the crash');
    const delivery = await waiting;
    expect(delivery.messages).toMatchObject([{ body: 'after the crash', seq: 1 }]);
    await delivery.ack();
  });

  it('between a delivery and its acknowledgement: it is still acknowledged, and does not come again', async () => {
    const [alice, bob] = [await register('alice'), await register('bob')];
    await alice.tell('bob', 'one');
    const delivery = await bob.read('any');
    await crash();
    await delivery.ack();
    await expect(bob.read('any', { timeoutMs: 0 })).rejects.toMatchObject({ reason: 'timeout' });
  });

  it('while an ask waits: the answer still finds it', async () => {
    const [alice, bob] = [await register('alice'), await register('bob')];
    let sent: () => void;
    const isSent = new Promise<void>((resolve) => {
      sent = resolve;
    });
    const asked = alice.ask('bob', 'why?', { onSent: () => sent() });
    await isSent;
    await isListening(alice);
    await crash();
    const delivery = await bob.read('any');
    await delivery.ack();
    await bob.reply('because');
    const answer = await asked;
    expect(answer.delivery.messages).toMatchObject([{ body: 'because', reply_to: answer.question.id }]);
    await answer.delivery.ack();
  });

  it('in the middle of a stream: the inbox sees every message, in order, and none twice', async () => {
    const [alice, bob] = [await register('alice'), await register('bob')];
    const bodies = Array.from({ length: 20 }, (_, number) => `message ${String(number)}`);
    const seen: string[] = [];
    const read = (async () => {
      for await (const message of bob.inbox()) {
        seen.push(message.body);
        if (seen.length === bodies.length) return message.ack();
      }
    })();
    for (const [number, body] of bodies.entries()) {
      if (number % 10 === 3) await crash();
      await alice.tell('bob', body);
    }
    await read;
    expect(seen).toEqual(bodies);
  });
});

describe('a reader that goes away', () => {
  it('leaves its message unread, in its old place', async () => {
    const [alice, bob] = [await register('alice'), await register('bob')];
    await alice.tell('bob', 'one');
    await alice.tell('bob', 'two');
    await using second = await connect({ env });
    const resumed = await second.resume(bob.id);
    await resumed.read('any');
    await second.close();
    const delivery = await bob.read('any');
    expect(delivery.messages).toMatchObject([{ body: 'one', redelivered: true }]);
    await delivery.ack();
  });

  it('by giving up leaves its place in the queue', async () => {
    const [alice, bob] = [await register('alice'), await register('bob')];
    const control = new AbortController();
    const waiting = bob.read('any', { signal: control.signal });
    await isListening(bob);
    control.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await alice.tell('bob', 'for whoever reads');
    const delivery = await bob.read('any', { timeoutMs: 0 });
    expect(delivery.messages).toMatchObject([{ body: 'for whoever reads', redelivered: false }]);
    await delivery.ack();
  });
});

describe('an orderly stop', () => {
  it('ends a read with daemon_stopping, and the next call starts the daemon again', async () => {
    const [alice, bob] = [await register('alice'), await register('bob')];
    const waiting = bob.read('any');
    waiting.catch(() => undefined);
    await isListening(bob);
    await stopDaemon({ env });
    await expect(waiting).rejects.toMatchObject({ reason: 'daemon_stopping', code: 3 });
    await alice.tell('bob', 'and on');
    const delivery = await bob.read('any');
    expect(delivery.messages[0]?.body).toBe('and on');
    await delivery.ack();
  });

  it('leaves an inbox waiting, which does not start it, for the next daemon', async () => {
    const [alice, bob] = [await register('alice'), await register('bob')];
    const inbox = bob.inbox();
    const next = inbox.next();
    await isListening(bob);
    await stopDaemon({ env });
    expect(existsSync(client.paths.socket)).toBe(false);
    await alice.tell('bob', 'and on');
    const { value } = (await next) as IteratorYieldResult<InboxMessage>;
    expect(value.body).toBe('and on');
    await value.ack();
    await inbox.return?.();
  });
});
