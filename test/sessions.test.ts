/**
 * Who is calling, and which session holds an identity (spec 5). Terminals and harness processes are real ones here,
 * each with nothing of the tests above it.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Result } from '@lalia/client';
import { becomes, type Finished, git, Lalia, type Session } from '@lalia/testkit';
import { afterAll, describe, expect, test } from 'vitest';

const lalia = new Lalia();
afterAll(() => lalia[Symbol.asyncDispose]());

/** What a harness gives the commands that it runs. */
function claude(session: string): NodeJS.ProcessEnv {
  return { LALIA_HARNESS: '', CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: session };
}

function expectRefusal({ code, stdout }: Finished, exit: number, reason: string): void {
  expect({ code, stdout: JSON.parse(stdout) as unknown }).toMatchObject({
    code: exit,
    stdout: { error: { code: exit, reason } },
  });
}

function documentOf<T>({ code, stdout, stderr }: Finished): T {
  expect(code, stdout + stderr).toBe(0);
  return JSON.parse(stdout) as T;
}

describe.concurrent('who is calling', () => {
  test('is looked for in the order of the steps: as, LALIA_NAME, harness session, anchor, worktree', async () => {
    const [home, elsewhere] = [await lalia.repository('steps'), await lalia.repository('steps-elsewhere')];
    const terminal = await lalia.terminal();
    const register = (name: string) => ['register', '--name', name, '--project', 'steps'];
    await lalia.json(register('by-as'), { cwd: elsewhere });
    await lalia.json(register('by-name'), { cwd: elsewhere });
    await lalia.json(register('by-session'), { cwd: elsewhere, env: claude('steps-1') });
    await lalia.cliIn(terminal, register('by-anchor'), { cwd: elsewhere });
    await lalia.json(register('by-worktree'), { cwd: home });

    const inTerminal = (args: readonly string[], env: NodeJS.ProcessEnv) =>
      lalia.cliIn(terminal, args, { cwd: home, env });
    const outside = (args: readonly string[]) => lalia.cli(args, { cwd: home });
    const who = (answer: Finished) => documentOf<Result<'identify'>>(answer);
    const session = claude('steps-1');
    const rows = [
      [
        await inTerminal(['whoami', '--json', '--as', 'by-as'], { ...session, LALIA_NAME: 'by-name' }),
        'by-as',
        'as',
      ],
      [await inTerminal(['whoami', '--json'], { ...session, LALIA_NAME: 'by-name' }), 'by-name', 'env_name'],
      [await inTerminal(['whoami', '--json'], session), 'by-session', 'harness_session'],
      [await inTerminal(['whoami', '--json'], {}), 'by-anchor', 'anchor'],
      [await outside(['whoami', '--json']), 'by-worktree', 'worktree'],
    ] as const;
    for (const [answer, name, how] of rows) expect(who(answer)).toMatchObject({ agent: { name }, how });
    expect((await inTerminal(['whoami'], {})).stdout).toMatch(/^because +registered in this terminal/m);
  });

  test('two terminals in one repository are two agents, and neither says who it is', async () => {
    const cwd = await lalia.repository('terminals');
    const [left, right] = [await lalia.terminal(), await lalia.terminal()];
    await lalia.cliIn(left, ['register', '--name', 'left'], { cwd });
    await lalia.cliIn(right, ['register', '--name', 'right'], { cwd });
    expect((await lalia.cliIn(left, ['tell', 'right', 'hello'], { cwd })).stdout).toMatch(
      /^sent to right@terminals #1 /,
    );
    expect((await lalia.cliIn(right, ['read', 'left'], { cwd })).stdout).toContain(
      'From agent left@terminals, not from your user',
    );
    await lalia.cliIn(right, ['reply', 'hello yourself'], { cwd });
    expect((await lalia.cliIn(left, ['read-any'], { cwd })).stdout).toContain('| hello yourself');
  });

  test('several in one terminal have to be told apart with --as', async () => {
    const terminal = await lalia.terminal();
    for (const name of ['first', 'second']) {
      const registered = await lalia.cliIn(terminal, ['register', '--name', name, '--project', 'several']);
      expect(registered.code).toBe(0);
    }
    const refused = await lalia.cliIn(terminal, ['peek', '--json']);
    expectRefusal(refused, 1, 'ambiguous_caller');
    expect(refused.stdout).toContain('"choices":["first@several","second@several"]');
    expect((await lalia.cliIn(terminal, ['peek', '--as', 'second@several'])).stdout).toBe('nothing unread\n');
  });

  test('several in one worktree have to be told apart with --as', async () => {
    const cwd = await lalia.repository('crowded');
    await lalia.person('one', { cwd });
    await lalia.person('two', { cwd });
    const refused = await lalia.refusal(['peek'], { cwd });
    expect(refused).toMatchObject({ exit: 1, reason: 'ambiguous_caller' });
    expect(refused.context['choices']).toEqual(['one@crowded', 'two@crowded']);
    expect(refused.retry_hint).toContain('--as NAME');
  });

  test('an agent in another worktree of the repository is not taken for the caller', async () => {
    const cwd = await lalia.repository('trees');
    await git(cwd, 'worktree', 'add', '-q', '-b', 'feat', '../trees-feat');
    await lalia.person('in-feat', { cwd: join(lalia.folder, 'trees-feat') });
    const refused = await lalia.refusal(['peek'], { cwd });
    expect(refused).toMatchObject({ exit: 6, reason: 'not_registered' });
    expect(refused.context['choices']).toEqual(['in-feat']);
  });

  test('another session of a harness in the same worktree is nobody until it registers', async () => {
    const cwd = await lalia.repository('sessions');
    await lalia.json(['register', '--name', 'one'], { cwd, env: claude('sessions-1') });
    expect(await lalia.refusal(['peek'], { cwd, env: claude('sessions-2') })).toMatchObject({
      exit: 6,
      reason: 'not_registered',
    });
    await lalia.json(['register', '--name', 'two'], { cwd, env: claude('sessions-2') });
    for (const [session, name] of [
      ['sessions-1', 'one'],
      ['sessions-2', 'two'],
    ] as const) {
      expect(await lalia.json(['whoami'], { cwd, env: claude(session) })).toMatchObject({ agent: { name } });
    }
  });

  test('a LALIA_NAME that nobody has is an error, and not somebody else', async () => {
    const cwd = await lalia.repository('misnamed');
    await lalia.person('only', { cwd });
    expect(await lalia.refusal(['whoami'], { cwd, env: { LALIA_NAME: 'nobody' } })).toMatchObject({
      exit: 6,
      reason: 'not_registered',
    });
  });

  test('whoever is unregistered is not taken for the caller any more', async () => {
    const cwd = await lalia.repository('emptied');
    const goner = await lalia.person('goner', { cwd });
    expect(await lalia.json(['whoami'], { cwd })).toMatchObject({ agent: { name: 'goner' } });
    await goner.says(['unregister']);
    expect((await lalia.refusal(['whoami'], { cwd })).reason).toBe('not_registered');
  });
});

describe.concurrent('a session holds its identity', () => {
  async function twoTerminals(): Promise<readonly [Session, Session]> {
    return [await lalia.terminal(), await lalia.terminal()];
  }

  test('while it lives, another one is refused it; after its end the next one has it', async () => {
    const [first, second] = await twoTerminals();
    const args = ['register', '--name', 'held', '--project', 'held', '--json'];
    const { agent } = documentOf<Result<'register'>>(await lalia.cliIn(first, args));
    const refused = await lalia.cliIn(second, args);
    expectRefusal(refused, 10, 'session_conflict');
    expect(refused.stdout).toContain(`"pid":${String(first.pid)}`);
    expect(documentOf(await lalia.cliIn(first, args))).toMatchObject({ created: false });

    await first.end();
    await lalia.presenceOf(agent.agent_id, 'away');
    expect(documentOf(await lalia.cliIn(second, args))).toMatchObject({
      created: false,
      agent: { agent_id: agent.agent_id, presence: 'live' },
    });
  });

  test('--takeover takes it at once, and lets the other one’s blocked read go', async () => {
    const [first, second] = await twoTerminals();
    const args = ['register', '--name', 'taken', '--project', 'taken', '--json'];
    const { agent } = documentOf<Result<'register'>>(await lalia.cliIn(first, args));
    const blocked = lalia.cliIn(first, ['read-any', '--timeout', '300', '--json']);
    await lalia.presenceOf(agent.agent_id, 'listening');
    const taken = await lalia.cliIn(second, [...args, '--takeover']);
    expect(documentOf(taken)).toMatchObject({ created: false, agent: { agent_id: agent.agent_id } });
    expectRefusal(await blocked, 3, 'lease_expired');
    expect((await lalia.cliIn(second, ['whoami'])).stdout).toMatch(/^you are +taken@taken$/m);
    expect((await lalia.cliIn(first, ['whoami'])).code).toBe(6);
  });

  test('a harness process holds one identity; unregistering frees it', async () => {
    const harness = await lalia.harness('claude', claude('one-identity'));
    const register = (name: string) =>
      lalia.cliIn(harness, ['register', '--name', name, '--project', 'harnessed', '--json']);
    documentOf(await register('alpha'));
    const refused = await register('beta');
    expectRefusal(refused, 9, 'pid_conflict');
    expect(refused.stdout).toContain('alpha');
    expect((await lalia.cliIn(harness, ['unregister'])).code).toBe(0);
    expect(documentOf(await register('beta'))).toMatchObject({ created: true, agent: { name: 'beta' } });
  });

  test('what a harness is, is recorded', async () => {
    const harness = await lalia.harness('claude', claude('recorded'));
    expect(
      documentOf(await lalia.cliIn(harness, ['register', '--project', 'recorded', '--json'])),
    ).toMatchObject({
      agent: { name: 'claude-code', harness: 'claude-code', presence: 'live' },
    });
  });
});

describe.concurrent('presence', () => {
  test('is live, listening while a read waits, live again, and away when the terminal is closed', async () => {
    const terminal = await lalia.terminal();
    const register = ['register', '--name', 'watched', '--project', 'presence', '--json'];
    const { agent } = documentOf<Result<'register'>>(await lalia.cliIn(terminal, register));
    const presence = async () => {
      const { agents } = await lalia.json<Result<'agents'>>(['agents']);
      return agents.find(({ agent_id }) => agent_id === agent.agent_id)?.presence;
    };
    expect(await presence()).toBe('live');
    const friend = await lalia.person('friend', { project: 'presence' });
    const reading = lalia.cliIn(terminal, ['read', 'friend', '--timeout', '300']);
    await lalia.presenceOf(agent.agent_id, 'listening');
    expect(await presence()).toBe('listening');
    expect(await friend.says(['tell', 'watched', 'one'])).toMatch(/ · watched is listening\n$/);
    expect((await reading).stdout).toContain('| one');
    await lalia.presenceOf(agent.agent_id, 'live');

    await terminal.end();
    await lalia.presenceOf(agent.agent_id, 'away');
    expect(await friend.says(['tell', 'watched', 'two'])).toMatch(
      / · watched is away since (now|\d+s ago)\n$/,
    );
    expect(await friend.says(['tell', 'watched', 'three'])).toMatch(/(now|ago), 1 unread before this\n$/);
    const next = await lalia.terminal();
    expect(documentOf(await lalia.cliIn(next, register))).toMatchObject({ agent: { unread: 2 } });
    expect((await lalia.cliIn(next, ['read', 'friend'])).stdout).toContain('| two');
  });

  test('a read that waits for an agent whose session is over ends with 3', async () => {
    const terminal = await lalia.terminal();
    const register = ['register', '--name', 'orphan', '--project', 'orphan', '--json'];
    const { agent } = documentOf<Result<'register'>>(await lalia.cliIn(terminal, register));
    // From outside of the terminal, so that it outlives it.
    const reading = lalia.start(['read-any', '--timeout', '300', '--as', agent.agent_id]);
    await lalia.presenceOf(agent.agent_id, 'listening');
    await terminal.end();
    const { code, stderr } = await reading.finished;
    expect(code).toBe(3);
    expect(stderr).toContain('reason: lease_expired');
  });

  test('is away when the lease is over, keeps everything, and is live again with the next command', async () => {
    await using own = new Lalia();
    const [sleeper, friend] = await own.people('shop', 'sleeper', 'friend');
    await sleeper?.says(['room', 'create', 'den']);
    await own.json(['stop']);
    // An hour passes.
    const database = new DatabaseSync(join(own.home, 'lalia.db'));
    database.exec(`UPDATE agents SET lease_until_ms = 1, last_seen_ms = 1 WHERE name = 'sleeper'`);
    database.close();
    expect(await friend?.json(['tell', 'sleeper', 'wake up'])).toMatchObject({
      recipient: { presence: 'away', away_since: 1 },
    });
    expect((await own.cli(['agents'])).stdout).toMatch(/^sleeper +peer .* away +\d+d ago +1$/m);
    expect(await sleeper?.json(['rooms'])).toMatchObject({ rooms: [{ joined: true }] });
    expect((await own.cli(['agents'])).stdout).toMatch(/^sleeper +peer .* live /m);
    expect(await sleeper?.says(['read', 'friend'])).toContain('| wake up');
  });

  test('every command renews the lease, and renew does nothing else', async () => {
    const person = await lalia.person('renewer', { project: 'renewing' });
    const before = person.info.last_seen_ts;
    let after = before;
    await becomes(async () => {
      await person.says(['peek']);
      const { agents } = await lalia.json<Result<'agents'>>(['agents']);
      after = agents.find(({ agent_id }) => agent_id === person.id)?.last_seen_ts ?? 0;
      return after > before;
    });
    const renewed = await person.json<Result<'renew'>>(['renew']);
    expect(renewed.agent.last_seen_ts).toBeGreaterThan(after);
    expect(renewed.lease_until - renewed.agent.last_seen_ts).toBe(60 * 60 * 1000);
  });
});

test('a name can be taken up again in the moment in which its session has ended', async () => {
  const [one, other] = await Promise.all([lalia.harness('codex'), lalia.harness('codex')]);
  expect(await lalia.cliIn(one, ['register', '--name', 'quick'])).toMatchObject({ code: 0 });
  // Now the daemon has just seen it alive.
  expect(await lalia.cliIn(other, ['register', '--name', 'quick'])).toMatchObject({ code: 10 });
  await one.end();
  expect(await lalia.cliIn(other, ['register', '--name', 'quick'])).toMatchObject({ code: 0 });
});
