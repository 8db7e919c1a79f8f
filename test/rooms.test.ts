/** Rooms (spec 2 and 6): members, posts, overflow, privacy, projects. */
import type { MessageView, Result } from '@lalia/client';
import { Lalia, type Person } from '@lalia/testkit';
import { afterAll, describe, expect, test } from 'vitest';

const lalia = new Lalia();
afterAll(() => lalia[Symbol.asyncDispose]());

interface Received {
  readonly messages: readonly MessageView[];
  readonly dropped: { readonly count: number; readonly first_seq: number; readonly last_seq: number } | null;
  readonly remaining: number;
}

const bodies = ({ messages }: { readonly messages: readonly { readonly body: string | null }[] }) =>
  messages.map(({ body }) => body);

/** Somebody who made a room, and members of it. */
async function room(project: string, ...others: readonly string[]): Promise<readonly [Person, ...Person[]]> {
  const [maker, ...members] = await lalia.people(project, 'maker', ...others);
  if (maker === undefined) throw new Error('one was asked for');
  await maker.says(['room', 'create', 'den', '--desc', 'where we sit']);
  for (const member of members) await (await member.sdk()).join('den');
  return [maker, ...members];
}

function drain(reader: Person): Promise<Received> {
  return reader.json<Received>(['read', 'den', '--timeout', '0']);
}

describe.concurrent('a room', () => {
  test('is made by its first member, joined and left by others', async () => {
    const [alice, bob] = await lalia.people('life', 'alice', 'bob');
    if (alice === undefined || bob === undefined) throw new Error('two were asked for');
    expect(await alice.says(['room', 'create', 'den', '--desc', 'where we sit'])).toBe(
      'created room den@life; you are in it\n',
    );
    expect(await alice.refusal(['room', 'create', 'den'])).toMatchObject({ exit: 1, reason: 'room_exists' });
    expect(await bob.says(['join', 'den'])).toBe('joined room den@life, now with 2 members\n');
    expect(await bob.says(['join', 'den'])).toBe('you are in room den@life already\n');
    expect(await bob.says(['participants', 'den'])).toMatch(/^AGENT .*\nalice@life .*\nbob@life .*\n$/);
    expect(await bob.says(['rooms'])).toMatch(/^den@life +yes +0 +2 +0 +where we sit$/m);
    expect(await alice.says(['leave', 'den'])).toBe('left room den@life\n');
    expect(await alice.says(['rooms'])).toMatch(/^den@life +no +- +1 +0 +where we sit$/m);
    expect(await alice.refusal(['leave', 'den'])).toMatchObject({ exit: 5, reason: 'room_not_found' });
  });

  test('gives what one posts to all others, in order, and not to oneself', async () => {
    const [maker, ann, ben] = await room('posting', 'ann', 'ben');
    expect(await maker.says(['post', 'den', 'one'])).toMatch(
      /^posted to den@posting #1 id [0-9A-Z]{26} · (ann is live; ben is live|ben is live; ann is live)\n$/,
    );
    await ann?.says(['post', 'den', 'two']);
    await maker.says(['post', 'den', 'three']);
    expect(bodies(await drain(maker))).toEqual(['two']);
    expect(await ann?.json(['read', 'den', '--room'])).toMatchObject({ messages: [{ seq: 1 }, { seq: 3 }] });
    expect(await ben?.says(['read', 'den'])).toMatch(
      /^From agent maker@posting, .* \(#1, [\s\S]*\(#2, [\s\S]*\(#3, .*\):\n\| three\n$/,
    );
  });

  test('takes a post to nobody, and says that nobody else is there', async () => {
    const [maker] = await room('alone');
    expect(await maker.says(['post', 'den', 'hello?'])).toMatch(/ · nobody else is in the room\n$/);
    expect((await maker.refusal(['read', 'den', '--timeout', '0'])).exit).toBe(2);
  });

  test('sends once what is posted with an id', async () => {
    const [maker, ann] = await room('once', 'ann');
    const id = '01K00000000000000000000010';
    const post = ['post', 'den', 'once', '--id', id];
    expect(await maker.json(post)).toMatchObject({ seq: 1, duplicate: false });
    expect(await maker.json(post)).toMatchObject({ seq: 1, duplicate: true });
    expect(await maker.says(post)).toMatch(/^already posted to den@once #1 /);
    expect((await maker.refusal(['post', 'den', 'twice', '--id', id])).reason).toBe('id_conflict');
    expect((await maker.refusal(['tell', 'ann', 'once', '--id', id])).reason).toBe('id_conflict');
    expect(bodies(await drain(ann as Person))).toEqual(['once']);
  });

  test('is replied into', async () => {
    const [maker, ann, ben] = await room('replies', 'ann', 'ben');
    const { id } = await maker.json<Result<'post'>>(['post', 'den', 'Who takes it?']);
    await ann?.says(['read', 'den']);
    expect(await ann?.says(['reply', 'I do.'])).toMatch(/^posted to den@replies #2 /);
    expect((await drain(ben as Person)).messages[1]).toMatchObject({ body: 'I do.', reply_to: id });
    const { receipts } = await maker.json<Result<'receipts'>>(['receipts', 'den']);
    const states = receipts[0]?.recipients.map(({ agent, state }) => [agent.name, state]);
    expect(Object.fromEntries(states ?? [])).toEqual({ ann: 'answered', ben: 'read' });
  });

  test('has eight members and no ninth, until one leaves', async () => {
    const [maker, ...others] = await room('full', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
    const ninth = await lalia.person('ninth', { project: 'full' });
    expect(await ninth.refusal(['join', 'den'])).toMatchObject({ exit: 1, reason: 'room_full' });
    expect(await maker.json(['post', 'den', 'all here?'])).toMatchObject({ recipients: { length: 7 } });
    await others.at(-1)?.says(['leave', 'den']);
    expect(await ninth.says(['join', 'den'])).toMatch(/now with 8 members/);
  });

  test('gives nothing old to whoever joins late, but shows it to them', async () => {
    const [maker] = await room('late');
    await maker.says(['post', 'den', 'before you came']);
    const late = await lalia.person('latecomer', { project: 'late' });
    await late.says(['join', 'den']);
    expect((await late.refusal(['read', 'den', '--timeout', '0'])).reason).toBe('timeout');
    expect(bodies(await late.json<Result<'history'>>(['history', 'den']))).toEqual(['before you came']);
  });

  test('takes unread messages away from whoever leaves, and ends their blocked read', async () => {
    const [maker, ann] = await room('leaving', 'ann');
    await maker.says(['post', 'den', 'unread']);
    await ann?.says(['leave', 'den']);
    expect(await ann?.json(['peek'])).toEqual({ messages: [], unread: 0 });
    await ann?.says(['join', 'den']);
    const reading = await ann?.waiting(['read', 'den', '--timeout', '300']);
    await ann?.says(['leave', 'den']);
    expect((await reading?.finished)?.stderr).toContain('You left room den');
    await ann?.says(['join', 'den']);
    expect((await ann?.refusal(['read', 'den', '--timeout', '0']))?.reason).toBe('timeout');
  });

  test.each(['../../x', 'a--b', 'x'.repeat(65), '', '-x', 'ä', 'a b', 'a/b', '.x', 'a@b'])(
    'is not called "%s"',
    async (name) => {
      const [maker] = await lalia.people('room-names', 'maker');
      expect(await maker?.refusal(['room', 'create', '--', name])).toMatchObject({
        exit: 1,
        reason: 'invalid_params',
      });
    },
  );
});

describe.concurrent('a mailbox that overflows', () => {
  test('drops the oldest for that member alone, and tells it once which, and how to see them', async () => {
    const [maker, diligent, lazy] = await room('overflow', 'diligent', 'lazy');
    const posting = await maker.sdk();
    for (let count = 1; count <= 40; count += 1) await posting.post('den', String(count));
    expect(bodies(await drain(diligent as Person))).toHaveLength(40);
    for (let count = 41; count <= 70; count += 1) await posting.post('den', String(count));
    expect((await drain(diligent as Person)).dropped).toBeNull();
    expect(await lazy?.says(['rooms'])).toMatch(/^den@overflow +yes +64 /m);

    const first = (await lazy?.says(['read', 'den', '--max', '2'])) ?? '';
    expect(first).toMatch(
      /^6 messages of room den@overflow \(#1 to #6\) did not fit the mailbox; see: (lalia .*)\n\nFrom agent maker@overflow, .*\(#7, /,
    );
    expect(first).toMatch(/\n62 more unread\n$/);
    const call = /see: lalia (.*)$/m.exec(first)?.[1]?.split(' ') ?? [];
    expect(bodies(await (lazy as Person).json<Result<'history'>>(call))).toEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
    ]);
    const rest = await drain(lazy as Person);
    expect(rest.dropped).toBeNull();
    expect(rest).toMatchObject({ remaining: 0, messages: { length: 62 } });

    const { receipts } = await maker.json<Result<'receipts'>>(['receipts', 'den', '--limit', '70']);
    const states = receipts
      .toSorted((a, b) => a.seq - b.seq)
      .map(({ recipients }) => Object.fromEntries(recipients.map(({ agent, state }) => [agent.name, state])));
    expect(states.slice(0, 6)).toEqual(
      Array.from({ length: 6 }, () => ({ diligent: 'read', lazy: 'dropped' })),
    );
    expect(states.slice(6)).toEqual(Array.from({ length: 64 }, () => ({ diligent: 'read', lazy: 'read' })));
    expect(await maker.says(['receipts', 'den', '--limit', '70'])).toMatch(/^ {2}lazy@overflow +dropped /m);
  });

  test('tells of what was dropped also when it is read from anywhere', async () => {
    const [maker, lazy] = await room('overflow-any', 'lazy');
    const posting = await maker.sdk();
    for (let count = 1; count <= 65; count += 1) await posting.post('den', String(count));
    expect(await lazy?.says(['read-any'])).toMatch(
      /^1 message of room den@overflow-any \(#1\) did not fit the mailbox; see: lalia history den@overflow-any --room --since 0 --limit 1\n\nroom den@overflow-any\n.*\(#2, /,
    );
    expect(await lazy?.says(['read-any'])).toMatch(/^room den@overflow-any\n/);
  });

  test('never drops mail of a channel', async () => {
    const [alice, bob] = await lalia.people('channel-mail', 'alice', 'bob');
    const sending = await alice?.sdk();
    for (let count = 1; count <= 70; count += 1) await sending?.tell('bob', String(count));
    const read = await bob?.json<Received>(['read', 'alice', '--all']);
    expect(read?.messages.map(({ body }) => body)).toEqual(
      Array.from({ length: 70 }, (_, i) => String(i + 1)),
    );
  });
});

describe.concurrent('to whoever is not in it, a room', () => {
  test('does not exist, except in the list, which shows nothing of what is said', async () => {
    const [maker] = await room('secrets', 'ann');
    const stranger = await lalia.person('stranger', { project: 'secrets' });
    const { id } = await maker.json<Result<'post'>>(['post', 'den', 'the password is swordfish']);
    for (const args of [
      ['post', 'den', 'x'],
      ['read', 'den', '--room', '--timeout', '0'],
      ['peek', 'den', '--room'],
      ['history', 'den', '--room'],
      ['receipts', 'den', '--room'],
      ['participants', 'den'],
      ['leave', 'den'],
    ]) {
      const refused = await stranger.refusal(args);
      expect(refused, args.join(' ')).toMatchObject({ exit: 5, reason: 'room_not_found' });
      expect(JSON.stringify(refused)).not.toMatch(/swordfish/);
    }
    expect((await stranger.refusal(['reply', 'x', '--to', id])).reason).toBe('message_not_found');
    const { rooms } = await stranger.json<Result<'rooms'>>(['rooms']);
    const [listed] = rooms.filter(({ project }) => project === 'secrets');
    expect(listed).toMatchObject({ name: 'den', members: 2, messages: 1, joined: false, unread: 0 });
    expect(JSON.stringify(rooms) + (await stranger.says(['rooms']))).not.toMatch(/swordfish|password/);
  });

  test('that there is not is refused with the nearest names, those of the own project first', async () => {
    const [maker] = await room('nearest');
    const refused = await maker.refusal(['post', 'dne', 'x']);
    expect(refused).toMatchObject({ exit: 5, reason: 'room_not_found' });
    expect(refused.retry_hint).toMatch(/^Did you mean den( or |\?)/);
  });
});

describe.concurrent('a room belongs to its project', () => {
  test('so one name may be two rooms; from outside it is named with the project', async () => {
    const [left, right] = [await room('side-a'), await room('side-b')];
    const outsider = await lalia.person('outsider', { project: 'side-c' });
    await left[0].says(['post', 'den', 'in a']);
    await right[0].says(['post', 'den', 'in b']);
    expect((await outsider.refusal(['join', 'den'])).reason).toBe('ambiguous_address');
    expect(await outsider.says(['join', 'den@side-b'])).toMatch(/^joined room den@side-b/);
    expect(bodies(await outsider.json<Result<'history'>>(['history', 'den@side-b']))).toEqual(['in b']);
    expect((await outsider.refusal(['history', 'den@side-a'])).reason).toBe('room_not_found');
    await right[0].says(['post', 'den', 'for the guest']);
    expect(await outsider.says(['read', 'den@side-b', '--room'])).toContain('| for the guest');
    expect((await left[0].refusal(['read', 'den', '--timeout', '0'])).exit).toBe(2);
  });

  test('and an agent of the same name is told from it by --room', async () => {
    const [maker, ann] = await room('namesakes', 'ann');
    const agentDen = await lalia.person('den', { project: 'namesakes' });
    await ann?.says(['post', 'den', 'from the room']);
    await agentDen.says(['tell', 'maker', 'from the agent']);
    expect(await maker.says(['read', 'den'])).toContain('| from the agent');
    expect(await maker.says(['read', 'den', '--room'])).toContain('| from the room');
    expect(await maker.says(['tell', 'den', 'to the agent'])).toMatch(/^sent to den@namesakes/);
    expect(await maker.says(['post', 'den', 'to the room'])).toMatch(/^posted to den@namesakes/);
  });
});
