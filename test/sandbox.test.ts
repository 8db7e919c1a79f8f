/**
 * In a sandbox whose kernel refuses the socket. The sandboxes are real (a seccomp filter, a read-only home, a process namespace);
 * where a machine cannot make one, what needs it is said to be not tested. `packages/client/test/spool.test.ts` runs everywhere.
 */
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { limits } from '@lalia/protocol';
import { dialSpool, type PeerStream } from '@lalia/spool';
import {
  becomes,
  type Cage,
  Lalia,
  namespaceCage,
  type Person,
  type RunOptions,
  run,
  socketCage,
} from '@lalia/testkit';
import { describe, expect, test } from 'vitest';
import { verifies } from './promises.ts';

const cage: Cage | undefined = socketCage();
const within: RunOptions = { within: cage ?? [] };
/** Of clients that do nothing but be there. */
const timers = {
  nowMs: Date.now,
  after: () => ({ cancel: () => undefined }),
};

interface Mail {
  readonly messages: readonly { readonly body: string; readonly redelivered: boolean }[];
}

describe.runIf(process.platform === 'linux' && cage !== undefined)(
  'where the kernel refuses sockets,',
  () => {
    test('a message goes out and mail comes in, with nothing said about how', async () => {
      await using lalia = new Lalia();
      const [alice, bob] = await two(lalia);
      const sent = await alice.cli(['tell', 'bob', 'from the cage'], within);
      expect(sent).toMatchObject({ code: 0, stderr: '' });
      expect(sent.stdout).toContain('sent to bob');
      const read = await bob.cli(['read', 'alice'], within);
      expect(read).toMatchObject({ code: 0, stderr: '' });
      expect(read.stdout).toContain('| from the cage');
      expect(await lalia.json(['status'], within)).toMatchObject({ running: true, via: 'spool' });
      expect(await lalia.json(['status'])).toMatchObject({ running: true, via: 'socket' });
    });

    test('a body of the greatest size comes through both ways, byte for byte', async () => {
      await using lalia = new Lalia();
      const [alice, bob] = await two(lalia);
      const body = 'ä'.repeat(limits.MAX_BODY_BYTES / 2);
      await alice.says(['tell', 'bob', '-'], { ...within, input: body });
      const { messages } = await bob.json<Mail>(['read', 'alice'], within);
      expect(messages[0]?.body === body).toBe(true);
    });

    test('a question waits inside until it is answered outside', async () => {
      await using lalia = new Lalia();
      const [alice, bob] = await two(lalia);
      const asking = alice.start(['ask', 'bob', 'ready?', '--timeout', '300'], within);
      await bob.says(['read', 'alice', '--timeout', '300']);
      await bob.says(['reply', 'yes'], within);
      const { code, stdout } = await asking.finished;
      expect([code, stdout.includes('| yes')]).toEqual([0, true]);
    });

    test('eight at once, and every message is there once', async () => {
      await using lalia = new Lalia();
      const [alice, bob] = await two(lalia);
      const texts = Array.from({ length: 8 }, (_, n) => `number ${String(n)}`);
      await Promise.all(texts.map((text) => alice.says(['tell', 'bob', text], within)));
      const { messages } = await bob.json<Mail>(['history', 'alice'], within);
      expect(messages.map(({ body }) => body).sort()).toEqual(texts);
    });

    verifies(
      ['promise.2.unread_again', 'promise.2.redelivered', 'protocol.ends_with_connection'],
      'a reader that is killed inside has not read: its message goes to another one',
      async () => {
        await using lalia = new Lalia();
        const [alice, bob] = await two(lalia);
        const reader = await bob.waiting(['read', 'alice', '--timeout', '300'], within);
        reader.kill('SIGKILL');
        await reader.finished;
        await alice.says(['tell', 'bob', 'not lost']);
        const { messages } = await bob.json<Mail>(['read', 'alice', '--timeout', '300']);
        expect(messages).toMatchObject([{ body: 'not lost', redelivered: true }]);
        expect(conversations(await spoolOf(lalia))).toEqual([]);
      },
    );

    test('a reader inside goes on at the next daemon when its own was killed', async () => {
      await using lalia = new Lalia();
      const [alice, bob] = await two(lalia);
      const reader = await bob.waiting(['read', 'alice', '--timeout', '300'], within);
      await lalia.killDaemon();
      await lalia.daemon();
      await lalia.presenceOf(bob.id, 'listening');
      await alice.says(['tell', 'bob', 'still there?']);
      const { code, stdout } = await reader.finished;
      expect([code, stdout.includes('| still there?')]).toEqual([0, true]);
    });

    test('a daemon that is stopped lets a reader inside go; what it leaves, the next daemon removes', async () => {
      await using lalia = new Lalia();
      const [, bob] = await two(lalia);
      const spool = await spoolOf(lalia);
      const reader = await bob.waiting(['read', 'alice', '--timeout', '300'], within);
      await lalia.cli(['stop'], within);
      expect(await reader.finished).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('daemon_stopping') as unknown,
      });
      await lalia.daemon();
      const conversations = () => readdirSync(spool).filter((name) => /^[\da-f]{32}$/.test(name));
      await becomes(() => existsSync(spool) && conversations().length === 0);
    });

    test('without a daemon it says what to do outside, and starts none', async () => {
      await using lalia = new Lalia();
      const env = { CODEX_SANDBOX_NETWORK_DISABLED: '1' };
      expect(await lalia.refusal(['agents'], { ...within, env })).toMatchObject({
        exit: 1,
        reason: 'daemon_unavailable',
        message: expect.stringContaining('EPERM') as unknown,
        retry_hint: expect.stringMatching(/`lalia start`.*rules\/lalia\.rules.*prefix_rule/s) as unknown,
      });
      expect(await lalia.refusal(['status'], within)).toMatchObject({ reason: 'daemon_unavailable' });
      expect(existsSync(lalia.home)).toBe(false);
    });

    test('a spool that others could look into is not used', async () => {
      await using lalia = new Lalia();
      const [alice] = await two(lalia);
      const spool = await spoolOf(lalia);
      chmodSync(spool, 0o755);
      expect(await alice.refusal(['tell', 'bob', 'hello'], within)).toMatchObject({
        reason: 'home_unavailable',
        message: expect.stringContaining(spool) as unknown,
      });
    });

    test('a client in another language, written from docs/protocol.md, gets through as well', async ({
      annotate,
    }) => {
      const signing = 'python3 -c "import cryptography" || openssl version | grep "OpenSSL 3"';
      if ((await run(['sh', '-c', signing])).code !== 0) {
        await annotate('Not run: this machine has nothing that signs for Python.', 'warning');
        return;
      }
      await using lalia = new Lalia();
      const [alice] = await two(lalia);
      const script = join(import.meta.dirname, '../examples/python/lalia_client.py');
      const text = 'ä'.repeat(300_000);
      // An argument of a program has at most 128 KiB.
      const python = `import runpy, sys; sys.argv = ["client", "monty", "${alice.id}", "ä" * 300_000]; runpy.run_path("${script}", run_name="__main__")`;
      const client = run([...(cage ?? []), 'python3', '-c', python], {
        cwd: lalia.folder,
        env: { ...lalia.env, PYTHONPATH: dirname(script) },
      });
      const { messages } = await alice.json<Mail>(['read-any', '--timeout', '300']);
      expect(messages[0]?.body === text).toBe(true);
      await alice.says(['reply', 'heard']);
      expect(await client).toMatchObject({ code: 0, stdout: expect.stringContaining('heard') as unknown });
    });

    test('when the spool has no room for another client, it says so', async () => {
      await using lalia = new Lalia();
      const [alice] = await two(lalia);
      const spool = await spoolOf(lalia);
      const clients: PeerStream[] = [];
      while (clients.length < limits.MAX_SPOOL_CONVERSATIONS) {
        const outcome = await dialSpool(spool, timers);
        if (outcome.kind === 'connected') clients.push(outcome.stream);
      }
      expect(await alice.refusal(['tell', 'bob', 'hello'], within)).toMatchObject({
        exit: 1,
        reason: 'daemon_unavailable',
        context: { max_conversations: limits.MAX_SPOOL_CONVERSATIONS },
      });
      for (const client of clients) client.destroy();
      await becomes(() => conversations(spool).length === 0);
      await alice.says(['tell', 'bob', 'hello'], within);
    });
  },
);

const namespace = namespaceCage();

describe.runIf(process.platform === 'linux' && namespace !== undefined)(
  'in a process namespace of its own,',
  () => {
    test('a container starts a daemon as any machine does', async () => {
      await using lalia = new Lalia();
      // Stopped inside: its number means another process outside.
      const script = ['sh', '-c', '"$@" start && "$@" stop', 'sh'];
      const { code, stdout } = await lalia.cli([], { within: [...(namespace ?? []), ...script] });
      expect([code, stdout.includes('the daemon is started')]).toEqual([0, true]);
    });

    test('that a sandbox made for one command, no daemon is started, because it would end with it', async () => {
      await using lalia = new Lalia();
      for (const name of ['codex-linux-sandbox', 'bwrap']) {
        const sandbox = namespaceCage({ firstProcess: { folder: lalia.folder, name } }) ?? [];
        expect(await lalia.refusal(['start'], { within: sandbox })).toMatchObject({
          exit: 1,
          reason: 'daemon_unavailable',
          message: expect.stringContaining(name) as unknown,
          retry_hint: expect.stringContaining('`lalia start`') as unknown,
        });
      }
      expect(existsSync(lalia.home)).toBe(false);
    });

    test.runIf(process.platform === 'linux' && cage !== undefined)(
      'with a home that cannot be written and sockets refused, mail goes both ways all the same',
      async () => {
        await using lalia = new Lalia();
        const [alice, bob] = await two(lalia);
        const sandbox = namespaceCage({
          firstProcess: { folder: lalia.folder, name: 'codex-linux-sandbox' },
          readOnly: lalia.home,
        });
        const inside = { within: [...(sandbox ?? []), ...(cage ?? [])] };
        const reader = await bob.waiting(['read', 'alice', '--timeout', '300'], inside);
        await alice.says(['tell', 'bob', 'through'], inside);
        expect((await reader.finished).stdout).toContain('| through');
      },
    );
  },
);

async function two(lalia: Lalia): Promise<[Person, Person]> {
  return (await lalia.people('shop', 'alice', 'bob')) as [Person, Person];
}

async function spoolOf(lalia: Lalia): Promise<string> {
  const { spool } = await lalia.json<{ readonly spool: { readonly path: string } }>(['status']);
  return spool.path;
}

function conversations(spool: string): string[] {
  return readdirSync(spool).filter((name) => name !== 'serving');
}
