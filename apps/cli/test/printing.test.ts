/** A message counts as read when it is written out: not when the reader of it is gone, slow or killed. */
import { join } from 'node:path';
import { Lalia, run } from '@lalia/testkit';
import { describe, expect, test } from 'vitest';

const CLI = join(import.meta.dirname, '../bin/lalia.js');

async function pair() {
  const lalia = new Lalia();
  const cwd = await lalia.repository('shop');
  const alice = await lalia.person('alice', { cwd });
  const bob = await lalia.person('bob', { cwd });
  return { lalia, alice, bob };
}

describe('a message stays unread', () => {
  test('when whoever reads the output has closed it, and nothing is said about it', async () => {
    const { lalia, alice, bob } = await pair();
    await using _ = lalia;
    const reading = await bob.waiting(['read', 'alice']);
    reading.child.stdout?.destroy();
    await alice.says(['tell', 'bob', 'hello']);
    const { code, stderr } = await reading.finished;
    expect(code).not.toBe(0);
    expect(stderr).toBe('');
    expect(await bob.says(['read', 'alice', '--timeout', '0'])).toMatch(/, redelivered\):\n\| hello\n$/);
  });

  test('when the reader is killed before it has written everything', async () => {
    const { lalia, alice, bob } = await pair();
    await using _ = lalia;
    const body = 'x'.repeat(1024 * 1024);
    await alice.says(['tell', 'bob', '-'], { input: body });
    const reading = bob.start(['read', 'alice']);
    // Nobody takes the output, so a megabyte of it does not fit into the pipe, and the reader stands still in the middle.
    reading.child.stdout?.removeAllListeners('data').pause();
    await new Promise((resolve) => reading.child.stdout?.once('readable', resolve));
    reading.kill('SIGKILL');
    reading.child.stdout?.resume();
    expect((await reading.finished).signal).toBe('SIGKILL');
    const again = await bob.says(['read', 'alice']);
    expect(again).toMatch(/^From agent .*, redelivered\):\n\| x/);
    expect(again).toHaveLength(again.indexOf('\n') + '\n| '.length + body.length + 1);
  });

  test.runIf(process.platform === 'linux')('when there is no space for the output', async () => {
    const { lalia, alice, bob } = await pair();
    await using _ = lalia;
    await alice.says(['tell', 'bob', 'hello']);
    const script = 'exec "$0" "$@" >/dev/full';
    const env = { ...lalia.env, LALIA_NAME: bob.id };
    // The second of them belongs to the other driver.
    for (const command of ['read', 'history']) {
      const { code, stderr } = await run(['sh', '-c', script, process.execPath, CLI, command, 'alice'], {
        env,
      });
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^error: The result could not be written: .*\nreason: storage_full\nhint: .*\n$/,
      );
    }
    expect(await bob.says(['read', 'alice', '--timeout', '0'])).toContain('| hello\n');
  });
});

test('a reader that waits is released when the daemon is stopped', async () => {
  const { lalia, bob } = await pair();
  await using _ = lalia;
  const reading = await bob.waiting(['read', 'alice']);
  const pid = lalia.daemonPid;
  expect(await lalia.json(['stop'])).toEqual({ stopped: true, pid });
  const { code, stdout, stderr } = await reading.finished;
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toContain('\nreason: daemon_stopping\n');
  expect(await lalia.json(['status'])).toEqual({ running: false });
  expect(await lalia.json(['stop'])).toEqual({ stopped: false, pid: null });
});

test('what verify finds comes back as its exit code', async () => {
  await using lalia = new Lalia();
  expect((await lalia.cli(['verify', join(lalia.folder, 'nothing-here')])).code).not.toBe(0);
});
