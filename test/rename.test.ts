/** Another name for the same agent (spec 5): what stays, what the transcript says, and where the old name leads. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '@lalia/client';
import { git, Lalia } from '@lalia/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { Crew } from './_crew.ts';

const lalia = new Lalia();
afterAll(() => lalia[Symbol.asyncDispose]());

interface RegistryDocument {
  readonly name: string;
  readonly former_names: readonly string[];
}

function registryOf(agentId: string): RegistryDocument {
  const path = join(lalia.workspace, 'registry', `${agentId}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as RegistryDocument;
}

describe.concurrent('a renamed agent', () => {
  test('keeps its id, its key, its rooms, its channels and its unread mail', async () => {
    const cwd = await lalia.repository('kept');
    const [ann, bob] = [await lalia.person('ann', { cwd }), await lalia.person('bob', { cwd })];
    await ann.says(['room', 'create', 'den']);
    await ann.says(['tell', 'bob', 'from ann']);
    await bob.says(['tell', 'ann', 'unread']);

    expect(await ann.says(['rename', 'anna'])).toBe('ann@kept is anna@kept now\n');
    const { agent } = await ann.json<Result<'identify'>>(['whoami']);
    expect(agent).toMatchObject({ agent_id: ann.id, name: 'anna', unread: 1 });
    const { members } = await ann.json<Result<'participants'>>(['participants', 'den']);
    expect(members.map(({ name }) => name)).toEqual(['anna']);
    expect(await ann.says(['read', 'bob'])).toContain('| unread');
    expect(await ann.json(['history', 'bob'])).toMatchObject({
      messages: [{ seq: 1, from: { name: 'ann' } }, { seq: 2 }],
    });
    expect(await bob.json(['tell', 'anna', 'hello'])).toMatchObject({
      seq: 3,
      recipient: { agent: { agent_id: ann.id } },
    });
    expect(await lalia.json(['register', '--name', 'anna'], { cwd })).toMatchObject({
      created: false,
      agent: { agent_id: ann.id },
    });
  });

  test('keeps its tasks and its list, and the lists name it anew', async () => {
    const crew = await Crew.of(lalia, 'kept-tasks', { slug: 'auth', branch: 'feat-auth', brief: 'Do it.' });
    const wes = await crew.joins('wes');
    await wes.says(['task', 'claim', 'auth']);
    await wes.says(['rename', 'wesley']);
    await crew.supervisor.says(['rename', 'susan']);
    expect(await wes.json(['task', 'list'])).toMatchObject({
      supervisor: { name: 'susan' },
      tasks: [{ slug: 'auth', owner: { agent_id: wes.id, name: 'wesley' } }],
    });
    await wes.says(['task', 'set-status', 'auth', 'ready']);
    await crew.supervisor.says(['task', 'set-status', 'auth', 'merged']);
    await lalia.journaled();
    const list = readFileSync(join(lalia.workspace, 'tasks/kept-tasks/task-list.json'), 'utf8');
    expect(JSON.parse(list)).toMatchObject({
      supervisor: { name: 'susan' },
      tasks: [{ owner: { name: 'wesley' } }],
    });
  });

  test('is in the transcript with all its names, in the folders that there were, and verify is content, also on a clone', async () => {
    const cwd = await lalia.repository('written');
    const [ann, bob] = [await lalia.person('w-ann', { cwd }), await lalia.person('w-bob', { cwd })];
    await ann.says(['room', 'create', 'w-den']);
    await ann.says(['tell', 'w-bob', 'one']);
    await ann.says(['rename', 'w-anna']);
    await ann.says(['tell', 'w-bob', 'two']);
    await ann.says(['rename', 'w-annabel']);
    await bob.says(['tell', 'w-annabel', 'three']);
    await ann.says(['rename', 'w-anna']);
    await ann.says(['post', 'w-den', 'four']);
    await lalia.journaled();

    const folder = 'peers/w-ann--w-bob';
    const files = ['000001-w-ann.md', '000002-w-anna.md', '000003-w-bob.md'];
    for (const file of files) expect(existsSync(join(lalia.workspace, folder, file)), file).toBe(true);
    expect(registryOf(ann.id)).toMatchObject({ name: 'w-anna', former_names: ['w-ann', 'w-annabel'] });
    const members = readFileSync(join(lalia.workspace, 'rooms/w-den/MEMBERS.md'), 'utf8');
    expect(members).toContain(`| w-anna | ${ann.id} |`);
    expect(
      (await git(lalia.workspace, 'log', '--format=%s', `registry/${ann.id}.json`)).split('\n'),
    ).toContain('w-ann is called w-anna now');
    const clone = join(lalia.folder, 'clone-of-written');
    await git(lalia.folder, 'clone', '-q', lalia.workspace, clone);
    for (const where of [lalia.workspace, clone])
      expect(await lalia.cli(['verify', where])).toMatchObject({ code: 0 });
  });

  test('is written with all its names also into a transcript that is made anew', async () => {
    await using own = new Lalia();
    const ann = await own.person('ann', { project: 'anew' });
    await ann.says(['rename', 'anna']);
    await own.json(['stop']);
    const env = { LALIA_WORKSPACE: join(own.folder, 'another') };
    await own.json(['start'], { env });
    await own.journaled();
    const path = join(own.folder, 'another/registry', `${ann.id}.json`);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ name: 'anna', former_names: ['ann'] });
  });

  test('that is called so already stays as it is', async () => {
    const ann = await lalia.person('ann', { project: 'same' });
    expect(await ann.json(['rename', 'ann'])).toMatchObject({ agent: { name: 'ann' }, former_names: [] });
    expect(await ann.says(['rename', 'ann'])).toBe('ann@same is the name already\n');
  });
});

describe.concurrent('a new name', () => {
  test.each([
    { name: 'human', reason: 'name_reserved' },
    { name: 'Lalia', reason: 'name_reserved' },
    { name: 'bob', reason: 'name_taken' },
    { name: 'a--b', reason: 'invalid_params' },
    { name: '', reason: 'invalid_params' },
  ])('"$name" is refused: $reason', async ({ name, reason }) => {
    const [ann] = await lalia.people('refusing', 'ann', 'bob');
    expect(await ann?.refusal(['rename', name])).toMatchObject({ exit: 1, reason });
    expect(await ann?.json(['whoami'])).toMatchObject({ agent: { name: 'ann' } });
  });

  test('is free when it is taken only in another project, or was given up', async () => {
    const [ann] = await lalia.people('free-here', 'ann');
    const [bob] = await lalia.people('free-there', 'bob');
    expect(await ann?.json(['rename', 'bob'])).toMatchObject({ agent: { name: 'bob' } });
    await bob?.says(['rename', 'rob']);
    const heir = await lalia.person('bob', { project: 'free-there' });
    expect(heir.id).not.toBe(bob?.id);
    expect(await bob?.refusal(['rename', 'bob'])).toMatchObject({ reason: 'name_taken' });
  });

  test('is not for the person', async () => {
    expect(await (await lalia.human()).refusal(['rename', 'me'])).toMatchObject({ reason: 'name_reserved' });
  });
});

describe.concurrent('the old name', () => {
  let hinted: Promise<string> | undefined;
  test.each(['ann', 'ann@hinted', 'ann@hinted:main'])(
    '%s leads nowhere, and the hint says the new one',
    async (address) => {
      hinted ??= lalia.person('ann', { project: 'hinted' }).then((ann) => ann.says(['rename', 'anna']));
      await hinted;
      const sender = await lalia.person('bob', { project: 'hinted' });
      expect(await sender.refusal(['tell', address, 'x'])).toMatchObject({
        exit: 5,
        reason: 'agent_not_found',
        retry_hint: 'ann is called anna@hinted now.',
      });
    },
  );

  test('does not become that of a namesake in another project', async () => {
    const [ann, bob] = await lalia.people('namesake-a', 'nina', 'bob');
    await lalia.people('namesake-b', 'nina');
    await ann?.says(['rename', 'ninon']);
    expect(await bob?.refusal(['tell', 'nina', 'x'])).toMatchObject({ reason: 'agent_not_found' });
    expect(await bob?.json(['tell', 'nina@namesake-b', 'x'])).toMatchObject({ seq: 1 });
  });

  test('in LALIA_NAME is an error that says the new one', async () => {
    const cwd = await lalia.repository('variable');
    const ann = await lalia.person('ann', { cwd });
    await ann.says(['rename', 'anna']);
    expect(await lalia.refusal(['peek'], { cwd, env: { LALIA_NAME: 'ann' } })).toMatchObject({
      exit: 6,
      reason: 'not_registered',
      message: 'LALIA_NAME is "ann", and that agent is called anna now.',
      retry_hint: 'Set LALIA_NAME=anna, or use --as anna.',
    });
  });
});
