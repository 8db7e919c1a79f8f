/** The same name and another agent: after an end, in another project, in another session (spec 5). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '@lalia/client';
import { becomes, Lalia, type Person } from '@lalia/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { Crew } from './_crew.ts';

const lalia = new Lalia();
afterAll(() => lalia[Symbol.asyncDispose]());

const keyFile = (id: string): string => join(lalia.home, 'keys', `${id}.key`);

describe.concurrent('whoever registers under the name of an agent that was unregistered', () => {
  test('has another id and another key, and none of its mail, channels, rooms or receipts', async () => {
    const [old, friend] = (await lalia.people('heirs', 'old', 'friend')) as [Person, Person];
    await old.says(['room', 'create', 'den']);
    await friend.says(['join', 'den']);
    await old.says(['post', 'den', 'said in the den']);
    await old.says(['tell', 'friend', 'said by the old one']);
    await friend.says(['tell', 'old', 'unread, for the old one']);
    await friend.says(['post', 'den', 'unread, in the den']);
    const oldKey = readFileSync(keyFile(old.id), 'utf8');
    await old.says(['unregister']);
    await becomes(() => !existsSync(keyFile(old.id)));

    const heir = await lalia.person('old', { project: 'heirs' });
    expect(heir.id).not.toBe(old.id);
    expect(readFileSync(keyFile(heir.id), 'utf8')).not.toBe(oldKey);
    expect(await heir.json(['peek'])).toEqual({ messages: [], unread: 0 });
    expect(await heir.json(['channels'])).toEqual({ channels: [] });
    expect(await heir.json(['history', 'friend'])).toMatchObject({ messages: [] });
    expect(await heir.json(['receipts', 'friend'])).toMatchObject({ receipts: [] });
    expect(await heir.refusal(['reply', 'x'])).toMatchObject({ reason: 'nothing_to_reply' });
    const { rooms } = await heir.json<Result<'rooms'>>(['rooms']);
    expect(rooms.filter(({ joined }) => joined)).toEqual([]);
    expect(await heir.refusal(['history', 'den', '--room'])).toMatchObject({ reason: 'room_not_found' });
    await heir.says(['join', 'den']);
    expect(await heir.json(['peek'])).toEqual({ messages: [], unread: 0 });
  });

  test('has none of its tasks, and does not supervise its list', async () => {
    const crew = await Crew.of(lalia, 'heirs-tasks', { slug: 'auth', branch: 'feat-auth', brief: 'Do it.' });
    const wes = await crew.joins('wes');
    await wes.says(['task', 'claim', 'auth']);
    await wes.says(['unregister']);
    const heir = await crew.joins('wes');
    expect(await heir.json(['task', 'list'])).toMatchObject({ tasks: [{ status: 'open', owner: null }] });
    expect(await heir.refusal(['task', 'release', 'auth'])).toMatchObject({ reason: 'not_owner' });
  });

  test('is not reached by what was signed with the old key, nor by the old id', async () => {
    const [old, friend] = (await lalia.people('heirs-keys', 'old', 'friend')) as [Person, Person];
    const sdk = await old.sdk();
    await old.says(['unregister']);
    const heir = await lalia.person('old', { project: 'heirs-keys' });
    await expect(sdk.tell('friend', 'from beyond')).rejects.toMatchObject({ reason: 'not_registered' });
    expect(await friend.refusal(['tell', old.id, 'x'])).toMatchObject({ reason: 'agent_not_found' });
    expect(await friend.json(['tell', 'old', 'x'])).toMatchObject({
      seq: 1,
      recipient: { agent: { agent_id: heir.id } },
    });
  });

  test('has a transcript of its own beside the old one, and verify is content with both', async () => {
    await using own = new Lalia();
    const [old, friend] = (await own.people('heirs', 'old', 'friend')) as [Person, Person];
    await old.says(['tell', 'friend', 'one']);
    await old.says(['unregister']);
    const heir = await own.person('old', { project: 'heirs' });
    await heir.says(['tell', 'friend', 'one, anew']);
    await own.journaled();
    for (const folder of ['peers/friend--old', 'peers/friend--old~2'])
      expect(existsSync(join(own.workspace, folder, '000001-old.md')), folder).toBe(true);
    expect(await own.cli(['verify'])).toMatchObject({ code: 0 });
    expect(friend.id).not.toBe(heir.id);
  });
});

describe.concurrent('one name in two projects', () => {
  test('is two agents: each has its mail, its rooms and its end', async () => {
    const [here, ann] = (await lalia.people('twin-a', 'twin', 'ann')) as [Person, Person];
    const [there, bea] = (await lalia.people('twin-b', 'twin', 'bea')) as [Person, Person];
    await ann.says(['tell', 'twin', 'for the one in a']);
    await bea.says(['tell', 'twin', 'for the one in b']);
    await bea.says(['tell', 'twin@twin-a', 'from b to a']);
    expect(await here.json(['read', 'ann'])).toMatchObject({ messages: [{ body: 'for the one in a' }] });
    expect(await here.json(['read-any'])).toMatchObject({ messages: [{ body: 'from b to a' }] });
    expect(await there.json(['read-any'])).toMatchObject({ messages: [{ body: 'for the one in b' }] });
    await here.says(['room', 'create', 'den']);
    await there.says(['room', 'create', 'den']);
    await here.says(['tell', 'twin@twin-b', 'namesake']);
    expect(await there.says(['read', 'twin@twin-a'])).toContain('From agent twin@twin-a');

    await here.says(['unregister']);
    expect(await there.json(['whoami'])).toMatchObject({ agent: { agent_id: there.id } });
    expect(await bea.json(['tell', 'twin', 'still there?'])).toMatchObject({
      recipient: { agent: { agent_id: there.id } },
    });
    const { members } = await there.json<Result<'participants'>>(['participants', 'den']);
    expect(members.map(({ agent_id }) => agent_id)).toEqual([there.id]);
    await lalia.journaled();
    expect(await lalia.cli(['verify'])).toMatchObject({ code: 0 });
  });
});

describe.concurrent('register --takeover', () => {
  test('is the same agent in the new session, with its mail, and the old session is nobody', async () => {
    const cwd = await lalia.repository('taken');
    const [first, second] = [await lalia.terminal(), await lalia.terminal()];
    const line = ['register', '--name', 'held', '--json'];
    const made = JSON.parse((await lalia.cliIn(first, line, { cwd })).stdout) as Result<'register'>;
    const { agent_id: id } = made.agent;
    await (await lalia.human()).says(['tell', id, 'kept']);

    const refused = await lalia.cliIn(second, line, { cwd });
    expect(refused.code).toBe(10);
    expect(JSON.parse(refused.stdout)).toMatchObject({
      error: { reason: 'session_conflict', context: { agent: { agent_id: id } } },
    });
    const taken = await lalia.cliIn(second, [...line, '--takeover'], { cwd });
    expect(JSON.parse(taken.stdout)).toMatchObject({ created: false, agent: { agent_id: id, unread: 1 } });
    expect((await lalia.cliIn(second, ['read', 'human'], { cwd })).stdout).toContain('| kept');

    // The terminal that it was taken from is nobody now, and cannot have it back without a word.
    expect(await lalia.cliIn(first, ['peek'], { cwd })).toMatchObject({ code: 6 });
    expect((await lalia.cliIn(first, line, { cwd })).code).toBe(10);
  });

  test('of a name that nobody holds registers it', async () => {
    expect(
      await lalia.json(['register', '--name', 'unheld', '--project', 'taken-new', '--takeover']),
    ).toMatchObject({
      created: true,
      agent: { name: 'unheld' },
    });
  });

  test('does not get round the key', async () => {
    const [mine, yours] = (await lalia.people('taken-key', 'mine', 'yours')) as [Person, Person];
    const client = await lalia.connect();
    const privateKey = Buffer.from(readFileSync(keyFile(yours.id), 'latin1').trim(), 'base64url');
    await expect(
      client.register({ name: 'mine', project: 'taken-key', takeover: true, privateKey }),
    ).rejects.toMatchObject({ reason: 'bad_signature' });
    expect(await mine.json(['whoami'])).toMatchObject({ agent: { agent_id: mine.id } });
  });
});
