/** The doctor tells the truth about a home, whatever state that is in, and what it writes for others tells no secrets. */
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lalia } from '@lalia/testkit';
import { expect, test } from 'vitest';

interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly sentence: string;
  readonly mend: string | null;
  readonly fixed: string | null;
}

interface Findings {
  readonly healthy: boolean;
  readonly checks: readonly Check[];
  readonly reason: string | null;
}

/** What it finds, by name. Its exit code says the same as its document. */
async function examine(lalia: Lalia, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const { code, stdout, stderr } = await lalia.cli(['doctor', ...args, '--json'], { env });
  const findings = JSON.parse(stdout) as Findings;
  expect(code, stdout).toBe(findings.healthy ? 0 : 1);
  expect(stderr).toBe('');
  expect(findings.reason).toBe(findings.healthy ? null : 'unhealthy');
  return Object.fromEntries(findings.checks.map((check) => [check.name, check]));
}

test('before anything is there it says so, and makes nothing', async () => {
  await using lalia = new Lalia();
  const found = await examine(lalia);
  expect(Object.values(found).filter(({ status }) => status === 'fail')).toEqual([]);
  expect(found['daemon']?.sentence).toContain('None is running');
  expect(existsSync(lalia.home)).toBe(false);
  expect(existsSync(lalia.workspace)).toBe(false);
});

test('with a daemon, and with one that was killed, it tells which; --fix removes what is left', async () => {
  await using lalia = new Lalia();
  const [alice] = await lalia.people('shop', 'alice', 'bob');
  await alice?.says(['tell', 'bob', 'one']);
  await lalia.journaled();
  const running = await examine(lalia);
  expect(running['daemon']?.sentence).toContain(`pid ${String(lalia.daemonPid)}`);
  for (const name of ['permissions', 'database', 'keys', 'journal', 'git', 'clock'])
    expect(running[name], name).toMatchObject({ status: 'ok' });

  await lalia.killDaemon();
  const killed = await examine(lalia);
  expect(killed['leftovers']).toMatchObject({ status: 'warn', mend: 'lalia doctor --fix' });
  expect(killed['database']).toMatchObject({ status: 'ok' });
  expect(killed['keys']).toMatchObject({ status: 'ok' });
  const fixed = await examine(lalia, ['--fix']);
  expect(fixed['leftovers']?.fixed).toContain('sock');
  expect(existsSync(join(lalia.home, 'sock'))).toBe(false);
});

test('a home and keys that are open to others are found, and closed by --fix', async () => {
  await using lalia = new Lalia();
  const [alice] = await lalia.people('shop', 'alice');
  const key = join(lalia.home, 'keys', `${String(alice?.id)}.key`);
  chmodSync(key, 0o644);
  expect((await examine(lalia))['permissions']).toMatchObject({ status: 'fail', mend: 'lalia doctor --fix' });
  const { permissions } = await examine(lalia, ['--fix']);
  expect(permissions).toMatchObject({ status: 'ok' });
  expect(permissions?.fixed).toContain(key);
  expect(statSync(key).mode & 0o777).toBe(0o600);
});

test('a key that is another one, or none at all, is found', async () => {
  await using lalia = new Lalia();
  const [alice, bob] = await lalia.people('shop', 'alice', 'bob');
  const key = (id: string | undefined): string => join(lalia.home, 'keys', `${String(id)}.key`);
  writeFileSync(key(alice?.id), readFileSync(key(bob?.id)));
  const { keys } = await examine(lalia);
  expect(keys).toMatchObject({ status: 'fail' });
  expect(keys?.sentence).toContain('alice');
});

test('a damaged database is found without a daemon, and with garbage in its place', async () => {
  await using lalia = new Lalia();
  const [alice] = await lalia.people('shop', 'alice', 'bob');
  for (let i = 0; i < 3; i += 1) await alice?.says(['tell', 'bob', 'x'.repeat(9000)]);
  await lalia.cli(['stop']);
  const database = join(lalia.home, 'lalia.db');
  const bytes = readFileSync(database);
  const broken = Buffer.from(bytes);
  // All but the page with the header and the schema.
  broken.fill(0x5a, 4096 * 2, 4096 * 30);
  writeFileSync(database, broken);
  expect((await examine(lalia))['database']).toMatchObject({
    status: 'fail',
    mend: 'lalia restore FILE --force',
  });
  writeFileSync(database, 'no database');
  expect((await examine(lalia))['database']).toMatchObject({ status: 'fail' });
});

test('of a damaged database every command says that, and what mends it', async () => {
  await using lalia = new Lalia();
  await lalia.people('shop', 'alice');
  await lalia.cli(['stop']);
  const database = join(lalia.home, 'lalia.db');
  const broken = Buffer.from(readFileSync(database));
  broken.fill(0x5a, 4096 * 2);
  for (const bytes of [broken, Buffer.from('no database')]) {
    writeFileSync(database, bytes);
    const { code, stderr } = await lalia.cli(['agents']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: The database is damaged \(SQLITE_\w+\)\.\nreason: database_damaged\n/);
    expect(stderr).toContain('lalia restore FILE --force');
  }
});

test('a folder in the place of the socket is told, and not removed', async () => {
  await using lalia = new Lalia();
  await lalia.people('shop', 'alice');
  await lalia.cli(['stop']);
  const socket = join(lalia.home, 'sock');
  mkdirSync(socket);
  const found = await examine(lalia, ['--fix']);
  expect(found['leftovers']).toMatchObject({ status: 'fail', mend: `mv ${socket} ${socket}.aside` });
  expect(found['keys']).toMatchObject({ status: 'ok' });
  expect(existsSync(socket)).toBe(true);
});

test('a damaged transcript is found', async () => {
  await using lalia = new Lalia();
  await lalia.people('shop', 'alice');
  await lalia.journaled();
  await lalia.cli(['stop']);
  writeFileSync(join(lalia.workspace, '.git', 'refs', 'heads', 'main'), `${'0'.repeat(39)}1\n`);
  expect((await examine(lalia))['git']).toMatchObject({ status: 'fail' });
});

test('a daemon that hangs is found in bounded time, with the command that ends it', async () => {
  await using lalia = new Lalia();
  await lalia.people('shop', 'alice');
  const pid = Number(lalia.daemonPid);
  process.kill(pid, 'SIGSTOP');
  const found = await examine(lalia);
  expect(found['daemon']).toMatchObject({ status: 'fail', mend: `kill -9 ${String(pid)}` });
  process.kill(pid, 'SIGCONT');
});

test('a home that is no folder is told, not stumbled over', async () => {
  await using lalia = new Lalia();
  writeFileSync(lalia.home, '');
  const found = await examine(lalia);
  expect(Object.values(found).some(({ status }) => status === 'fail')).toBe(true);
});

test('a bundle holds no message, no key and no secret of the environment', async () => {
  await using lalia = new Lalia();
  const canary = 'canary7f3a';
  const [alice] = await lalia.people('shop', 'alice', 'bob');
  await alice?.says(['tell', 'bob', `${canary} body`]);
  await alice?.says(['room', 'create', 'den', '--desc', `${canary} room`]);
  await lalia.journaled();
  // What a crash or a strange error may put into the log.
  const log = join(lalia.home, 'daemon.log');
  const stack = `Error: ${canary}\\n    at run (file:///x/${canary}/main.js:1:2)`;
  writeFileSync(
    log,
    `${readFileSync(log, 'utf8')}{"event":"internal_error","error":"${stack}"}\n${canary} text\n`,
  );
  const file = join(lalia.folder, 'bundle.json');
  await examine(lalia, ['--bundle', file], { [`SECRET_${canary}`]: canary, MY_TOKEN: canary });

  const bundle = readFileSync(file, 'utf8');
  expect(bundle).not.toContain(canary);
  const key = readFileSync(join(lalia.home, 'keys', `${String(alice?.id)}.key`), 'latin1').trim();
  expect(bundle).not.toContain(key);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(JSON.parse(bundle)).toMatchObject({ health: { healthy: true }, places: { home: lalia.home } });
  expect(await lalia.refusal(['doctor', '--bundle', file])).toMatchObject({ reason: 'path_in_use' });
});
