/** Questions that cannot be forgotten (spec 6): waiting, resolve, --needs-answer, ask --resume. */
import type { MessageView, Result } from '@lalia/client';
import { Lalia, type Person } from '@lalia/testkit';
import { afterAll, describe, expect, test } from 'vitest';

const lalia = new Lalia();
afterAll(() => lalia[Symbol.asyncDispose]());

type Waiting = Result<'waiting'>;

async function people<N extends readonly string[]>(
  project: string,
  ...names: N
): Promise<{ [K in keyof N]: Person }> {
  return (await lalia.people(project, ...names)) as { [K in keyof N]: Person };
}

async function idOf(message: Promise<unknown>): Promise<string> {
  return ((await message) as { readonly id: string }).id;
}

async function openOf(person: Person): Promise<{ asked: string[]; owed: string[] }> {
  const { asked, owed } = await person.json<Waiting>(['waiting']);
  return { asked: asked.map(({ excerpt }) => excerpt), owed: owed.map(({ excerpt }) => excerpt) };
}

const NOTHING = { asked: [], owed: [] };

describe.concurrent('waiting', () => {
  test('shows both sides of a question, until somebody replies to it; reading closes nothing', async () => {
    const [alice, bob] = await people('both-sides', 'alice', 'bob');
    expect(await alice.says(['waiting'])).toBe('no open questions\n');
    const id = await idOf(alice.json(['tell', 'bob', 'Which port?', '--needs-answer']));
    await alice.says(['tell', 'bob', 'No question.']);
    expect(await alice.says(['waiting'])).toMatch(
      /^1 question of yours without an answer\n#1 to bob@both-sides, (now|\d+s ago), id [0-9A-Z]{26}: Which port\?\n {2}bob@both-sides {2}unread; live\n$/,
    );
    expect(await bob.says(['waiting'])).toMatch(
      /^1 question that you owe an answer\n#1 from agent alice@both-sides, .*, unread, id [0-9A-Z]{26}:\n\| Which port\?\n$/,
    );
    await bob.says(['read', 'alice']);
    expect(await bob.json<Waiting>(['waiting'])).toMatchObject({
      owed: [{ id, seq: 1, state: 'read', from: { name: 'alice' } }],
      owed_count: 1,
    });
    expect(await alice.says(['waiting'])).toMatch(/\n {2}bob@both-sides {2}read .*; live\n$/);
    await bob.says(['tell', 'alice', 'I am looking into it.']);
    expect(await openOf(alice)).toEqual({ asked: ['Which port?'], owed: [] });
    await bob.says(['reply', '8080', '--to', id]);
    expect([await openOf(alice), await openOf(bob)]).toEqual([NOTHING, NOTHING]);
  });

  test('keeps a question over a kill of the daemon, and a reply with a question of its own is the next', async () => {
    await using own = new Lalia();
    const [alice, bob] = await own.people('kept', 'alice', 'bob');
    if (alice === undefined || bob === undefined) throw new Error('two were asked for');
    const id = await idOf(alice.json(['tell', 'bob', 'Tabs?', '--needs-answer']));
    await own.killDaemon();
    expect(await openOf(alice)).toEqual({ asked: ['Tabs?'], owed: [] });
    await bob.says(['reply', 'In Makefiles?', '--to', id, '--needs-answer']);
    await own.killDaemon();
    expect(await openOf(alice)).toEqual({ asked: [], owed: ['In Makefiles?'] });
    expect(await openOf(bob)).toEqual({ asked: ['In Makefiles?'], owed: [] });
  });

  test('in a room is owed by those who were asked, and closed by the reply of any member', async () => {
    const [alice, bob, carol, dave] = await people('room', 'alice', 'bob', 'carol', 'dave');
    await alice.says(['room', 'create', 'hall']);
    await bob.says(['join', 'hall']);
    await carol.says(['join', 'hall']);
    const id = await idOf(alice.json(['post', 'hall', 'Who merges?', '--needs-answer']));
    await dave.says(['join', 'hall']);
    expect(await alice.json<Waiting>(['waiting'])).toMatchObject({
      asked: [{ id, recipients: [{ state: 'accepted' }, { state: 'accepted' }] }],
    });
    expect(await openOf(bob)).toEqual({ asked: [], owed: ['Who merges?'] });
    expect([await openOf(alice), await openOf(dave)]).toEqual([
      { asked: ['Who merges?'], owed: [] },
      NOTHING,
    ]);
    expect(await bob.says(['waiting'])).toContain(' in room hall@room, ');
    await bob.says(['leave', 'hall']);
    expect(await openOf(bob)).toEqual(NOTHING);
    await alice.says(['reply', 'Anybody?', '--to', id]);
    expect(await openOf(carol)).toEqual({ asked: [], owed: ['Who merges?'] });
    await carol.says(['reply', 'I do.', '--to', id]);
    expect([await openOf(alice), await openOf(carol)]).toEqual([NOTHING, NOTHING]);
  });

  test('tells of who was unregistered: their questions are owed no more, and those to them want closing', async () => {
    const [alice, bob, carol] = await people('gone', 'alice', 'bob', 'carol');
    const id = await idOf(alice.json(['tell', 'bob', 'Still there?', '--needs-answer']));
    await bob.says(['tell', 'carol', 'And you?', '--needs-answer']);
    await bob.says(['unregister']);
    expect(await openOf(carol)).toEqual(NOTHING);
    expect(await alice.says(['waiting'])).toMatch(
      /\n {2}bob@gone {2}unregistered .* \(dropped .*\); will not answer: close it with lalia resolve\n$/,
    );
    expect(await alice.says(['resolve', id])).toBe('#1 to bob@gone is closed\n');
    expect(await openOf(alice)).toEqual(NOTHING);
  });
});

describe.concurrent('resolve', () => {
  test('closes a question of one’s own, once', async () => {
    const [alice, bob] = await people('resolve', 'alice', 'bob');
    const id = await idOf(alice.json(['tell', 'bob', 'Which port?', '--needs-answer']));
    expect(await alice.json(['resolve', id])).toMatchObject({ id, seq: 1, closed: true });
    expect([await openOf(alice), await openOf(bob)]).toEqual([NOTHING, NOTHING]);
    expect(await alice.says(['resolve', id])).toBe('#1 to bob@resolve was closed already\n');
  });

  test('is refused for what is no question of one’s own', async () => {
    const [alice, bob] = await people('refused', 'alice', 'bob');
    const plain = await idOf(alice.json(['tell', 'bob', 'Hello.']));
    const question = await idOf(alice.json(['tell', 'bob', 'Well?', '--needs-answer']));
    expect(await alice.refusal(['resolve', plain])).toMatchObject({ exit: 1, reason: 'not_a_question' });
    expect(await alice.refusal(['resolve', 'mine'])).toMatchObject({ exit: 1, reason: 'invalid_params' });
    for (const id of [question, '01ARZ3NDEKTSV4RRFFQ69G5FAV'])
      expect(await bob.refusal(['resolve', id])).toMatchObject({ exit: 5, reason: 'message_not_found' });
    expect(await openOf(alice)).toEqual({ asked: ['Well?'], owed: [] });
  });
});

describe.concurrent('ask', () => {
  test('answered by what is no reply says that the question stays open', async () => {
    const [alice, bob] = await people('no-reply', 'alice', 'bob');
    const asking = await alice.waiting(['ask', 'bob', 'Which port?']);
    await bob.says(['tell', 'alice', '8080, I think']);
    const { code, stdout, stderr } = await asking.finished;
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('| 8080, I think') as string,
    });
    expect(stderr).toMatch(
      /^this is no reply to #1, which stays open; if it answers it: lalia resolve [0-9A-Z]{26}\n$/,
    );
    expect(await openOf(alice)).toEqual({ asked: ['Which port?'], owed: [] });
  });

  test('of an agent that unregisters meanwhile ends with 5, and says so', async () => {
    const [alice, bob] = await people('asked-gone', 'alice', 'bob');
    const asking = await alice.waiting(['ask', 'bob', 'Which port?']);
    await bob.says(['unregister']);
    const { code, stderr } = await asking.finished;
    expect({ code, stderr }).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(
        /^error: bob was unregistered and will not answer\.\nreason: agent_not_found\nhint: .*lalia resolve/,
      ) as string,
    });
    expect(await alice.refusal(['ask', '--resume'])).toMatchObject({
      exit: 5,
      reason: 'agent_not_found',
      message: 'bob was unregistered and will not answer #1.',
    });
  });
});

describe.concurrent('ask --resume', () => {
  test('waits on for the last question, after its asker and the daemon were killed', async () => {
    await using own = new Lalia();
    const [alice, bob] = await own.people('resumed', 'alice', 'bob');
    if (alice === undefined || bob === undefined) throw new Error('two were asked for');
    const asking = await alice.waiting(['ask', 'bob', 'Which port?']);
    asking.kill('SIGKILL');
    await asking.finished;
    await own.killDaemon();
    const resumed = alice.start(['ask', '--resume']);
    await resumed.until(({ stderr }) => stderr.includes('\n'));
    await own.presenceOf(alice.id, 'listening');
    await own.killDaemon();
    await own.presenceOf(alice.id, 'listening');
    await bob.says(['read', 'alice']);
    await bob.says(['reply', '8080']);
    const { code, stdout, stderr } = await resumed.finished;
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^the answer to #1 to bob@resumed, asked .*: Which port\?\n$/) as string,
    });
    expect(stdout).toMatch(/answers [0-9A-Z]{26}\):\n\| 8080\n$/);
    expect(await alice.says(['peek'])).toBe('nothing unread\n');
  });

  test('gives an answer that came meanwhile, and again one that was read', async () => {
    const [alice, bob] = await people('meanwhile', 'alice', 'bob');
    const first = await idOf(alice.json(['tell', 'bob', 'First?', '--needs-answer']));
    const second = await idOf(alice.json(['tell', 'bob', 'Second?', '--needs-answer']));
    await bob.says(['reply', 'to the second', '--to', second]);
    await bob.says(['reply', 'to the first', '--to', first]);
    const answer = async (...args: string[]): Promise<string[]> => {
      const { messages } = await alice.json<{ messages: MessageView[] }>(['ask', '--resume', ...args]);
      return messages.map(({ body }) => body);
    };
    expect(await answer(first)).toEqual(['to the first']);
    expect(await answer(first)).toEqual(['to the first']);
    expect(await answer()).toEqual(['to the second']);
    expect(await alice.says(['peek'])).toBe('nothing unread\n');
  });

  test('without an answer in time ends with 2, and names the question again', async () => {
    const [alice] = await people('resume-late', 'alice', 'bob');
    const id = await idOf(alice.json(['tell', 'bob', 'Anybody?', '--needs-answer']));
    const refused = await alice.refusal(['ask', '--resume', id, '--timeout', '0.05']);
    expect(refused).toMatchObject({ exit: 2, reason: 'timeout', context: { question: id } });
    expect(refused.message).toBe('bob@resume-late has not answered #1 within 0.05 s.');
    expect(refused.retry_hint).toContain(`lalia ask --resume ${id}`);
  });

  test('is refused where there is nothing to wait for', async () => {
    const [alice, bob] = await people('nothing', 'alice', 'bob');
    expect(await alice.refusal(['ask', '--resume'])).toMatchObject({ exit: 5, reason: 'message_not_found' });
    const plain = await idOf(alice.json(['tell', 'bob', 'Hello.']));
    expect((await alice.refusal(['ask', '--resume', plain])).reason).toBe('not_a_question');
    expect((await bob.refusal(['ask', '--resume', plain])).reason).toBe('message_not_found');
    await alice.says(['room', 'create', 'den']);
    const posted = await idOf(alice.json(['post', 'den', 'Well?', '--needs-answer']));
    for (const words of [['bob'], [plain, 'text'], [posted], ['--file', 'x']]) {
      expect((await alice.refusal(['ask', '--resume', ...words])).reason).toBe('invalid_params');
    }
    expect((await alice.refusal(['ask'])).reason).toBe('invalid_params');
  });
});
