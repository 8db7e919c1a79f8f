import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Paths, pathsOf } from '@lalia/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Client,
  connect,
  restartDaemon,
  runDaemonCommand,
  startDaemon,
  stopDaemon,
} from '../src/index.ts';

const fakeDaemon = fileURLToPath(new URL('_fake-daemon.mjs', import.meta.url));
const run = promisify(execFile);

let root: string;
let env: Record<string, string>;
let paths: Paths;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 's-'));
  inHome(join(root, 'home'));
});

afterEach(async () => {
  // A home that a test broke on purpose has no daemon to stop.
  if (existsSync(paths.socket)) await stopDaemon({ env });
  rmSync(root, { recursive: true, force: true });
});

function inHome(home: string, more: Record<string, string> = {}): void {
  env = { LALIA_HOME: home, LALIA_WORKSPACE: join(root, 'ws'), LALIA_DAEMON: fakeDaemon, ...more };
  paths = pathsOf({ env, homedir: homedir(), uid: process.getuid?.() ?? 0 });
}

/** The serving starts so far. */
function starts(): string[] {
  return readFileSync(join(paths.home, 'starts'), 'utf8').trimEnd().split('\n');
}

async function pidOf(client: Client): Promise<number> {
  const { pid } = await client.call('status', {});
  return pid;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('starting', () => {
  it('the first call starts the daemon, away from any folder, and later ones use it', async () => {
    await using first = await connect({ env });
    await using second = await connect({ env });
    expect(await pidOf(first)).toBe(await pidOf(second));
    expect(starts()).toEqual(['serve /']);
    expect(statSync(paths.home).mode & 0o777).toBe(0o700);
    expect(readFileSync(paths.log, 'utf8')).toBe('serving\n');
    expect(existsSync(join(paths.home, 'starting'))).toBe(false);
  });

  it('a home that is given relative to the working directory is the same home for the daemon', async () => {
    env = { ...env, LALIA_HOME: `${process.cwd().replace(/[^/]+/g, '..').slice(1)}${join(root, 'home')}` };
    await using client = await connect({ env });
    expect(await pidOf(client)).toBeGreaterThan(0);
    expect(starts()).toHaveLength(1);
  });

  it('fifty clients at the same instant start one daemon', async () => {
    const clients = await Promise.all(Array.from({ length: 50 }, () => connect({ env })));
    const pids = await Promise.all(clients.map(pidOf));
    expect(new Set(pids).size).toBe(1);
    expect(starts()).toHaveLength(1);
    // The others did not even try.
    expect(readFileSync(join(paths.home, 'spawned'), 'utf8')).toBe('.');
    await Promise.all(clients.map((client) => client.close()));
  });

  it('several processes at the same instant start one daemon', async () => {
    const script = fileURLToPath(new URL('_connect-once.ts', import.meta.url));
    const flags = ['--conditions=@lalia/source', '--experimental-strip-types', '--no-warnings'];
    const runs = Array.from({ length: 6 }, () => run(process.execPath, [...flags, script], { env }));
    const answers = await Promise.all(runs);
    expect(new Set(answers.map(({ stdout }) => stdout)).size).toBe(1);
    expect(starts()).toHaveLength(1);
  });

  it('the lock of a starter that died hinders nobody', async () => {
    mkdirSync(paths.home, { mode: 0o700 });
    const { stdout } = await run(process.execPath, ['-p', 'process.pid']);
    writeFileSync(join(paths.home, 'starting'), stdout);
    await using client = await connect({ env });
    expect(await pidOf(client)).toBeGreaterThan(0);
  });

  it('the socket that a killed daemon left behind hinders nobody', async () => {
    const { pid } = await startDaemon({ env });
    process.kill(pid, 'SIGKILL');
    rmSync(join(paths.home, 'fake.lock'));
    await using client = await connect({ env });
    expect(await pidOf(client)).not.toBe(pid);
  });

  it('where somebody else starts it just now, the client waits for that one', async () => {
    mkdirSync(paths.home, { mode: 0o700 });
    writeFileSync(join(paths.home, 'fake.lock'), '');
    const connecting = connect({ env });
    // The program sees the lock and leaves; the one that holds it begins to listen only now.
    const server = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => server.listen(paths.socket, resolve));
    const client = await connecting;
    await client.close();
    expect(existsSync(join(paths.home, 'starts'))).toBe(false);
    await new Promise((resolve) => server.close(resolve));
  });

  it('an aborted attempt rejects with the reason', async () => {
    mkdirSync(paths.home, { mode: 0o700 });
    writeFileSync(join(paths.home, 'starting'), `${String(process.pid)}\n`);
    const reason = new Error('no time');
    const control = new AbortController();
    const attempt = connect({ env, signal: control.signal });
    control.abort(reason);
    await expect(attempt).rejects.toBe(reason);
    rmSync(join(paths.home, 'starting'));
  });

  it('nothing is started where that is not wanted', async () => {
    await expect(connect({ env, autostart: false })).rejects.toMatchObject({ reason: 'daemon_unavailable' });
    expect(existsSync(paths.home)).toBe(false);
  });
});

describe('a daemon that cannot start', () => {
  it.each([
    ['error', { reason: 'database_newer', message: 'Too new.', hint: 'Update.', context: { a: 1 } }],
    [
      'crash',
      {
        reason: 'daemon_unavailable',
        message: expect.stringMatching(/exit code 3 .* Error: something is broken$/) as unknown,
      },
    ],
    ['silent', { reason: 'daemon_unavailable', message: expect.stringContaining('exit code 0') as unknown }],
    ['garbage', { reason: 'daemon_unavailable', message: expect.stringContaining('hello there') as unknown }],
  ])('says why (%s)', async (mode, error) => {
    inHome(paths.home, { FAKE_MODE: mode });
    await expect(connect({ env })).rejects.toMatchObject(error);
    expect(existsSync(join(paths.home, 'starting'))).toBe(false);
  });

  it('because its program is not there is told with its path', async () => {
    inHome(paths.home, { LALIA_DAEMON: join(root, 'nothing.js') });
    await expect(connect({ env })).rejects.toMatchObject({
      reason: 'daemon_unavailable',
      message: expect.stringContaining('nothing.js') as unknown,
    });
  });
});

describe('a home that cannot be used', () => {
  it('is told apart from a missing daemon: a file in its place', async () => {
    writeFileSync(join(root, 'file'), '');
    for (const home of [join(root, 'file'), join(root, 'file', 'home')]) {
      inHome(home);
      await expect(connect({ env })).rejects.toMatchObject({ reason: 'home_unavailable', context: { home } });
    }
  });

  it.runIf(process.platform === 'linux')(
    'is told apart from a missing daemon: a file system that takes nothing',
    async () => {
      inHome('/sys/lalia');
      await expect(connect({ env })).rejects.toMatchObject({
        reason: 'home_unavailable',
        message: expect.stringMatching(/\/sys\/lalia cannot be written \(E(PERM|ROFS|ACCES)\)/) as unknown,
        hint: expect.stringContaining('lalia start') as unknown,
      });
    },
  );

  it('is told apart from a missing daemon: a socket that a sandbox or a permission refuses', async () => {
    await startDaemon({ env });
    chmodSync(paths.socket, 0);
    // Permissions do not hold root back, so as root this is tried as somebody else.
    const isRoot = process.geteuid?.() === 0;
    try {
      if (isRoot) process.seteuid?.(65_534);
      const inCodex = { ...env, CODEX_SANDBOX_NETWORK_DISABLED: '1' };
      for (const [place, hint] of [
        [env, 'outside the sandbox'],
        [inCodex, '~/.codex/rules/lalia.rules'],
      ] as const) {
        await expect(connect({ env: place })).rejects.toMatchObject({
          reason: 'daemon_unavailable',
          context: { code: 'EACCES' },
          hint: expect.stringContaining(hint) as unknown,
        });
      }
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(paths.socket, 0o600);
    }
    expect(starts()).toHaveLength(1);
  });

  it('a socket folder under /tmp that is not ours alone is not trusted', async () => {
    inHome(join(root, 'x'.repeat(110)));
    expect(paths.socket.startsWith('/tmp/')).toBe(true);
    const elsewhere = join(root, 'elsewhere');
    mkdirSync(elsewhere);
    const place = { ...paths, socket: join(root, 'link', 'some.sock') };
    symlinkSync(elsewhere, join(root, 'link'));
    const { dial } = await import('../src/dial.ts');
    await expect(dial({ paths: place, env })).rejects.toMatchObject({
      reason: 'daemon_unavailable',
      message: expect.stringContaining('not a private folder') as unknown,
    });
  });
});

describe('stopping', () => {
  it('is over when the daemon is gone', async () => {
    const { pid, started } = await startDaemon({ env });
    expect(started).toBe(true);
    expect(await startDaemon({ env })).toEqual({ pid, started: false });
    expect(await stopDaemon({ env })).toEqual({ pid });
    expect(existsSync(paths.socket)).toBe(false);
    expect(existsSync(join(paths.home, 'fake.lock'))).toBe(false);
    expect(await stopDaemon({ env })).toBeUndefined();
  });

  it('a restart is another process', async () => {
    const { pid } = await startDaemon({ env });
    const restarted = await restartDaemon({ env });
    expect(restarted.pid).not.toBe(pid);
    expect(isAlive(restarted.pid)).toBe(true);
    expect(starts()).toHaveLength(2);
  });

  it('a restart of nothing is a start', async () => {
    const { pid } = await restartDaemon({ env });
    expect(isAlive(pid)).toBe(true);
  });

  it('a daemon of another major protocol, which refuses to listen, is stopped all the same', async () => {
    inHome(paths.home, { FAKE_MAJOR: '2' });
    await expect(startDaemon({ env })).rejects.toMatchObject({ reason: 'unsupported_protocol' });
    const pid = Number(readFileSync(paths.pid, 'utf8'));
    expect(await stopDaemon({ env })).toEqual({ pid });
  });
});

it('a client newer than the daemon makes it hand over, and its own starts', async () => {
  inHome(paths.home, { FAKE_VERSION: '0.0.1' });
  const { pid } = await startDaemon({ env });
  inHome(paths.home);
  await using client = await connect({ env });
  // The first answer may still be the older one's; what comes after it is not.
  await client.call('status', {});
  expect(await pidOf(client)).not.toBe(pid);
  expect(starts()).toHaveLength(2);
});

it('a command of the daemon’s program ends with its exit code', async () => {
  const script = join(root, 'program.mjs');
  writeFileSync(
    script,
    'process.exitCode = process.argv[2] === "verify" ? 42 : 0; if (process.argv[2] === "die") process.kill(process.pid, 15);',
  );
  inHome(paths.home, { LALIA_DAEMON: script });
  expect(await runDaemonCommand(['verify'], { env })).toBe(42);
  expect(await runDaemonCommand(['other'], { env })).toBe(0);
  expect(await runDaemonCommand(['die'], { env })).toBe(143);
});
