import { join } from 'node:path';
import type { Result } from '@lalia/client';
import { git, Lalia, type Person } from '@lalia/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OpenedHome } from '../packages/daemon/test/_home.ts';

const OPENED = 'Task auth can be claimed now: lalia task claim auth';
const REASSIGNED = 'Task auth was given to bob. See what is left: lalia task bulletin';

let lalia: Lalia;
let ann: Person;
let bob: Person;

beforeAll(async () => {
  lalia = new Lalia();
  [ann, bob] = (await lalia.people('shop', 'ann', 'bob')) as [Person, Person];
  await ann.says(['room', 'create', 'auth']);
  await bob.says(['join', 'auth']);
  const { room } = await ann.json<Result<'post'>>(['post', 'auth', 'Who takes it?']);
  await bob.says(['read', 'auth', '--room']);
  await lalia.cli(['stop']);
  {
    await using stopped = await OpenedHome.open(lalia);
    const { announcer } = stopped.context;
    await stopped.run(() => {
      announcer.toRoom({ roomId: room.room_id }, OPENED);
      announcer.toAgent(ann.id, REASSIGNED);
    });
  }
});

afterAll(async () => {
  await lalia[Symbol.asyncDispose]();
});

describe('a note of the daemon', () => {
  test('is shown as what it is: from the daemon, by no agent and not by the user', async () => {
    expect(await bob.says(['peek', 'auth', '--room'])).toContain(`| ${OPENED}\n`);
    expect(await bob.says(['read', 'auth', '--room'])).toMatch(
      /^From lalia, the daemon, not from your user \(#2, .*, id \w{26}\):\n\| Task auth can be claimed now: lalia task claim auth\n$/,
    );
    expect(await ann.says(['read', 'lalia'])).toMatch(
      /^From lalia, the daemon, .*\(#1, .*\n\| Task auth was/,
    );
    expect(await ann.says(['read-any'])).toMatch(/^room auth@shop\nFrom lalia, the daemon, /);
    const { messages } = await ann.json<Result<'history'>>(['history', 'auth', '--room']);
    expect(messages.map(({ from }) => from.kind)).toEqual(['agent', 'daemon']);
    expect(await ann.says(['history', 'lalia'])).toContain(`| ${REASSIGNED}\n`);
    expect(await ann.says(['channels'])).toMatch(/^lalia +0 +1 /m);
  });

  test('cannot be answered, and the refusal says where else to write', async () => {
    expect(await bob.refusal(['reply', 'Thanks.'])).toMatchObject({
      exit: 1,
      reason: 'no_mailbox',
      retry_hint: expect.stringContaining('lalia post auth') as string,
    });
    const { messages } = await ann.json<Result<'history'>>(['history', 'lalia']);
    const [note] = messages;
    expect(await ann.refusal(['reply', '--to', String(note?.id), 'Why?'])).toMatchObject({
      exit: 1,
      reason: 'no_mailbox',
      message: 'The message is from lalia, the daemon, which reads no answers.',
    });
    expect(await bob.says(['post', 'auth', 'I take it.'])).toMatch(/^posted to auth@shop #3 /);
  });

  test('is in the transcript as any message, which verifies here and in a clone', async () => {
    await lalia.journaled();
    const clone = join(lalia.folder, 'clone');
    await git(lalia.folder, 'clone', '-q', lalia.workspace, clone);
    expect(await lalia.cli(['verify'])).toMatchObject({ code: 0 });
    expect(await lalia.cli(['verify', clone])).toMatchObject({ code: 0 });
    expect(await git(clone, 'log', '--format=%an %s', '--', 'peers/ann--lalia')).toBe(
      `lalia lalia -> ann 1: ${REASSIGNED.slice(0, 59)}…\n`,
    );
  });
});

describe('the daemon', () => {
  test.each([
    ['tell', 'lalia', 'hello'],
    ['ask', 'lalia', 'are you there?'],
    ['tell', 'lalia@shop', 'hello'],
  ])('cannot be written to: %s %s', async (...line) => {
    expect(await ann.refusal(line)).toMatchObject({
      exit: 1,
      reason: 'no_mailbox',
      message: 'lalia is the daemon, and reads no messages.',
    });
  });

  test('is nobody that one could be', async () => {
    expect(await lalia.refusal(['tell', 'ann', 'hello', '--as', 'lalia'])).toMatchObject({
      exit: 6,
      reason: 'not_registered',
      message: 'Nobody calls as lalia: it is the daemon itself.',
    });
    expect(await lalia.refusal(['whoami'], { env: { LALIA_NAME: 'lalia' } })).toMatchObject({
      exit: 6,
      reason: 'not_registered',
    });
    const { messages } = await ann.json<Result<'history'>>(['history', 'lalia']);
    const daemonId = String(messages[0]?.from.agent_id);
    expect(await lalia.refusal(['rooms', '--as', daemonId])).toMatchObject({ reason: 'not_registered' });
  });

  test('is no agent: not listed, not counted, not suggested', async () => {
    const { agents } = await lalia.json<Result<'agents'>>(['agents', '--all']);
    expect(agents.map(({ name }) => name).sort()).toEqual(['ann', 'bob', 'human']);
    expect(await lalia.json(['status'])).toMatchObject({ agents: 2 });
    expect((await ann.refusal(['tell', 'lalai', 'hello'])).context).toMatchObject({ suggestions: [] });
  });
});
