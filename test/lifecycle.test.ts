/** The daemon's life as a user sees it (spec 3 and 4): it is there when it is needed, once, in its newest version. */
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Result } from '@lalia/client';
import { becomes, type Finished, isRunning, Lalia, type Person, type Running, run } from '@lalia/testkit';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const VERSION = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;

type Status = { readonly running: false } | ({ readonly running: true } & Result<'status'>);

async function statusOf(
  own: Lalia,
  env: NodeJS.ProcessEnv = {},
): Promise<Partial<Result<'status'>> & Status> {
  return own.json<Status>(['status'], { env });
}

describe.concurrent('the daemon', () => {
  test('is started by the first command that needs it, and is still there afterwards', async () => {
    await using own = new Lalia();
    expect((await own.cli(['status'])).stdout).toMatch(/^no daemon is running; /);
    expect(await statusOf(own)).toEqual({ running: false });
    expect(existsSync(own.home)).toBe(false);
    await own.json(['register', '--name', 'alice']);
    const first = own.daemonPid;
    expect(await statusOf(own)).toMatchObject({
      running: true,
      pid: first,
      version: VERSION,
      home: own.home,
      workspace: own.workspace,
      agents: 1,
    });
    await own.json(['register', '--name', 'bob']);
    expect(own.daemonPid).toBe(first);
  });

  test('is started, restarted and stopped on purpose as well; again changes nothing', async () => {
    await using own = new Lalia();
    const lalia = async (...args: string[]) => {
      const { code, stdout, stderr } = await own.cli(args);
      expect({ code, stderr }, args.join(' ')).toEqual({ code: 0, stderr: '' });
      return stdout;
    };
    expect(await lalia('stop')).toBe('no daemon was running\n');
    expect(await lalia('start')).toMatch(/^the daemon is started \(pid \d+\)\n$/);
    const first = own.daemonPid ?? 0;
    expect(await lalia('start')).toBe(`the daemon runs already (pid ${String(first)})\n`);
    expect(await own.json(['start'])).toEqual({ pid: first, started: false });
    expect(await lalia('restart')).toMatch(/^the daemon is started again \(pid \d+\)\n$/);
    const second = own.daemonPid ?? 0;
    expect(second).not.toBe(first);
    await becomes(() => !isRunning(first));
    expect(await own.json(['stop'])).toEqual({ stopped: true, pid: second });
    await becomes(() => !isRunning(second));
    for (const file of ['sock', 'pid']) expect(existsSync(join(own.home, file))).toBe(false);
    expect(await own.json(['stop'])).toEqual({ stopped: false, pid: null });
    expect(await lalia('restart')).toMatch(/^the daemon is started again/);
  });

  test('writes everything to the transcript before it ends, also when it is asked to with a signal', async () => {
    await using own = new Lalia();
    const [alice, bob] = (await own.people('shop', 'alice', 'bob')) as [Person, Person];
    const sending = await alice.sdk();
    for (const end of ['stop', 'SIGTERM', 'SIGINT'] as const) {
      await Promise.all(Array.from({ length: 30 }, () => sending.tell(bob.id, 'one of many')));
      const pid = own.daemonPid ?? 0;
      if (end === 'stop') await own.json(['stop']);
      else process.kill(pid, end);
      await becomes(() => !isRunning(pid));
      const { code, stdout } = await own.cli(['verify']);
      expect({ code, problems: stdout.split(':', 1)[0] }).toEqual({ code: 0, problems: 'No problems' });
    }
    const { counts } = await own.json<{ counts: { messages: number } }>(['verify']);
    expect(counts.messages).toBe(90);
  });

  test('lets blocked readers go when it stops: they end with 3, and their mail is there next time', async () => {
    await using own = new Lalia();
    const [alice, bob] = (await own.people('shop', 'alice', 'bob')) as [Person, Person];
    const readers = [await bob.waiting(['read', 'alice']), bob.start(['read-any', '--json'])];
    await becomes(async () => (await statusOf(own)).blocked_readers === 2);
    await own.json(['stop']);
    const [text, json] = await Promise.all(readers.map((reader) => reader.finished));
    expect(text).toMatchObject({ code: 3, stdout: '' });
    expect(text?.stderr).toContain('reason: daemon_stopping');
    expect(json?.code).toBe(3);
    expect(JSON.parse(json?.stdout ?? '')).toMatchObject({ error: { code: 3, reason: 'daemon_stopping' } });
    await alice.says(['tell', 'bob', 'still here']);
    expect(await bob.says(['read', 'alice'])).toContain('| still here');
  });

  test('makes room for the next one when somebody removes its socket', async () => {
    await using own = new Lalia();
    await own.json(['register', '--name', 'alice']);
    const first = own.daemonPid ?? 0;
    rmSync(join(own.home, 'sock'));
    // Answered when the first one has noticed.
    expect(await own.json(['whoami', '--as', 'alice'])).toMatchObject({ agent: { name: 'alice' } });
    await becomes(() => !isRunning(first));
  });

  test('ends when somebody removes its home, and leaves alone what is in its place', async () => {
    await using own = new Lalia();
    await own.json(['register', '--name', 'alice']);
    const first = own.daemonPid ?? 0;
    // Otherwise the transcript is written into a folder that is just being emptied.
    await becomes(async () => (await statusOf(own)).journal?.backlog === 0);
    rmSync(own.home, { recursive: true });
    rmSync(own.workspace, { recursive: true });
    await own.json(['register', '--name', 'bob']);
    const second = own.daemonPid ?? 0;
    await becomes(() => !isRunning(first));
    expect(await statusOf(own)).toMatchObject({ running: true, pid: second, agents: 1 });
  });

  test('outlives the terminal that started it, and holds no folder', async () => {
    await using own = new Lalia();
    const terminal = await own.terminal();
    expect((await own.cliIn(terminal, ['register', '--name', 'alice'])).code).toBe(0);
    const pid = own.daemonPid ?? 0;
    await terminal.end();
    expect(isRunning(pid)).toBe(true);
    const cwd = process.platform === 'linux' ? readlinkSync(`/proc/${String(pid)}/cwd`) : '/';
    expect(cwd).toBe('/');
    expect((await statusOf(own)).pid).toBe(pid);
  });
});

describe.concurrent('a home', () => {
  test.each([
    { what: 'with spaces and accents in its path', home: 'my höme (1)' },
    { what: 'whose path is too long for a socket', home: `${'long/'.repeat(30)}home` },
    { what: 'of the longest name', home: 'x'.repeat(200) },
  ])('$what is served like any other', async ({ home }) => {
    await using folder = new Lalia();
    const env = { LALIA_HOME: join(folder.folder, home) };
    await using own = new Lalia(env);
    await own.json(['register', '--name', 'alice']);
    await own.json(['register', '--name', 'bob']);
    await own.json(['tell', '--as', 'alice', 'bob', 'hello']);
    expect((await own.cli(['read', '--as', 'bob', 'alice'])).stdout).toContain('| hello');
    const { socket, pid } = await statusOf(own);
    expect(Buffer.byteLength(socket ?? '')).toBeLessThan(104);
    expect(statSync(socket ?? '').mode & 0o777).toBe(0o600);
    expect(await own.json(['stop'])).toEqual({ stopped: true, pid });
    expect(existsSync(socket ?? '')).toBe(false);
  });

  test('that is named by a relative path is the same from everywhere below', async () => {
    await using own = new Lalia({ LALIA_HOME: 'here', LALIA_WORKSPACE: 'there' });
    await own.json(['register', '--name', 'alice']);
    expect(await own.json(['status'])).toMatchObject({
      running: true,
      home: join(own.folder, 'here'),
      workspace: join(own.folder, 'there'),
    });
    await own.json(['stop']);
  });

  test.runIf(process.platform === 'linux')(
    'whose transcript can be made nowhere is served all the same, and says so',
    async () => {
      await using own = new Lalia({ LALIA_WORKSPACE: '/proc/lalia/workspace' });
      await own.json(['register', '--name', 'alice']);
      expect(await own.json(['status'])).toMatchObject({
        journal: { error: expect.stringContaining('/proc/lalia') as string },
      });
    },
  );

  test('knows its transcript for verify, also without a daemon and LALIA_WORKSPACE', async () => {
    await using own = new Lalia();
    const alice = await own.person('alice');
    await alice.says(['tell', 'human', 'one']);
    await own.journaled();
    const env = { LALIA_WORKSPACE: '', HOME: own.folder };
    const running = await own.cli(['verify'], { env });
    expect(running).toMatchObject({ code: 0, stderr: '' });
    expect(running.stdout).toContain('checked 1 message ');
    await own.json(['stop']);
    expect(await own.cli(['verify'], { env })).toEqual(running);
  });

  test('without a workspace of its own is told to take one', async () => {
    await using own = new Lalia();
    await own.json(['start']);
    const { reason, retry_hint } = await own.refusal(['start'], {
      env: { LALIA_HOME: join(own.folder, 'second') },
    });
    expect(reason).toBe('foreign_workspace');
    expect(retry_hint).toContain('each LALIA_HOME needs its own');
  });

  test.each([
    { what: 'that is a file', home: (folder: string) => join(folder, 'file') },
    { what: 'below a file', home: (folder: string) => join(folder, 'file', 'home') },
    { what: 'where nobody can make a folder', home: () => '/proc/lalia' },
    { what: 'that is a link to nowhere', home: (folder: string) => join(folder, 'link') },
  ])('$what is refused in plain words', async ({ home }) => {
    await using own = new Lalia();
    writeFileSync(join(own.folder, 'file'), 'in the way');
    symlinkSync('/nowhere/at/all', join(own.folder, 'link'));
    const env = { LALIA_HOME: home(own.folder) };
    for (const args of [['register', '--name', 'alice'], ['start'], ['tell', 'bob', 'x']]) {
      const refused = await own.refusal(args, { env });
      expect(refused, args.join(' ')).toMatchObject({ exit: 1, reason: 'home_unavailable', stderr: '' });
      expect(refused.message).toContain(env.LALIA_HOME);
    }
    const text = await own.cli(['start'], { env });
    expect(text).toMatchObject({ code: 1, stdout: '' });
    expect(text.stderr).toMatch(/^error: .*\nreason: home_unavailable\nhint: .*\n$/);
  });

  test('whose workspace cannot be used keeps what it accepted, says so, and writes it when it can', async () => {
    await using own = new Lalia();
    writeFileSync(own.workspace, 'in the way');
    const [alice, bob] = (await own.people('shop', 'alice', 'bob')) as [Person, Person];
    await alice.says(['tell', 'bob', 'hello']);
    expect(await bob.says(['read', 'alice'])).toContain('| hello');
    await becomes(async () => typeof (await statusOf(own)).journal?.error === 'string');
    // The person, the daemon, both agents, and the message.
    const { journal } = await statusOf(own);
    expect(journal).toMatchObject({ backlog: 5, last_commit_ts: null });
    expect((await own.cli(['status'])).stdout).toMatch(
      /^transcript +5 not written yet; the last attempt failed: .*workspace/m,
    );
    rmSync(own.workspace);
    await becomes(async () => (await statusOf(own)).journal?.backlog === 0);
    expect((await own.cli(['verify'])).code).toBe(0);
  });
});

/** A release of another version: the built programs, with another number in them. */
class Release {
  readonly #own: Lalia;
  readonly #folder: string;
  readonly env: NodeJS.ProcessEnv;

  constructor(own: Lalia, change: (source: string) => string) {
    this.#own = own;
    this.#folder = join(own.folder, `release-${String(Release.#count++)}`);
    for (const part of ['apps/cli', 'packages/daemon']) {
      const [from, to] = [join(ROOT, part), join(this.#folder, part)];
      mkdirSync(to, { recursive: true });
      for (const name of ['bin', 'dist', 'package.json'])
        cpSync(join(from, name), join(to, name), { recursive: true });
      symlinkSync(join(from, 'node_modules'), join(to, 'node_modules'));
    }
    const changed = globSync('*/*/dist/*.cjs', { cwd: this.#folder }).filter((file) => {
      const path = join(this.#folder, file);
      const source = readFileSync(path, 'utf8');
      writeFileSync(path, change(source));
      return change(source) !== source;
    });
    // The same release would pass most tests of another one.
    for (const program of ['apps/cli/dist/oclif.cjs', 'packages/daemon/dist/main.cjs'])
      if (!changed.includes(program)) throw new Error(`There was nothing to change in ${program}.`);
    this.env = { LALIA_DAEMON: join(this.#folder, 'packages/daemon/bin/lalia-daemon.js') };
  }

  static #count = 0;

  static version(own: Lalia, version: string): Release {
    return new Release(own, (source) => withVersion(source, version));
  }

  cli(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> {
    const program = join(this.#folder, 'apps/cli/bin/lalia.js');
    return run([process.execPath, program, ...args], {
      cwd: this.#own.folder,
      env: { ...this.#own.env, ...this.env, ...env },
    });
  }
}

function withVersion(source: string, version: string): string {
  return source.replaceAll(new RegExp(`\\bVERSION ?= ?"${VERSION}"`, 'g'), `VERSION="${version}"`);
}

describe.concurrent('another version', () => {
  test('a newer client replaces an older daemon, whose readers lose nothing; an older client is served by the newer one', async () => {
    await using own = new Lalia();
    const [alice, bob] = (await own.people('shop', 'alice', 'bob')) as [Person, Person];
    await alice.says(['tell', 'bob', 'before']);
    const old = own.daemonPid ?? 0;
    const carol = await own.person('carol', { project: 'shop' });
    const reader = await carol.waiting(['read', 'alice']);

    const newer = Release.version(own, '99.0.0');
    const looked = await newer.cli(['status', '--json']);
    expect(JSON.parse(looked.stdout)).toMatchObject({ running: true, version: VERSION, pid: old });
    expect(isRunning(old)).toBe(true);
    expect((await newer.cli(['agents'])).stdout).toContain('alice');
    await newer.cli(['rooms', '--as', bob.id]);
    const next = own.daemonPid ?? 0;
    expect(next).not.toBe(old);
    await becomes(() => !isRunning(old));
    expect(await reader.finished).toMatchObject({ code: 3, stdout: '' });

    expect(await alice.says(['tell', 'carol', 'after'])).toMatch(/^sent to carol@shop #1 /);
    expect(await carol.says(['read', 'alice'])).toContain('| after');
    expect(await bob.says(['read', 'alice'])).toMatch(/#1, .*\n\| before\n$/);
    expect(await statusOf(own)).toMatchObject({ version: '99.0.0', pid: next });
  });

  test('a reader that a newer client’s message wakes during the hand-over gets it, once', async () => {
    await using own = new Lalia();
    const [alice, bob] = (await own.people('shop', 'alice', 'bob')) as [Person, Person];
    let reader: Running = await bob.waiting(['read', 'alice', '--json']);
    const newer = Release.version(own, '99.0.0');
    const sent = await newer.cli(['tell', 'bob', 'through the change'], { LALIA_NAME: alice.id });
    expect(sent.code, sent.stderr).toBe(0);
    let answer = await reader.finished;
    while (answer.code === 3) {
      reader = bob.start(['read', 'alice', '--json', '--timeout', '0']);
      answer = await reader.finished;
    }
    expect(JSON.parse(answer.stdout)).toMatchObject({ messages: [{ seq: 1, body: 'through the change' }] });
    expect(await bob.says(['peek'])).toBe('nothing unread\n');
    expect(await alice.json(['history', 'bob'])).toMatchObject({ messages: { length: 1 } });
  });

  test('a client of another protocol is told plainly what to do, and can do it', async () => {
    await using own = new Lalia();
    await own.json(['start']);
    const old = own.daemonPid ?? 0;
    const future = new Release(own, (source) =>
      withVersion(source, '99.0.0').replaceAll(
        /\bPROTOCOL_VERSION ?= ?\{ ?major: ?\d+/g,
        'PROTOCOL_VERSION={major:9',
      ),
    );
    const refused = await future.cli(['agents']);
    expect(refused).toMatchObject({ code: 4, stdout: '' });
    expect(refused.stderr).toMatch(/reason: unsupported_protocol\nhint: .*lalia restart/);
    expect(isRunning(old)).toBe(true);
    expect((await future.cli(['restart'])).code).toBe(0);
    await becomes(() => !isRunning(old));
    expect((await future.cli(['agents'])).code).toBe(0);
    const older = await own.refusal(['agents']);
    expect(older).toMatchObject({ exit: 4, reason: 'unsupported_protocol' });
    expect((await future.cli(['stop'])).code).toBe(0);
  });
});
