import { limits } from '@lalia/protocol';
import { expect, test } from 'vitest';
import { OpenedHome, TestHome } from './_home.ts';
import { Hooks } from './_turns.ts';

const NOTHING = { delivery_id: null, messages: [], dropped: [], owed: [] };

test('a turn is handed the mail of all conversations, oldest first, in one delivery that one ack settles', async () => {
  using home = new TestHome();
  await using daemon = await OpenedHome.open(home);
  const hooks = new Hooks(daemon);
  const [ann, bob, eve] = [await daemon.agent('ann'), await daemon.agent('bob'), await daemon.agent('eve')];
  const room = await daemon.room('auth', eve, bob);
  await hooks.tell(ann, bob, 'one');
  await hooks.post(eve, room, 'two');
  await hooks.tell(ann, bob, 'three');

  const handed = await hooks.turn(bob, 'tool');
  expect(handed.messages.map(({ body }) => body)).toEqual(['one', 'two', 'three']);
  expect(handed.more).toEqual({ messages: 0, conversations: 0 });
  await hooks.tell(ann, bob, 'four');
  // Ann's conversation is held until the first delivery is settled.
  expect(await hooks.turn(bob, 'tool')).toMatchObject({
    ...NOTHING,
    more: { messages: 1, conversations: 1 },
  });
  expect(await hooks.ack(bob, handed.delivery_id)).toBe(3);
  expect((await hooks.turn(bob, 'tool')).messages.map(({ body }) => body)).toEqual(['four']);
});

test('what does not fit stays where it is with all that comes after it in its conversation', async () => {
  using home = new TestHome();
  await using daemon = await OpenedHome.open(home);
  const hooks = new Hooks(daemon);
  const [ann, bob, eve] = [await daemon.agent('ann'), await daemon.agent('bob'), await daemon.agent('eve')];
  await hooks.tell(ann, bob, 'first');
  await hooks.tell(ann, bob, 'x'.repeat(200));
  await hooks.tell(ann, bob, 'after the large one');
  await hooks.tell(eve, bob, 'from eve');

  const handed = await hooks.turn(bob, 'prompt', { max_bytes: 100 });
  expect(handed.messages.map(({ body }) => body)).toEqual(['first', 'from eve']);
  expect(handed.more).toEqual({ messages: 2, conversations: 1 });
});

test('each message counts with its frame and each line with its mark, and nothing is handed out for 0 bytes', async () => {
  using home = new TestHome();
  await using daemon = await OpenedHome.open(home);
  const hooks = new Hooks(daemon);
  const [ann, bob] = [await daemon.agent('ann'), await daemon.agent('bob')];
  await hooks.tell(ann, bob, 'a\nb\r\nc');
  const frame = { message_bytes: 10, line_bytes: 2 };
  const bytes = 'a\nb\r\nc'.length + 10 + 3 * 2;
  expect(await hooks.turn(bob, 'tool', { max_bytes: 0 })).toMatchObject(NOTHING);
  expect(await hooks.turn(bob, 'tool', { max_bytes: bytes - 1, frame })).toMatchObject(NOTHING);
  expect((await hooks.turn(bob, 'tool', { max_bytes: bytes, frame })).messages).toHaveLength(1);
});

test('a turn takes nothing from a blocked read of the same agent', async () => {
  using home = new TestHome();
  await using daemon = await OpenedHome.open(home);
  const hooks = new Hooks(daemon);
  const { waiters, store } = daemon.context;
  const [ann, bob] = [await daemon.agent('ann'), await daemon.agent('bob')];
  const { connection, signal } = hooks;
  const bounds = { max: 1, leaseMs: 60_000, timeoutMs: 60_000 };
  const reading = await daemon.run(() => ({
    answer: waiters.wait(
      { agentId: bob.agentId, source: { kind: 'any' }, connection, signal, ...bounds },
      store.commits,
    ),
  }));
  // The turn stands before the message in one group of requests: whoever takes at once would get it.
  const turning = hooks.turn(bob, 'tool');
  await hooks.tell(ann, bob, 'for the reader');
  expect(await turning).toMatchObject(NOTHING);
  expect((await reading.answer).messages.map(({ body }) => body)).toEqual(['for the reader']);
});

test('what was not acknowledged when the connection closes comes again, marked, in its old place', async () => {
  using home = new TestHome();
  await using daemon = await OpenedHome.open(home);
  const hooks = new Hooks(daemon);
  const [ann, bob] = [await daemon.agent('ann'), await daemon.agent('bob')];
  await hooks.tell(ann, bob, 'one');
  await hooks.tell(ann, bob, 'two');
  await hooks.turn(bob, 'stop');
  expect(daemon.context.store.turns.get(bob.agentId)?.state).toBe('working');
  daemon.context.held.connectionClosed(hooks.connection);
  await daemon.context.background.settled();
  // It was to go on for that mail alone.
  expect(daemon.context.store.turns.get(bob.agentId)?.state).toBe('idle');
  const again = await hooks.turn(bob, 'prompt');
  expect(again.messages.map(({ body, redelivered }) => [body, redelivered])).toEqual([
    ['one', true],
    ['two', true],
  ]);
});

test('a question that is owed is recalled at a stop, once it was read, once, and only when that was taken in', async () => {
  using home = new TestHome();
  await using daemon = await OpenedHome.open(home);
  const hooks = new Hooks(daemon);
  const [ann, bob] = [await daemon.agent('ann'), await daemon.agent('bob')];
  const question = await hooks.tell(ann, bob, 'Which port?', { needs_answer: true });
  const mail = await hooks.turn(bob, 'stop');
  expect(mail).toMatchObject({ messages: [{ id: question }], owed: [] });
  await hooks.ack(bob, mail.delivery_id);

  expect(await hooks.turn(bob, 'tool')).toMatchObject(NOTHING);
  expect(await hooks.turn(bob, 'stop', { max_bytes: 0 })).toMatchObject(NOTHING);
  const lost = await hooks.turn(bob, 'stop');
  expect(lost.owed).toMatchObject([{ id: question, excerpt: 'Which port?', state: 'read' }]);
  daemon.context.held.connectionClosed(hooks.connection);
  await daemon.context.background.settled();
  const recalled = await hooks.turn(bob, 'stop');
  expect(recalled.owed).toHaveLength(1);
  expect(await hooks.ack(bob, recalled.delivery_id)).toBe(0);
  expect(await hooks.turn(bob, 'stop')).toMatchObject(NOTHING);
});

test('a room that overflowed says so once with its mail', async () => {
  using home = new TestHome();
  await using daemon = await OpenedHome.open(home);
  const hooks = new Hooks(daemon);
  const [ann, bob] = [await daemon.agent('ann'), await daemon.agent('bob')];
  const room = await daemon.room('auth', ann, bob);
  for (let n = 0; n <= limits.MAX_ROOM_UNREAD; n += 1) await hooks.post(ann, room, String(n));
  const handed = await hooks.turn(bob, 'tool');
  expect(handed.dropped).toMatchObject([{ count: 1, first_seq: 1, last_seq: 1 }]);
  expect(handed.messages).toHaveLength(limits.MAX_ROOM_UNREAD);
});

test('the end of another session changes nothing, and a new session drops the ways to wake the old one', async () => {
  using home = new TestHome();
  await using daemon = await OpenedHome.open(home);
  const hooks = new Hooks(daemon);
  const { turns } = daemon.context.store;
  const bob = await daemon.agent('bob');
  const wake = [{ name: 'bell', program: '/bin/true', args: [], env: {} }];
  await hooks.turn(bob, 'start', { wake });
  const first = turns.get(bob.agentId);
  expect(first).toMatchObject({ state: 'idle', routes: wake, sessionId: 's1' });
  await hooks.turn(bob, 'end', { session_id: 's0' });
  expect(turns.get(bob.agentId)).toEqual(first);
  await hooks.turn(bob, 'prompt', { session_id: 's2' });
  expect(turns.get(bob.agentId)).toMatchObject({ state: 'working', routes: [], sessionId: 's2' });
  await hooks.turn(bob, 'end', { session_id: 's2' });
  expect(turns.get(bob.agentId)).toMatchObject({ state: 'ended', routes: [] });
});

test('status mail alone keeps nobody from stopping: it comes with the next prompt, or with other mail', async () => {
  using home = new TestHome();
  await using daemon = await OpenedHome.open(home);
  const hooks = new Hooks(daemon);
  const [ann, bob] = [await daemon.agent('ann'), await daemon.agent('bob')];
  await hooks.tell(ann, bob, 'half done', { status: true });
  expect(await hooks.turn(bob, 'stop')).toEqual({ ...NOTHING, more: { messages: 0, conversations: 0 } });
  expect(daemon.context.store.turns.get(bob.agentId)?.state).toBe('idle');
  const prompted = await hooks.turn(bob, 'prompt');
  expect(prompted.messages.map(({ body }) => body)).toEqual(['half done']);
  await hooks.ack(bob, prompted.delivery_id);

  await hooks.tell(ann, bob, 'done', { status: true });
  await hooks.tell(ann, bob, 'What next?');
  const stopped = await hooks.turn(bob, 'stop');
  expect(stopped.messages.map(({ body }) => body)).toEqual(['done', 'What next?']);
});
