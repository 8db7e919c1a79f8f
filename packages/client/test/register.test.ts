import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SessionFacts } from '../src/caller.ts';
import type { Client } from '../src/client.ts';
import { ALICE, agentInfo, BOB, giveKey, isSigned, knowsAlice, pair, publicKeyText } from './_agents.ts';
import { clientOf, ownHome, type Received, ScriptedDaemon } from './_scripted-daemon.ts';

let home: ReturnType<typeof ownHome>;
let daemon: ScriptedDaemon;
let client: Client;

beforeEach(async () => {
  home = ownHome();
  daemon = await ScriptedDaemon.start(home.paths, { auto: knowsAlice });
  client = clientOf(home);
});

afterEach(async () => {
  await client.close();
  await daemon.kill();
  home.remove();
});

const session: SessionFacts = {
  envName: null,
  harness: 'codex',
  model: null,
  harnessSession: 'thread-1',
  anchor: { pid: 7, started: '70', kind: 'harness' },
  project: 'shop',
  location: {
    repo_url: null,
    repo_root: '/src/shop-wt',
    main_repo_root: '/src/shop',
    worktree: 'shop-wt',
    worktree_kind: 'secondary',
    branch: 'feat',
    cwd: '/src/shop-wt',
  },
};

const accepted = { agent: agentInfo(), created: true, lease_until: 9 };

/** Answers the look-up with these agents. */
async function known(...agents: ReturnType<typeof agentInfo>[]): Promise<void> {
  (await daemon.received('agents')).answer({ agents });
}

function isUnsigned({ params }: Received): boolean {
  return params.auth === undefined;
}

it('an unknown name is asked for unsigned, and its key read where the daemon put it', async () => {
  const call = client.register({ name: 'alice', session });
  await known();
  const request = await daemon.received('register');
  expect(request.params).toEqual({
    name: 'alice',
    project: 'shop',
    harness: 'codex',
    model: null,
    harness_session: 'thread-1',
    anchor: session.anchor,
    location: session.location,
  });
  giveKey(home.paths.keys);
  request.answer(accepted);
  const { agent, created, leaseUntil } = await call;
  expect({ id: agent.id, created, leaseUntil }).toEqual({ id: ALICE, created: true, leaseUntil: 9 });
  const told = agent.tell('bob', 'hi');
  const tell = await daemon.received('tell');
  expect(isSigned(tell)).toBe(true);
  tell.answer({});
  await told;
});

it('a known name is registered again with its own key', async () => {
  giveKey(home.paths.keys);
  const call = client.register({ name: 'alice', role: 'worker', takeover: true, session });
  await known(agentInfo());
  const request = await daemon.received('register');
  expect(isSigned(request)).toBe(true);
  expect(request.params).toMatchObject({ role: 'worker', takeover: true, auth: { agent_id: ALICE } });
  request.answer({ ...accepted, created: false });
  await expect(call).resolves.toMatchObject({ created: false });
});

it('a known name whose key is not here cannot be taken', async () => {
  const call = client.register({ name: 'alice', session });
  call.catch(() => undefined);
  await known(agentInfo());
  await known(agentInfo());
  await expect(call).rejects.toMatchObject({ reason: 'key_missing', context: { agent_id: ALICE } });
  expect(daemon.methods).not.toContain('register');
});

describe('the same name elsewhere is another agent:', () => {
  it.each([
    ['in another project', agentInfo({ project: 'other' }), 'shop'],
    ['in a project, for one in none', agentInfo({ project: 'other' }), null],
    ['in none, for one in a project', agentInfo({ project: null }), 'shop'],
    ['unregistered', agentInfo({ unregistered_ts: 5 }), 'shop'],
  ])('%s', async (_, other, project) => {
    giveKey(home.paths.keys);
    const call = client.register({ name: 'alice', project, session });
    await known(other, agentInfo({ agent_id: BOB, name: 'bob' }));
    const request = await daemon.received('register');
    expect(isUnsigned(request)).toBe(true);
    expect(request.params['project']).toBe(project);
    request.answer(accepted);
    await expect(call).resolves.toMatchObject({ created: true });
  });
});

describe('two sessions at the same instant', () => {
  it('the one that comes second finds the name known and tries once more, signed', async () => {
    const call = client.register({ name: 'alice', session });
    await known();
    const first = await daemon.received('register');
    giveKey(home.paths.keys);
    first.refuse('bad_signature');
    await known(agentInfo());
    const second = await daemon.received('register');
    expect([isUnsigned(first), isSigned(second)]).toEqual([true, true]);
    second.answer({ ...accepted, created: false });
    await expect(call).resolves.toMatchObject({ created: false });
  });

  it('a refusal that nothing explains is not tried again', async () => {
    const call = client.register({ name: 'alice', session });
    call.catch(() => undefined);
    await known();
    (await daemon.received('register')).refuse('bad_signature');
    await known();
    await expect(call).rejects.toMatchObject({ reason: 'bad_signature' });
  });

  it('an identity that was unregistered meanwhile is made anew', async () => {
    giveKey(home.paths.keys);
    const call = client.register({ name: 'alice', session });
    await known(agentInfo());
    (await daemon.received('register')).refuse('not_registered');
    await known();
    const second = await daemon.received('register');
    expect(isUnsigned(second)).toBe(true);
    second.answer(accepted);
    await expect(call).resolves.toMatchObject({ created: true });
  });

  it('a registration whose answer was lost is found and taken up', async () => {
    const call = client.register({ name: 'alice', session });
    await known();
    const first = await daemon.received('register');
    giveKey(home.paths.keys);
    first.die();
    await known(agentInfo());
    const second = await daemon.received('register');
    expect(isSigned(second)).toBe(true);
    second.answer({ ...accepted, created: false });
    await expect(call).resolves.toMatchObject({ agent: { id: ALICE } });
  });

  it.each(['session_conflict', 'pid_conflict', 'name_reserved'] as const)(
    '%s is told at once',
    async (reason) => {
      const call = client.register({ name: 'alice', session });
      call.catch(() => undefined);
      await known();
      (await daemon.received('register')).refuse(reason);
      await expect(call).rejects.toMatchObject({ reason });
    },
  );
});

it('an embedder that brings its own key leaves none on the disk', async () => {
  const call = client.register({ name: 'alice', session, privateKey: pair.privateKey });
  await known();
  const request = await daemon.received('register');
  expect(request.params['public_key']).toBe(publicKeyText);
  request.answer(accepted);
  const { agent } = await call;
  rmSync(home.paths.keys, { recursive: true, force: true });
  const told = agent.tell('bob', 'hi');
  const tell = await daemon.received('tell');
  expect(isSigned(tell)).toBe(true);
  tell.answer({});
  await told;
});

describe('the name, when none is given', () => {
  it.each([
    ['is what LALIA_NAME says', { ...session, envName: 'zoe' }, undefined, 'zoe'],
    ['is made of harness and worktree', session, undefined, 'codex-shop-wt'],
    ['tells the role, where it is a special one', session, 'worker' as const, 'codex-worker-shop-wt'],
  ])('%s', async (_, facts, role, name) => {
    const call = client.register({ session: facts, role });
    await known();
    giveKey(home.paths.keys);
    const request = await daemon.received('register');
    expect(request.params['name']).toBe(name);
    request.answer(accepted);
    await call;
  });
});

it('an option that does not exist is refused, and nothing is registered', async () => {
  const misspelt = { name: 'alice', session, rol: 'worker' };
  await expect(client.register(misspelt)).rejects.toMatchObject({
    reason: 'invalid_params',
    message: 'register has no option "rol".',
  });
});

it('a name that is none is refused before anybody is asked', async () => {
  await expect(client.register({ name: 'a b', session })).rejects.toMatchObject({
    reason: 'invalid_params',
    message: '"a b" is not a name.',
  });
});
