/** Between two agents (spec 6): tell, ask, reply, read, read-any, peek, channels, history, receipts. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MessageView, Result } from '@lalia/client';
import { Lalia, type Person } from '@lalia/testkit';
import { afterAll, describe, expect, test } from 'vitest';

const lalia = new Lalia();
afterAll(() => lalia[Symbol.asyncDispose]());

interface Received {
  readonly messages: readonly MessageView[];
  readonly remaining: number;
}

/** Two agents of a project of their own. */
async function pair(project: string): Promise<readonly [Person, Person]> {
  const [alice, bob] = await lalia.people(project, 'alice', 'bob');
  if (alice === undefined || bob === undefined) throw new Error('two were asked for');
  return [alice, bob];
}

const bodies = ({
  messages,
}: {
  readonly messages: readonly Pick<Result<'history'>['messages'][number], 'body'>[];
}) => messages.map(({ body }) => body ?? '');

async function receive(reader: Person, ...args: readonly string[]): Promise<string[]> {
  return bodies(await reader.json<Received>([...args, '--timeout', '0']));
}

async function idOf(message: Promise<unknown>): Promise<string> {
  return ((await message) as { readonly id: string }).id;
}

describe.concurrent('tell', () => {
  test('prints conversation, number and id, and where the recipient stands', async () => {
    const [alice, bob] = await pair('standing');
    const { id, seq, duplicate, recipient } = await alice.json<Result<'tell'>>(['tell', 'bob', 'one']);
    expect({ seq, duplicate }).toEqual({ seq: 1, duplicate: false });
    expect(recipient).toMatchObject({ agent: { name: 'bob' }, presence: 'live', unread_before: 0 });
    expect(await alice.says(['tell', 'bob', 'two'])).toMatch(
      /^sent to bob@standing #2 id [0-9A-Z]{26} · bob is live, 1 unread before this\n$/,
    );
    await receive(bob, 'read', 'alice', '--all');
    const reading = await bob.waiting(['read', 'alice']);
    expect(await alice.says(['tell', 'bob', 'three'])).toMatch(/ · bob is listening\n$/);
    expect((await reading.finished).stdout).toContain('| three');
    expect(id).toMatch(/^[0-9A-Z]{26}$/);
  });

  test('marks questions and news, and the reader sees which it is', async () => {
    const [alice, bob] = await pair('marks');
    await alice.says(['tell', 'bob', 'Which port?', '--needs-answer']);
    await alice.says(['tell', 'bob', 'Half done.', '--status']);
    expect(await bob.says(['read', 'alice'])).toMatch(
      /^From agent alice@marks, not from your user \(#1, .*, needs an answer\):\n\| Which port\?\n/,
    );
    expect(await bob.says(['read', 'alice'])).toMatch(/\(#2, .*, status\):\n\| Half done\.\n$/);
  });

  test('takes the text from an argument, from standard input or from a file', async () => {
    const [alice, bob] = await pair('sources');
    const file = join(lalia.folder, 'text.md');
    writeFileSync(file, 'from a file\n');
    await alice.says(['tell', 'bob', 'from an argument']);
    await alice.says(['tell', 'bob', '-'], { input: 'from standard input\n' });
    await alice.says(['tell', 'bob', '--file', file]);
    await alice.says(['tell', 'bob', '--file', '-'], { input: 'from there as well' });
    await alice.says(['tell', 'bob', '--', '--json']);
    await alice.says(['tell', 'bob', '- a list item']);
    expect(await receive(bob, 'read', 'alice', '--all')).toEqual([
      'from an argument',
      'from standard input\n',
      'from a file\n',
      'from there as well',
      '--json',
      '- a list item',
    ]);
  });

  test.each([
    { what: 'no text', args: [] },
    { what: 'text twice', args: ['text', '--file', '/etc/hosts'] },
    { what: 'a file that there is not', args: ['--file', '/nowhere/at/all'] },
    { what: 'a folder for a file', args: ['--file', '/'] },
    { what: 'words without quotes', args: ['several', 'words'] },
    { what: 'an unknown flag', args: ['text', '--urgent'] },
    { what: 'an id that is none', args: ['text', '--id', 'mine'] },
  ])('with $what is refused', async ({ what, args }) => {
    const [alice, bob] = await pair(`refused-${what.replaceAll(' ', '-')}`);
    expect(await alice.refusal(['tell', 'bob', ...args])).toMatchObject({
      exit: 1,
      reason: 'invalid_params',
    });
    expect(await bob.says(['peek'])).toBe('nothing unread\n');
  });

  test('does not go to oneself', async () => {
    const [alice] = await pair('self');
    expect(await alice.refusal(['tell', 'alice', 'x'])).toMatchObject({ exit: 1, reason: 'self_message' });
    expect((await alice.refusal(['ask', 'alice', 'x'])).reason).toBe('self_message');
    expect((await alice.refusal(['read', 'alice', '--timeout', '0'])).reason).toBe('self_message');
  });

  test('with an id is sent once, however often; the id is of no use for anything else', async () => {
    const [alice, bob] = await pair('idempotent');
    await lalia.person('carol', { project: 'idempotent' });
    const id = '01K00000000000000000000000';
    const again = ['tell', 'bob', 'once', '--id', id];
    expect(await alice.json(again)).toMatchObject({ id, seq: 1, duplicate: false });
    expect(await alice.json(again)).toMatchObject({ id, seq: 1, duplicate: true });
    expect(await alice.says(again)).toMatch(/^already sent to bob@idempotent #1 /);
    expect(await receive(bob, 'read', 'alice', '--all')).toEqual(['once']);
    expect(await alice.json(again)).toMatchObject({ seq: 1, duplicate: true });
    expect(await bob.refusal(['read', 'alice', '--timeout', '0'])).toMatchObject({
      exit: 2,
      reason: 'timeout',
    });
    for (const other of [
      ['tell', 'bob', 'twice', '--id', id],
      ['tell', 'carol', 'once', '--id', id],
    ]) {
      expect(await alice.refusal(other)).toMatchObject({ exit: 1, reason: 'id_conflict' });
    }
    expect((await bob.refusal(['tell', 'alice', 'once', '--id', id])).reason).toBe('id_conflict');
  });
});

describe.concurrent('ask', () => {
  test('gives the reply to the question, and leaves older mail unread', async () => {
    const [alice, bob] = await pair('asking');
    await bob.says(['tell', 'alice', 'older']);
    const asking = alice.start(['ask', 'bob', 'Which port?']);
    expect(await bob.says(['read', 'alice'])).toMatch(/#2, .*needs an answer\):\n\| Which port\?\n$/);
    await bob.says(['reply', '8080']);
    const { code, stdout, stderr } = await asking.finished;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^From agent bob@asking, not from your user \(#3, .*, answers [0-9A-Z]{26}\):\n\| 8080\n$/,
    );
    expect(await receive(alice, 'read', 'bob', '--all')).toEqual(['older']);
  });

  test('gives the next message of that peer where nothing replies to the question', async () => {
    const [alice, bob] = await pair('next');
    const carol = await lalia.person('carol', { project: 'next' });
    const asking = await alice.waiting(['ask', 'bob', 'Which port?']);
    await carol.says(['tell', 'alice', 'not for you to wait for']);
    await bob.says(['tell', 'alice', '8080, I think']);
    expect((await asking.finished).stdout).toContain('| 8080, I think');
    expect(await receive(alice, 'read-any')).toEqual(['not for you to wait for']);
  });

  test('two questions to one peer at once get an answer each, in whatever order', async () => {
    const [alice, bob] = await pair('concurrent');
    const first = await alice.waiting(['ask', 'bob', 'first?']);
    const second = alice.start(['ask', 'bob', 'second?']);
    expect(await receiveWithin(bob, 'alice')).toMatchObject({ body: 'first?' });
    const question = await receiveWithin(bob, 'alice');
    const { messages } = await bob.json<Result<'history'>>(['history', 'alice']);
    await bob.says(['reply', 'answer to the second', '--to', question.id]);
    await bob.says(['reply', 'answer to the first', '--to', messages[0]?.id ?? '']);
    expect((await second.finished).stdout).toContain('| answer to the second');
    expect((await first.finished).stdout).toContain('| answer to the first');
    expect(await alice.says(['peek'])).toBe('nothing unread\n');
  });

  async function receiveWithin(reader: Person, from: string): Promise<MessageView> {
    const { messages } = await reader.json<Received>(['read', from]);
    const [message] = messages;
    if (message === undefined) throw new Error('a read gives a message');
    return message;
  }

  test('says at once when the peer is away, as a tell does, and waits all the same', async () => {
    const [alice] = await pair('ask-away');
    expect(await alice.says(['tell', 'human', 'are you there?'])).toMatch(
      / · human is away since (now|\d+[smh] ago)\n$/,
    );
    const asking = alice.start(['ask', 'human', 'May I merge?']);
    await asking.until(({ stderr }) => stderr.includes('\n'));
    expect(asking.stderr).toMatch(/^human is away since .*; waiting for the answer\n$/);
    const human = await lalia.human();
    await human.says(['read', 'alice@ask-away']);
    await human.says(['reply', 'You may.']);
    const { code, stdout } = await asking.finished;
    expect(code).toBe(0);
    expect(stdout).toContain('| You may.');
  });

  test('without an answer in time ends with 2; the question stands, and a late answer is mail', async () => {
    const [alice, bob] = await pair('late');
    const refused = await alice.refusal(['ask', 'bob', 'Anybody?', '--timeout', '0.05']);
    expect(refused).toMatchObject({ exit: 2, reason: 'timeout' });
    expect(refused.retry_hint).toMatch(/do not ask it again/);
    await bob.says(['read', 'alice']);
    await bob.says(['reply', 'Here I am.']);
    const late = await alice.json<Received>(['read', 'bob', '--timeout', '0']);
    expect(late.messages[0]).toMatchObject({ body: 'Here I am.', reply_to: refused.context['question'] });
  });

  test('of somebody who is unregistered meanwhile ends with 3', async () => {
    const [alice] = await pair('ask-unregistered');
    const asking = await alice.waiting(['ask', 'bob', 'Anybody?']);
    await alice.says(['unregister']);
    const { code, stderr } = await asking.finished;
    expect(code).toBe(3);
    expect(stderr).toMatch(/\nreason: unregistered\nhint: .*register again\.\n$/);
  });

  test('a plain read that waits as well does not take the answer away', async () => {
    const [alice, bob] = await pair('both');
    const reading = await alice.waiting(['read', 'bob']);
    const asking = alice.start(['ask', 'bob', 'Which port?']);
    await bob.says(['read', 'alice']);
    await bob.says(['reply', '8080']);
    expect((await asking.finished).stdout).toContain('| 8080');
    await bob.says(['tell', 'alice', 'and a letter']);
    expect((await reading.finished).stdout).toContain('| and a letter');
  });
});

describe.concurrent('reply', () => {
  test('answers what was read last, in its conversation', async () => {
    const [alice, bob] = await pair('replying');
    const carol = await lalia.person('carol', { project: 'replying' });
    await alice.says(['tell', 'bob', 'from alice']);
    const fromCarol = await idOf(carol.json(['tell', 'bob', 'from carol']));
    await bob.says(['read', 'carol']);
    await bob.says(['peek', 'alice']);
    expect(await bob.json(['reply', 'to whom?'])).toMatchObject({ recipient: { agent: { name: 'carol' } } });
    expect((await carol.json<Received>(['read', 'bob'])).messages[0]).toMatchObject({
      body: 'to whom?',
      reply_to: fromCarol,
    });
    await bob.says(['read-any']);
    expect(await bob.json(['reply', 'and now?'])).toMatchObject({ recipient: { agent: { name: 'alice' } } });
  });

  test('with --to answers another message, also one that was answered before', async () => {
    const [alice, bob] = await pair('reply-to');
    const first = await idOf(alice.json(['tell', 'bob', 'first']));
    await alice.says(['tell', 'bob', 'second']);
    await bob.says(['read', 'alice', '--all']);
    for (const text of ['once', 'again']) await bob.says(['reply', text, '--to', first]);
    const { messages } = await alice.json<Received>(['read', 'bob', '--all']);
    expect(messages.map(({ reply_to }) => reply_to)).toEqual([first, first]);
  });

  test('is refused where nothing was read, and for a message of other people', async () => {
    const [alice, bob] = await pair('reply-refused');
    const carol = await lalia.person('carol', { project: 'reply-refused' });
    expect(await carol.refusal(['reply', 'x'])).toMatchObject({ exit: 1, reason: 'nothing_to_reply' });
    const private_ = await idOf(alice.json(['tell', 'bob', 'private']));
    for (const id of [private_, '01ARZ3NDEKTSV4RRFFQ69G5FAV']) {
      expect(await carol.refusal(['reply', 'x', '--to', id])).toMatchObject({
        exit: 5,
        reason: 'message_not_found',
      });
    }
    expect(await bob.json(['peek'])).toMatchObject({ unread: 1 });
  });
});

describe.concurrent('read', () => {
  test('takes the oldest of one peer, says what is left, and never gives one twice', async () => {
    const [alice, bob] = await pair('oldest');
    const carol = await lalia.person('carol', { project: 'oldest' });
    await carol.says(['tell', 'bob', 'from carol']);
    for (const text of ['one', 'two', 'three']) await alice.says(['tell', 'bob', text]);
    expect(await bob.says(['read', 'alice'])).toMatch(/\| one\n\n2 more unread\n$/);
    expect(await bob.json(['read', 'alice'])).toMatchObject({ messages: [{ body: 'two' }], remaining: 1 });
    expect(await receive(bob, 'read', 'alice')).toEqual(['three']);
    expect(await bob.refusal(['read', 'alice', '--timeout', '0'])).toMatchObject({
      exit: 2,
      reason: 'timeout',
    });
    expect(await receive(bob, 'read-any')).toEqual(['from carol']);
  });

  test('takes all with --all, and so many with --max', async () => {
    const [alice, bob] = await pair('many');
    const agent = await alice.sdk();
    for (let count = 1; count <= 7; count += 1) await agent.tell(bob.id, String(count));
    expect(await receive(bob, 'read', 'alice', '--max', '3')).toEqual(['1', '2', '3']);
    expect(await receive(bob, 'read', 'alice', '--all')).toEqual(['4', '5', '6', '7']);
    for (const max of ['0', '-1', '1001', 'many']) {
      expect((await bob.refusal(['read', 'alice', '--max', max])).reason).toBe('invalid_params');
    }
  });

  test('waits for a first message of somebody who has never written', async () => {
    const [alice, bob] = await pair('first-contact');
    const reading = await bob.waiting(['read', 'alice', '--timeout', '300']);
    await alice.says(['tell', 'bob', 'hello']);
    expect(await reading.finished).toMatchObject({ code: 0, stderr: '' });
    expect(reading.stdout).toMatch(
      /^From agent alice@first-contact, not from your user \(#1, now, .*\):\n\| hello\n$/,
    );
  });

  test('ends with 2 when nothing came in time, and says for how long it waited', async () => {
    const [, bob] = await pair('in-vain');
    const { code, stdout, stderr } = await bob.cli(['read', 'alice', '--timeout', '0.05']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: .*0\.05 s\.\nreason: timeout\nhint: .*call again.*\n$/);
    for (const timeout of ['-1', 'soon', '1e3', '100000000', '']) {
      expect((await bob.refusal(['read', 'alice', `--timeout=${timeout}`])).reason).toBe('invalid_params');
    }
  });

  test('of a reader whose output goes nowhere does not count', async () => {
    const [alice, bob] = await pair('unheard');
    await alice.says(['tell', 'bob', 'listen']);
    const reading = bob.start(['read', 'alice']);
    reading.child.stdout?.destroy();
    expect((await reading.finished).code).not.toBe(0);
    expect(await bob.says(['read', 'alice'])).toMatch(/, redelivered\):\n\| listen\n$/);
  });
});

describe.concurrent('read-any and peek', () => {
  test('go through all conversations, oldest first, each message under its source', async () => {
    const [alice, bob] = await pair('anywhere');
    const carol = await lalia.person('carol', { project: 'anywhere' });
    await alice.says(['room', 'create', 'den']);
    await bob.says(['join', 'den']);
    await alice.says(['tell', 'bob', '1']);
    await alice.says(['post', 'den', '2']);
    await carol.says(['tell', 'bob', '3']);
    await alice.says(['tell', 'bob', '4']);

    const sources = [
      'channel alice@anywhere',
      'room den@anywhere',
      'channel carol@anywhere',
      'channel alice@anywhere',
    ];
    const peeked = await bob.says(['peek']);
    expect(peeked).toMatch(/^4 unread messages; still unread after this\n\nchannel alice@anywhere\n/);
    expect(peeked.match(/^(channel|room) .*$/gm)).toEqual(sources);
    expect(await bob.says(['peek', '--max', '1'])).toMatch(/^4 unread messages, the oldest 1 shown; /);
    expect(await bob.json(['peek', 'carol'])).toMatchObject({ unread: 1, messages: [{ body: '3' }] });
    expect(await bob.json(['peek', 'den', '--room'])).toMatchObject({ unread: 1, messages: [{ body: '2' }] });
    for (const [index, source] of sources.entries()) {
      const [first, header, body] = (await bob.says(['read-any'])).split('\n');
      expect([first, body]).toEqual([source, `| ${String(index + 1)}`]);
      expect(header).toMatch(/^From agent /);
    }
    expect((await bob.refusal(['read-any', '--timeout', '0'])).exit).toBe(2);
  });

  test('read-any waits for whoever comes first', async () => {
    const [alice, bob] = await pair('whoever');
    const reading = await bob.waiting(['read-any']);
    await alice.says(['tell', 'bob', 'me']);
    expect((await reading.finished).stdout).toMatch(/^channel alice@whoever\nFrom agent alice@whoever/);
  });
});

describe.concurrent('history and channels', () => {
  test('show both sides, from a number on, and at most so many', async () => {
    const [alice, bob] = await pair('past');
    const [a, b] = [await alice.sdk(), await bob.sdk()];
    for (let count = 1; count <= 3; count += 1) {
      await a.tell(bob.id, `a${String(count)}`);
      await b.tell(alice.id, `b${String(count)}`);
    }
    const past = async (...args: string[]) =>
      bodies(await alice.json<Result<'history'>>(['history', 'bob', ...args]));
    expect(await past()).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3']);
    expect(await past('--since', '4')).toEqual(['a3', 'b3']);
    expect(await past('--limit', '2')).toEqual(['a3', 'b3']);
    expect(await past('--since', '1', '--limit', '2')).toEqual(['b1', 'a2']);
    expect(await past('--since', '6')).toEqual([]);
    const text = await alice.says(['history', 'bob', '--since', '0', '--limit', '2']);
    expect(text).toMatch(
      /^From you, alice@past \(#1, .*\):\n\| a1\n\nFrom agent bob@past, not from your user \(#2, /,
    );
    expect(text).toMatch(/\nthere are later messages: --since 2\n$/);
    expect(await alice.says(['peek'])).toMatch(/^3 unread messages/);
    expect(await alice.json(['channels'])).toMatchObject({
      channels: [{ with: { name: 'bob' }, unread: 3, last_seq: 6 }],
    });
  });

  test('of people who have not talked are empty; of nobody are refused', async () => {
    const [alice] = await pair('silent');
    expect(await alice.says(['history', 'bob'])).toBe('no messages\n');
    expect(await alice.json(['channels'])).toEqual({ channels: [] });
    expect(await alice.refusal(['history', 'nobody'])).toMatchObject({ exit: 5, reason: 'agent_not_found' });
  });

  test('are nobody else’s', async () => {
    const [alice, bob] = await pair('private');
    const carol = await lalia.person('carol', { project: 'private' });
    const secret = 'the password is swordfish';
    const id = await idOf(alice.json(['tell', 'bob', secret]));
    const looks = [
      ['history', 'alice'],
      ['history', 'bob'],
      ['peek'],
      ['peek', 'alice'],
      ['channels'],
      ['rooms'],
      ['agents', '--all', '--wide'],
      ['receipts', 'bob'],
      ['status'],
      ['read', 'alice', '--timeout', '0'],
      ['read-any', '--timeout', '0'],
      ['reply', 'x', '--to', id],
    ];
    for (const args of looks) {
      const [text, json] = await Promise.all([carol.cli(args), carol.cli([...args, '--json'])]);
      expect(text.stdout + text.stderr + json.stdout + json.stderr).not.toMatch(/swordfish/);
    }
    expect(await receive(bob, 'read', 'alice')).toEqual([secret]);
  });
});

describe.concurrent('receipts', () => {
  test('follow a message from accepted over delivered and read to answered', async () => {
    const [alice, bob] = await pair('receipts');
    await alice.says(['tell', 'bob', 'How far\nam I?']);
    const receipts = async () => {
      const found = await alice.json<Result<'receipts'>>(['receipts', 'bob']);
      return found.receipts[0]?.recipients[0];
    };
    expect(await receipts()).toMatchObject({ state: 'accepted', delivered_ts: null, read_ts: null });
    const delivery = await (await bob.sdk()).read({ peer: alice.id });
    expect(await receipts()).toMatchObject({ state: 'delivered', read_ts: null });
    await delivery.release();
    expect(await receipts()).toMatchObject({ state: 'accepted' });
    await bob.says(['read', 'alice']);
    expect(await receipts()).toMatchObject({ state: 'read', answered_ts: null });
    expect(await alice.says(['receipts', 'bob'])).toMatch(
      /^#1 id [0-9A-Z]{26} accepted .*: How far am I\?\n {2}bob@receipts {2}read (now|\d+s ago), delivered (now|\d+s ago)\n$/,
    );
    await bob.says(['reply', 'All the way.']);
    const answered = await receipts();
    expect(answered?.state).toBe('answered');
    for (const ts of [answered?.delivered_ts, answered?.read_ts, answered?.answered_ts])
      expect(ts).toEqual(expect.any(Number));
  });

  test('are of the caller’s own messages alone, the newest so many', async () => {
    const [alice, bob] = await pair('own-receipts');
    const [a, b] = [await alice.sdk(), await bob.sdk()];
    await b.tell(alice.id, 'not mine');
    for (let count = 1; count <= 4; count += 1) await a.tell(bob.id, String(count));
    const { receipts } = await alice.json<Result<'receipts'>>(['receipts', 'bob', '--limit', '3']);
    expect(receipts.map(({ excerpt }) => excerpt).toSorted()).toEqual(['2', '3', '4']);
    expect(await (await lalia.person('carol', { project: 'own-receipts' })).says(['receipts', 'bob'])).toBe(
      'no messages of yours\n',
    );
  });
});

describe.concurrent('promises across a restart', () => {
  test('unread mail, order, ids and the last message read survive the daemon', async () => {
    await using own = new Lalia();
    const [alice, bob] = await own.people('restart', 'alice', 'bob');
    if (alice === undefined || bob === undefined) throw new Error('two were asked for');
    const id = '01K00000000000000000000001';
    await alice.says(['tell', 'bob', 'one', '--id', id]);
    await alice.says(['tell', 'bob', 'two']);
    await bob.says(['read', 'alice']);
    await own.killDaemon();
    expect(await alice.json(['tell', 'bob', 'one', '--id', id])).toMatchObject({ duplicate: true, seq: 1 });
    expect(await bob.json(['reply', 'got one'])).toMatchObject({ seq: 3 });
    expect(await receive(bob, 'read', 'alice', '--all')).toEqual(['two']);
    expect((await alice.json<Received>(['read', 'bob'])).messages[0]).toMatchObject({ reply_to: id });
  });

  test('an answer finds its question although the daemon was killed in between', async () => {
    await using own = new Lalia();
    const [alice, bob] = await own.people('restart', 'alice', 'bob');
    if (alice === undefined || bob === undefined) throw new Error('two were asked for');
    const asking = await alice.waiting(['ask', 'bob', 'Still there?', '--timeout', '300']);
    await own.killDaemon();
    await bob.says(['read', 'alice']);
    await bob.says(['reply', 'Still here.']);
    expect((await asking.finished).stdout).toContain('| Still here.');
  });
});
