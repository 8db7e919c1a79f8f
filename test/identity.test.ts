/** Who is who (spec 5): where an agent is, what it is called, how it is addressed, and what becomes of its identity. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentInfo, Result } from '@lalia/client';
import { becomes, git, Lalia, run } from '@lalia/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const LALIA = join(import.meta.dirname, '../apps/cli/bin/lalia.js');

const lalia = new Lalia();
afterAll(() => lalia[Symbol.asyncDispose]());

type Registered = Result<'register'>;

describe.concurrent('where an agent is', () => {
  interface Place {
    readonly place: string;
    readonly cwd: () => Promise<string>;
    readonly is: Partial<AgentInfo>;
  }

  async function linked(name: string, ...options: string[]): Promise<string> {
    const main = await lalia.repository(name);
    await git(main, 'worktree', 'add', '-q', ...options, `../${name}-linked`);
    return join(lalia.folder, `${name}-linked`);
  }

  const places: readonly Place[] = [
    {
      place: 'a main worktree is named after the last segment of origin',
      cwd: async () => {
        const path = await lalia.repository('checkout-1');
        await git(path, 'remote', 'add', 'origin', 'https://somebody:secret@example.invalid/acme/shop.git');
        return path;
      },
      is: {
        project: 'shop',
        worktree: 'checkout-1',
        worktree_kind: 'main',
        branch: 'main',
        repo_url: 'https://example.invalid/acme/shop.git',
      },
    },
    {
      place: 'an origin in the short form of ssh',
      cwd: async () => {
        const path = await lalia.repository('checkout-2');
        await git(path, 'remote', 'add', 'origin', 'git@example.invalid:pay.git');
        return path;
      },
      is: { project: 'pay', worktree_kind: 'main' },
    },
    {
      place: 'a repository without a remote is named after its folder',
      cwd: () => lalia.repository('lonely'),
      is: { project: 'lonely', worktree_kind: 'main', repo_url: null },
    },
    {
      place: 'a folder deep inside a worktree',
      cwd: async () => {
        const deep = join(await lalia.repository('deep'), 'a/b/c');
        mkdirSync(deep, { recursive: true });
        return deep;
      },
      is: { project: 'deep', worktree: 'deep', worktree_kind: 'main' },
    },
    {
      place: 'a secondary worktree belongs to the project of the main one',
      cwd: () => linked('linked', '-b', 'feat/auth'),
      is: {
        project: 'linked',
        worktree: 'linked-linked',
        worktree_kind: 'secondary',
        branch: 'feat/auth',
        main_repo_root: join(lalia.folder, 'linked'),
      },
    },
    {
      place: 'a worktree without a branch',
      cwd: () => linked('headless', '--detach'),
      is: { project: 'headless', worktree_kind: 'detached', branch: null },
    },
    {
      place: 'a worktree of a bare repository',
      cwd: async () => {
        const main = await lalia.repository('source');
        await git(lalia.folder, 'clone', '-q', '--bare', main, 'bare.git');
        await git(join(lalia.folder, 'bare.git'), 'remote', 'remove', 'origin');
        await git(join(lalia.folder, 'bare.git'), 'worktree', 'add', '-q', '../of-bare', 'main');
        return join(lalia.folder, 'of-bare');
      },
      is: { project: 'bare', worktree: 'of-bare', worktree_kind: 'secondary' },
    },
    {
      place: 'the inside of a bare repository has a project and no worktree',
      cwd: async () => {
        await git(lalia.folder, 'init', '-q', '--bare', 'empty.git');
        return join(lalia.folder, 'empty.git', 'objects');
      },
      is: { project: 'empty', worktree: null, worktree_kind: 'outside' },
    },
    {
      place: 'outside of any repository',
      cwd: () => Promise.resolve(lalia.folder),
      is: { project: null, worktree: null, worktree_kind: 'outside', branch: null },
    },
  ];

  test.each(places)('$place', async ({ cwd, is }) => {
    const path = await cwd();
    const { agent, created } = await lalia.json<Registered>(['register', '--name', 'here'], { cwd: path });
    expect(created).toBe(true);
    expect(agent).toMatchObject({ name: 'here', cwd: path, ...is });
  });

  test('--project names the project, wherever one is', async () => {
    const { agent } = await lalia.json<Registered>(['register', '--name', 'placed', '--project', 'other']);
    expect(agent).toMatchObject({ project: 'other', worktree_kind: 'outside' });
  });
});

describe.concurrent('what an agent is called', () => {
  test.each([
    { of: 'the harness', role: 'peer', folder: 'naming', name: 'codex' },
    { of: 'harness and role', role: 'worker', folder: 'naming', name: 'codex-worker' },
    { of: 'harness and worktree', role: 'peer', folder: 'naming-feat', name: 'codex-naming-feat' },
    { of: 'all three', role: 'supervisor', folder: 'naming-feat', name: 'codex-supervisor-naming-feat' },
  ])('the suggested name is made of $of, and register takes it', async ({ role, folder, name }) => {
    await naming();
    const place = { cwd: join(lalia.folder, folder), env: { LALIA_HARNESS: 'codex' } };
    expect((await lalia.cli(['suggest-name', '--role', role], place)).stdout).toBe(`${name}\n`);
    const { agent } = await lalia.json<Registered>(['register', '--role', role], place);
    expect(agent).toMatchObject({ name, role, project: 'naming', harness: 'codex' });
  });

  let made: Promise<void> | undefined;
  function naming(): Promise<void> {
    made ??= lalia.repository('naming').then(async (path) => {
      await git(path, 'worktree', 'add', '-q', '-b', 'feat', '../naming-feat');
    });
    return made;
  }

  test('LALIA_NAME is the name where none is given, and --name goes before it', async () => {
    const cwd = await lalia.repository('named');
    const env = { LALIA_NAME: 'from-env' };
    expect(await lalia.json(['register'], { cwd, env })).toMatchObject({ agent: { name: 'from-env' } });
    expect(await lalia.json(['register', '--name', 'given'], { cwd, env })).toMatchObject({
      agent: { name: 'given' },
    });
  });

  test('what nobody can find out is recorded as it is told', async () => {
    const flags = ['--harness', 'mine', '--model', 'm-1', '--role', 'supervisor'];
    expect(await lalia.json(['register', '--name', 'teller', ...flags])).toMatchObject({
      agent: { harness: 'mine', model: 'm-1', role: 'supervisor' },
    });
  });

  test.each(['human', 'Human', 'HUMAN', 'lalia', 'Lalia', 'LALIA'])(
    'nobody registers as %s',
    async (name) => {
      expect(await lalia.refusal(['register', '--name', name])).toMatchObject({
        exit: 1,
        reason: 'name_reserved',
      });
    },
  );

  test('two agents may have one name in two projects, and never in one', async () => {
    const [left, right] = await Promise.all(['left', 'right'].map((name) => lalia.repository(name)));
    const first = await lalia.person('claude-code', { cwd: String(left) });
    const second = await lalia.person('claude-code', { cwd: String(right) });
    const again = await lalia.person('claude-code', { cwd: String(left) });
    expect(second.id).not.toBe(first.id);
    expect(again.id).toBe(first.id);
  });
});

describe.concurrent('how an agent is addressed', () => {
  const folder = (name: string): string => join(lalia.folder, name);

  beforeAll(async () => {
    await lalia.repository('addr-a');
    await lalia.repository('addr-b');
    await lalia.repository('addr-c');
    await git(folder('addr-b'), 'worktree', 'add', '-q', '-b', 'feat/x', '../addr-b-feat');
    await lalia.person('sender', { cwd: folder('addr-c') });
    await lalia.person('sender', { cwd: folder('addr-a') });
    await lalia.person('codex', { cwd: folder('addr-a') });
    await lalia.person('codex', { cwd: folder('addr-b-feat') });
    await lalia.person('unique-one', { cwd: folder('addr-b') });
  });

  const tell = (address: string, from: string) =>
    lalia.json<Result<'tell'>>(['tell', '--as', 'sender', address, 'hello'], { cwd: folder(from) });
  const refused = (address: string) =>
    lalia.refusal(['tell', '--as', 'sender', address, 'hello'], { cwd: folder('addr-c') });

  test.each([
    { address: 'codex@addr-a', from: 'addr-c', project: 'addr-a' },
    { address: 'codex@addr-b', from: 'addr-a', project: 'addr-b' },
    { address: 'codex@addr-b:feat/x', from: 'addr-c', project: 'addr-b' },
    { address: 'codex@addr-b:feat/x:addr-b-feat', from: 'addr-c', project: 'addr-b' },
    { address: 'codex@addr-a:main:addr-a', from: 'addr-c', project: 'addr-a' },
    { address: 'codex', from: 'addr-a', project: 'addr-a' },
    { address: 'unique-one', from: 'addr-c', project: 'addr-b' },
  ])('$address, seen from $from, is the one in $project', async ({ address, from, project }) => {
    expect((await tell(address, from)).recipient.agent).toMatchObject({ project });
  });

  test('a ULID is never ambiguous', async () => {
    const { agents } = await lalia.json<Result<'agents'>>(['agents']);
    for (const { agent_id, project, name } of agents.filter((agent) => agent.name === 'codex')) {
      expect((await tell(agent_id, 'addr-c')).recipient.agent).toMatchObject({ agent_id, project, name });
    }
  });

  test('a bare name that several projects have is refused with the names to use instead', async () => {
    const error = await refused('codex');
    expect(error).toMatchObject({ exit: 1, reason: 'ambiguous_address' });
    expect(error.context['candidates']).toEqual(expect.arrayContaining(['codex@addr-a', 'codex@addr-b']));
    expect(error.retry_hint).toContain('codex@addr-a');
  });

  test('of a name that somebody outside of any project has as well, every suggestion leads somewhere', async () => {
    const [outside, inside] = [
      await lalia.person('amphibian'),
      await lalia.person('amphibian', { project: 'addr-water' }),
    ];
    const error = await refused('amphibian');
    expect(error.context['candidates']).toEqual([outside.id, 'amphibian@addr-water']);
    expect((await tell(outside.id, 'addr-c')).recipient.agent.agent_id).toBe(outside.id);
    expect((await tell('amphibian@addr-water', 'addr-c')).recipient.agent.agent_id).toBe(inside.id);
  });

  test.each([
    { address: 'codex@addr-b:main', why: 'on another branch' },
    { address: 'codex@addr-b:feat/x:elsewhere', why: 'in another worktree' },
    { address: 'codex@nowhere', why: 'in a project that there is not' },
    { address: '01ARZ3NDEKTSV4RRFFQ69G5FAV', why: 'by an id of nobody' },
  ])('$address leads nowhere: $why', async ({ address }) => {
    expect(await refused(address)).toMatchObject({ exit: 5, reason: 'agent_not_found' });
  });

  test('an unknown name is refused with the nearest ones', async () => {
    const error = await refused('uniqe-one');
    expect(error).toMatchObject({ exit: 5, reason: 'agent_not_found' });
    expect(error.retry_hint).toContain('unique-one');
    const { code, stderr, stdout } = await lalia.cli(['tell', '--as', 'sender', 'uniqe-one', 'x'], {
      cwd: folder('addr-c'),
    });
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toMatch(
      /^error: .*"uniqe-one".*\nreason: agent_not_found\nhint: Did you mean unique-one@addr-b\?\n$/,
    );
  });

  test.each(['codex@', '@addr-a', 'codex@addr-a:', 'codex@addr-a::wt', 'co dex', '', '../../x', 'a--b'])(
    '"%s" is no address',
    async (address) => {
      expect(await refused(address)).toMatchObject({ exit: 1, reason: 'invalid_params' });
    },
  );
});

describe.concurrent('registering again', () => {
  test('is the same agent: id, key, rooms, unread mail and role stay', async () => {
    const cwd = await lalia.repository('again');
    const [known, friend] = [
      await lalia.person('known', { cwd, role: 'worker' }),
      await lalia.person('friend', { cwd }),
    ];
    await known.says(['room', 'create', 'den']);
    await friend.says(['tell', 'known', 'read me later']);
    const keyBefore = readFileSync(keyFile(known.id));

    const again = await lalia.json<Registered>(['register', '--name', 'known'], { cwd });
    expect(again).toMatchObject({ created: false, agent: { agent_id: known.id, role: 'worker', unread: 1 } });
    expect(readFileSync(keyFile(known.id))).toEqual(keyBefore);
    const { members } = await known.json<Result<'participants'>>(['participants', 'den']);
    expect(members.map(({ agent_id }) => agent_id)).toEqual([known.id]);
    expect(await known.says(['read', 'friend'])).toContain('| read me later');
  });

  test('says so, and how much is unread', async () => {
    const cwd = await lalia.repository('greeted');
    const [one, two] = [await lalia.person('one', { cwd }), await lalia.person('two', { cwd })];
    await two.says(['tell', 'one', 'hello']);
    expect((await lalia.cli(['register', '--name', 'one'], { cwd })).stdout).toBe(
      `welcome back, one@greeted (peer) id ${one.id}; 1 unread message\n`,
    );
  });

  test('gives another role when one is asked for', async () => {
    const cwd = await lalia.repository('promoted');
    const riser = await lalia.person('riser', { cwd });
    expect(await lalia.json(['register', '--name', 'riser', '--role', 'supervisor'], { cwd })).toMatchObject({
      agent: { agent_id: riser.id, role: 'supervisor' },
    });
  });

  test('is refused without the private key, as everything else is', async () => {
    const cwd = await lalia.repository('keyless');
    const [loser, other] = [await lalia.person('loser', { cwd }), await lalia.person('other', { cwd })];
    rmSync(keyFile(loser.id));
    expect(await loser.refusal(['tell', 'other', 'x'])).toMatchObject({ exit: 6, reason: 'key_missing' });
    expect(await lalia.refusal(['register', '--name', 'loser'], { cwd })).toMatchObject({
      exit: 6,
      reason: 'key_missing',
    });
    expect(await other.json(['peek'])).toEqual({ messages: [], unread: 0 });
  });

  test('with the key of somebody else is refused', async () => {
    const cwd = await lalia.repository('swapped');
    const [mine, yours] = [await lalia.person('mine', { cwd }), await lalia.person('yours', { cwd })];
    await run(['cp', keyFile(yours.id), keyFile(mine.id)]);
    expect((await mine.refusal(['tell', 'yours', 'x'])).exit).toBe(6);
    expect((await lalia.refusal(['register', '--name', 'mine'], { cwd })).exit).toBe(6);
  });
});

describe.concurrent('unregistering', () => {
  test('ends an identity for good', async () => {
    const cwd = await lalia.repository('ended');
    const [leaver, friend] = [await lalia.person('leaver', { cwd }), await lalia.person('friend', { cwd })];
    await leaver.says(['room', 'create', 'den']);
    await friend.says(['join', 'den']);
    await leaver.says(['tell', 'friend', 'from the old one']);
    await friend.says(['tell', 'leaver', 'secret for the old one']);
    const blocked = await leaver.waiting(['read', 'den', '--room', '--timeout', '300']);

    expect(await leaver.says(['unregister'])).toBe('unregistered leaver@ended\n');
    const { code, stderr } = await blocked.finished;
    expect(code).toBe(3);
    expect(stderr).toContain('reason: unregistered');
    await becomes(() => !existsSync(keyFile(leaver.id)));
    expect((await leaver.refusal(['peek'])).exit).toBe(6);
    expect(await friend.refusal(['tell', 'leaver', 'x'])).toMatchObject({
      exit: 5,
      reason: 'agent_not_found',
    });
    const { members } = await friend.json<Result<'participants'>>(['participants', 'den']);
    expect(members.map(({ name }) => name)).toEqual(['friend']);

    const heir = await lalia.person('leaver', { cwd });
    expect(heir.id).not.toBe(leaver.id);
    expect(heir.info.unread).toBe(0);
    expect(await heir.json(['peek'])).toEqual({ messages: [], unread: 0 });
    expect(await heir.json(['history', 'friend'])).toMatchObject({ messages: [] });
    expect(await heir.json(['channels'])).toEqual({ channels: [] });
    expect(await heir.refusal(['history', 'den', '--room'])).toMatchObject({
      exit: 5,
      reason: 'room_not_found',
    });
    await friend.says(['tell', 'leaver', 'hello, new one']);
    expect(await heir.json(['read', 'friend'])).toMatchObject({
      messages: [{ seq: 1, body: 'hello, new one' }],
      remaining: 0,
    });
  });

  test('takes an agent off the list; --all still shows it', async () => {
    const goner = await lalia.person('goner', { project: 'gone' });
    await goner.says(['unregister']);
    const names = async (...flags: string[]): Promise<string[]> => {
      const { agents } = await lalia.json<Result<'agents'>>(['agents', ...flags]);
      return agents.filter(({ project }) => project === 'gone').map(({ name }) => name);
    };
    expect(await names()).toEqual([]);
    expect(await names('--all')).toEqual(['goner']);
    expect((await lalia.cli(['agents', '--all'])).stdout).toMatch(/^goner .* unregistered /m);
  });
});

describe.concurrent('the human', () => {
  test('writes and reads from any terminal, without registering', async () => {
    const cwd = await lalia.repository('with-human');
    const agent = await lalia.person('helper', { cwd });
    const human = await lalia.human();
    expect(await agent.json(['tell', 'human', 'Shall I merge?'])).toMatchObject({
      recipient: { agent: { kind: 'human', name: 'human' } },
    });
    expect(await human.says(['read', 'helper@with-human'])).toContain('| Shall I merge?');
    await human.says(['reply', 'Yes.']);
    expect(await agent.says(['read', 'human'])).toMatch(
      /^From human \(the person at this machine\) .*:\n\| Yes\.\n$/,
    );
  });

  test('cannot be unregistered', async () => {
    expect((await (await lalia.human()).refusal(['unregister'])).reason).toBe('name_reserved');
  });
});

describe.concurrent('the list of agents', () => {
  test('groups by repository, main worktree first', async () => {
    const cwd = await lalia.repository('grouped');
    await git(cwd, 'worktree', 'add', '-q', '-b', 'feat', '../grouped-feat');
    await lalia.person('a-linked', { cwd: join(lalia.folder, 'grouped-feat') });
    await lalia.person('z-main', { cwd });
    const { stdout } = await lalia.cli(['agents']);
    const group = stdout
      .slice(stdout.indexOf(`grouped  ${cwd}\n`))
      .split('\n\n', 1)[0]
      ?.split('\n');
    expect(group?.map((line) => line.split(' ', 1)[0])).toEqual(['grouped', 'NAME', 'z-main', 'a-linked']);
    expect(group?.[3]).toMatch(/^a-linked\s+peer\s+feat\s+test\s+live\s+(now|\d+s ago)\s+0$/);
  });

  test('is one list with --flat, and has more columns with --wide', async () => {
    const wide = await lalia.person('flat-one', { project: 'flat', model: 'm-9' });
    const { stdout } = await lalia.cli(['agents', '--flat', '--wide']);
    expect(stdout).toMatch(/^AGENT .* ID .* MODEL .* WORKTREE .* FOLDER$/m);
    expect(stdout).toMatch(new RegExp(`^flat-one@flat .*${wide.id} +m-9 `, 'm'));
  });
});

describe.concurrent('the files of the home', () => {
  test('belong to their owner alone, whatever the umask', async () => {
    await using open = new Lalia();
    const script = 'umask 000; exec "$0" "$1" register --name anybody';
    const { code, stderr } = await run(['sh', '-c', script, process.execPath, LALIA], { env: open.env });
    expect(code, stderr).toBe(0);
    const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
    expect(mode(open.home)).toBe('700');
    const found = readdirSync(open.home, { recursive: true, encoding: 'utf8' });
    expect(found).toEqual(expect.arrayContaining(['sock', 'keys', 'pid', 'lalia.db', 'daemon.log']));
    const modes = found.map((name) => [name, mode(join(open.home, name))]);
    expect(modes.filter(([name, is]) => is !== (name === 'keys' ? '700' : '600'))).toEqual([]);
  });
});

function keyFile(id: string): string {
  return join(lalia.home, 'keys', `${id}.key`);
}
