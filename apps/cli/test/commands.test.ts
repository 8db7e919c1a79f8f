/** The command line as its users meet it: the built program, a daemon of its own, two agents. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPERATIONS } from '@lalia/protocol/operations';
import { Lalia, type Person, run } from '@lalia/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const CLI = join(import.meta.dirname, '../bin/lalia.js');
const { tell: tellOperation, post: postOperation, read: readOperation } = OPERATIONS;

let lalia: Lalia;
let alice: Person;
let bob: Person;

beforeAll(async () => {
  lalia = new Lalia();
  const cwd = await lalia.repository('shop');
  alice = await lalia.person('alice', { cwd });
  bob = await lalia.person('bob', { cwd });
});

afterAll(async () => {
  await lalia[Symbol.asyncDispose]();
});

/** Takes what is unread, so that every test begins with empty mailboxes. */
async function drained(): Promise<void> {
  await bob.cli(['read', 'alice', '--all', '--timeout', '0']);
  await alice.cli(['read', 'bob', '--all', '--timeout', '0']);
}

describe('a message', () => {
  test('arrives in a frame that says who sent it', async () => {
    await drained();
    const sent = await alice.says(['tell', 'bob', 'two\nlines']);
    const [, seq, id] = /^sent to bob@shop #(\d+) id (\w{26}) · bob is live\n$/.exec(sent) ?? [];
    expect(await bob.says(['read', 'alice'])).toMatch(
      new RegExp(
        `^From agent alice@shop, not from your user \\(#${String(seq)}, .*, id ${String(id)}\\):\n\\| two\n\\| lines\n$`,
      ),
    );
  });

  test('is read back byte for byte, whether it came from an argument, a file or standard input', async () => {
    await drained();
    const breaks = ' a\r\nb\n\tc\rd\u2028e\u0085f\v\f';
    const body = `${breaks} grüße 👋 你好 \ufeff\ufffd \x1b[2J\x1b]0;title\x07\x7f\x9b\n`;
    const file = join(lalia.folder, 'body');
    writeFileSync(file, body);
    await alice.says(['tell', 'bob', body]);
    await alice.says(['tell', 'bob', '--file', file]);
    await alice.says(['tell', 'bob', '-'], { input: body });
    const { messages } = readOperation.result
      .pick({ messages: true })
      .parse(await bob.json(['read', 'alice', '--all']));
    expect(messages.map((message) => message.body)).toEqual([body, body, body]);
  });

  test.for([
    ['nothing at all', ['tell', 'bob'], 'invalid_params'],
    ['an empty text', ['tell', 'bob', ''], 'empty_body'],
    ['a text and a file', ['tell', 'bob', 'x', '--file', 'y'], 'invalid_params'],
    ['a file that is not there', ['tell', 'bob', '--file', '/no/such/file'], 'invalid_params'],
    ['a folder', ['tell', 'bob', '--file', '/'], 'invalid_params'],
    ['oneself', ['tell', 'alice', 'x'], 'self_message'],
  ] as const)('to send %s is refused', async ([, args, reason]) => {
    expect(await alice.refusal(args)).toMatchObject({ exit: 1, code: 1, reason, stderr: '' });
  });

  test.for([
    ['bytes that are no text', Buffer.from([0x61, 0xff, 0x62]), 'invalid_utf8'],
    ['a NUL', Buffer.from('a\0b'), 'body_has_nul'],
    ['more than a MiB', Buffer.alloc(1024 * 1024 + 1, 0x61), 'message_too_large'],
  ] as const)('of %s is refused', async ([, input, reason]) => {
    expect(await alice.refusal(['tell', 'bob', '-'], { input })).toMatchObject({ exit: 1, reason });
  });

  // Elsewhere Node has replaced the bytes before anybody can see them.
  test.runIf(process.platform === 'linux')(
    'of bytes that are no text is refused also as an argument',
    async () => {
      const script = `exec "$0" "$1" tell bob "$(printf 'a\\377b')" --json`;
      const env = { ...lalia.env, LALIA_NAME: alice.id };
      const { code, stdout } = await run(['sh', '-c', script, process.execPath, CLI], { env });
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({ error: { reason: 'invalid_utf8' } });
    },
  );

  test('is answered where it came from', async () => {
    await drained();
    const { id } = tellOperation.result.parse(await alice.json(['tell', 'bob', 'ready?', '--needs-answer']));
    expect(await bob.says(['read', 'alice'])).toContain(', needs an answer):\n| ready?');
    await bob.says(['reply', '- yes']);
    expect(await alice.says(['read', 'bob'])).toContain(`, answers ${id}):\n| - yes`);
  });

  test('is sent once, however often it is sent with one id', async () => {
    await drained();
    const id = '01JD8X5Q0Z3M4N5P6Q7R8S9T0V';
    expect(await alice.says(['tell', 'bob', 'once', '--id', id])).toMatch(/^sent to/);
    // Its own place in the mailbox is not before it.
    expect(await alice.says(['tell', 'bob', 'once', '--id', id])).toMatch(
      /^already sent to bob@shop #\d+ id \w+ · bob is live\n$/,
    );
    expect(await alice.refusal(['tell', 'bob', 'twice', '--id', id])).toMatchObject({
      reason: 'id_conflict',
    });
    await bob.says(['read', 'alice']);
    expect(await bob.refusal(['read', 'alice', '--timeout', '0'])).toMatchObject({ exit: 2 });
  });
});

describe('a question', () => {
  test('is answered while the one who asks waits', async () => {
    await drained();
    const asking = await alice.waiting(['ask', 'bob', 'which port?']);
    await bob.says(['read', 'alice']);
    await bob.says(['reply', '8080']);
    const { code, stdout, stderr } = await asking.finished;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^From agent bob@shop, .*\n\| 8080\n$/);
  });

  test('stands when nobody answers in time, and the error says how to go on', async () => {
    await drained();
    const refusal = await alice.refusal(['ask', 'bob', 'anyone?', '--timeout', '0']);
    expect(refusal).toMatchObject({ exit: 2, code: 2, reason: 'timeout', stderr: '' });
    expect(refusal.retry_hint).toContain('lalia read bob@shop');
    const { messages } = readOperation.result
      .pick({ messages: true })
      .parse(await bob.json(['read', 'alice']));
    expect(messages.map(({ id }) => id)).toEqual([refusal.context['question']]);
  });

  test('to somebody who is away says so at once, on standard error, and still waits', async () => {
    // The person has not run any command here.
    const asking = alice.start(['ask', 'human', 'there?']);
    await asking.until(({ stderr }) => stderr.includes('\n'));
    expect(asking.stderr).toMatch(/^human is away since .*; waiting for the answer\n$/);
    await lalia.presenceOf(alice.id, 'listening');
    asking.kill('SIGTERM');
    expect((await asking.finished).stdout).toBe('');
  });
});

describe.each(['SIGINT', 'SIGTERM'] as const)('a question whose wait ends with %s', (signal) => {
  test('stands, and the last word on standard error says which and how to go on', async () => {
    await drained();
    const asking = await alice.waiting(['ask', 'bob', 'still there?', '--json']);
    asking.kill(signal);
    const ended = await asking.finished;
    expect(ended).toMatchObject({ code: null, signal, stdout: '' });
    const { messages } = readOperation.result
      .pick({ messages: true })
      .parse(await bob.json(['read', 'alice']));
    const [{ seq, id } = { seq: 0, id: '' }] = messages;
    expect(ended.stderr).toBe(
      `interrupted; the question #${String(seq)} (id ${id}) stands, do not ask it again: ` +
        `\`lalia ask --resume ${id}\` waits on; the answer also comes with \`lalia read bob@shop\`.\n`,
    );
  });
});

describe('a room', () => {
  test('hands out all that is unread, and takes its name without --room', async () => {
    await alice.says(['room', 'create', 'auth', '--desc', 'The login']);
    await bob.says(['join', 'auth']);
    expect(await alice.says(['post', 'auth', 'one'])).toMatch(
      /^posted to auth@shop #1 id \w{26} · bob is live\n$/,
    );
    await alice.says(['post', 'auth', 'two']);
    const text = await bob.says(['read', 'auth']);
    expect(text.match(/^\| .*$/gm)).toEqual(['| one', '| two']);
    expect(await bob.refusal(['read', 'auth', '--room', '--timeout', '0'])).toMatchObject({ exit: 2 });
  });

  test('tells what its mailbox had no room for, and the call that shows it', async () => {
    await alice.says(['room', 'create', 'flood']);
    await bob.says(['join', 'flood']);
    const client = await lalia.connect();
    const sender = await client.resume(alice.id);
    for (let count = 1; count <= 66; count += 1) await sender.post('flood', String(count));
    const [notice = ''] = (await bob.says(['read', 'flood', '--room'])).split('\n');
    const [, call = ''] = /^2 messages of room flood@shop .* see: lalia (.*)$/.exec(notice) ?? [];
    const text = await bob.says(call.split(' '));
    expect(text.match(/^\| .*$/gm)).toEqual(['| 1', '| 2']);
  });
});

describe('what programs read', () => {
  const operations: [keyof typeof OPERATIONS, string[]][] = [
    ['channels', ['channels']],
    ['history', ['history', 'bob']],
    ['receipts', ['receipts', 'bob']],
    ['waiting', ['waiting']],
    ['search', ['search', 'there']],
    ['rooms', ['rooms']],
    ['room_create', ['room', 'create', 'docs']],
    ['join', ['join', 'docs']],
    ['participants', ['participants', 'docs']],
    ['peek', ['peek']],
    ['leave', ['leave', 'docs']],
    ['agents', ['agents']],
    ['renew', ['renew']],
    ['status', ['status']],
  ];

  test.for(operations)('%s gives one document, as it is described', async ([operation, args]) => {
    const { code, stdout, stderr } = await alice.cli([...args, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')).toHaveLength(2);
    expect(OPERATIONS[operation].result.safeParse(JSON.parse(stdout)).error).toBeUndefined();
  });

  test('post gives one document, as it is described', async () => {
    await alice.says(['room', 'create', 'news']);
    const document = await alice.json(['post', 'news', 'x']);
    expect(postOperation.result.safeParse(document).error).toBeUndefined();
  });

  test('whoami says how it was found out', async () => {
    expect(await alice.json(['whoami'])).toMatchObject({ agent: { agent_id: alice.id }, how: 'env_name' });
    expect(await alice.json(['whoami', '--as', 'bob'])).toMatchObject({
      agent: { agent_id: bob.id },
      how: 'as',
    });
  });

  test('the documents of the daemon’s own commands', async () => {
    expect(await lalia.json(['start'])).toEqual({ pid: lalia.daemonPid, started: false });
    expect(await lalia.json(['suggest-name', '--role', 'worker'])).toEqual({ name: 'test-worker' });
  });
});

describe('an error', () => {
  test('is three lines on standard error, and nothing on standard output', async () => {
    const { code, stdout, stderr } = await alice.cli(['tell', 'bobb', 'x']);
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toMatch(/^error: .*bobb.*\nreason: agent_not_found\nhint: .*bob.*\n$/);
  });

  test.for([['tell', '--wat'], ['agents', '--wat'], ['wat']])('in usage has one voice: %j', async (args) => {
    const { code, stdout, stderr } = await alice.cli(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^error: .*wat.*\nreason: invalid_params\nhint: .*lalia.*\n$/);
  });

  test.for([['tell', '--wat'], ['agents', '--wat'], ['wat']])(
    'in usage is one document with --json: %j',
    async (args) => {
      expect(await alice.refusal(args)).toMatchObject({ exit: 1, reason: 'invalid_params', stderr: '' });
    },
  );

  test('about an unknown command suggests the nearest', async () => {
    expect((await lalia.cli(['aggents'])).stderr).toContain('Did you mean `lalia agents`?');
    expect((await lalia.cli(['room', 'creat'])).stderr).toContain('Did you mean `lalia room create`?');
  });

  test('about a missing identity teaches how to get one', async () => {
    const { code, stderr } = await lalia.cli(['channels'], { cwd: '/' });
    expect(code).toBe(6);
    expect(stderr).toMatch(/reason: not_registered\nhint: .*lalia register.*--as.*human/);
  });
});

describe('help', () => {
  test('lists the commands, however it is asked for', async () => {
    const asked = [[], ['help'], ['--help'], ['-h']].map((args) => lalia.cli(args));
    for (const { code, stdout, stderr } of await Promise.all(asked)) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/\nTalk {2,}tell, /);
    }
  });

  test('shows one command, whatever the environment says of development', async () => {
    const asked = [
      ['help', 'tell'],
      ['tell', 'bob', 'x', '-h'],
    ].map((args) => lalia.cli(args, { env: { NODE_ENV: 'development' } }));
    for (const { code, stdout, stderr } of await Promise.all(asked)) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('--needs-answer');
      expect(stdout).toContain('lalia tell codex');
    }
  });

  test('shows a group of commands', async () => {
    expect((await lalia.cli(['room'])).stdout).toContain('room create');
    expect((await lalia.cli(['help', 'room', 'create'])).stdout).toContain('--desc');
  });

  test('has the version', async () => {
    expect((await lalia.cli(['--version'])).stdout).toMatch(/^lalia \d+\.\d+\.\d+\n$/);
  });
});
