import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { wake } from '../src/wake/wake.ts';
import { claudeCodeWays, codexWays, qwenCodeWays } from '../src/wake/ways.ts';

const TEXT = 'Lalia: there is 1 unread message for bob (from ann); "quoted" $HOME `x`';
const NOTICE = JSON.stringify({ text: TEXT });

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lw-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** An executable that writes down its arguments, one JSON array a run. */
function standIn(body = ''): { readonly program: string; readonly runs: () => string[][] } {
  const program = join(folder, 'codex');
  const log = join(folder, 'runs');
  writeFileSync(
    program,
    `#!${process.execPath}\nrequire('node:fs').appendFileSync(${JSON.stringify(log)}, JSON.stringify(process.argv.slice(2)) + '\\n');\n${body}\n`,
  );
  chmodSync(program, 0o755);
  const runs = () =>
    readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as string[]);
  return { program, runs };
}

/** A socket that keeps what is written to it. */
class Inbox implements AsyncDisposable {
  readonly path = join(folder, 'inbox.sock');
  readonly #server: Server;
  readonly #received: Promise<string>;

  private constructor() {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#received = promise;
    this.#server = createServer((socket) => {
      let text = '';
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      socket.on('close', () => {
        resolve(text);
      });
      socket.on('error', () => undefined);
    });
  }

  static open(): Promise<Inbox> {
    const inbox = new Inbox();
    return new Promise((resolve) => {
      inbox.#server.listen(inbox.path, () => {
        resolve(inbox);
      });
    });
  }

  async lines(): Promise<unknown[]> {
    return (await this.#received)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }
}

test('codex is handed the notice as one argument, for the thread of its session', async () => {
  const { program, runs } = standIn();
  expect(await wake(['codex-queue', 'thread-1', program], NOTICE)).toEqual({
    line: '{"outcome":"started","detail":null}',
    code: 0,
  });
  expect(runs()).toEqual([['queue', '--thread', 'thread-1', '--message', TEXT]]);
});

test('what codex says when it fails is the detail; one that is not there is said to be missing', async () => {
  const { program } = standIn(`console.error('warning\\nno such thread'); process.exit(2);`);
  const failed = await wake(['codex-queue', 'thread-1', program], NOTICE);
  expect(failed.code).toBe(1);
  expect(JSON.parse(failed.line)).toEqual({ outcome: 'failed', detail: `${program} queue: no such thread` });
  const missing = await wake(['codex-queue', 'thread-1', join(folder, 'none')], NOTICE);
  expect(missing.line).toContain('there is no such program on the PATH');
});

test('the inbox of Claude Code gets one frame of a user', async () => {
  await using inbox = await Inbox.open();
  expect(await wake(['claude-inbox', inbox.path], NOTICE)).toEqual({
    line: '{"outcome":"started","detail":null}',
    code: 0,
  });
  expect(await inbox.lines()).toEqual([
    {
      type: 'user',
      message: { role: 'user', content: TEXT },
      uuid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      msgV: 1,
      priority: 'next',
      from: `uds:${inbox.path}`,
    },
  ]);
});

test('a socket that nobody listens at is a failure that names it', async () => {
  const path = join(folder, 'gone.sock');
  const { line, code } = await wake(['claude-inbox', path], NOTICE);
  expect([code, JSON.parse(line)]).toEqual([1, { outcome: 'failed', detail: `nobody listens at ${path}` }]);
});

test('Qwen Code gets a line in its input file, which is never made here', async () => {
  const file = join(folder, 'input.jsonl');
  expect((await wake(['qwen-input', file], NOTICE)).code).toBe(1);
  appendFileSync(file, 'before\n');
  expect((await wake(['qwen-input', file], NOTICE)).code).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(`before\n${JSON.stringify({ type: 'submit', text: TEXT })}\n`);
});

test('the session socket of Qwen Code is found by its session, and told who writes', async () => {
  await using inbox = await Inbox.open();
  writeFileSync(join(folder, '1.json'), 'half a fi');
  writeFileSync(join(folder, '2.json'), JSON.stringify({ sessionId: 'other', ipcPath: '/x', ipcToken: 'x' }));
  writeFileSync(
    join(folder, '3.json'),
    JSON.stringify({ sessionId: 's1', ipcPath: inbox.path, ipcToken: 'token' }),
  );
  expect((await wake(['qwen-session', 's1', folder], NOTICE)).code).toBe(0);
  expect(await inbox.lines()).toMatchObject([
    { msgV: 1, type: 'auth', token: 'token' },
    { type: 'user', fromName: 'lalia', toSessionId: 's1', message: { role: 'user', content: TEXT } },
  ]);
  expect((await wake(['qwen-session', 's9', folder], NOTICE)).line).toContain('no running session s9');
});

test.each([
  [['nonsense'], NOTICE, 'knows no way'],
  [[], NOTICE, 'knows no way'],
  [['codex-queue'], NOTICE, 'the thread is missing'],
  [['codex-queue', 't'], '', 'JSON'],
  [['codex-queue', 't'], '{"text":1}', 'not a notice'],
])('%j with %j on standard input fails, and says why', async (argv, input, why) => {
  const { line, code } = await wake(argv, input);
  expect(code).toBe(1);
  expect(line).toContain(why);
});

test('a session offers the ways that it has', () => {
  const place = { session: 's1', input: {}, env: {} };
  expect(codexWays(place)).toMatchObject([{ words: ['codex-queue', 's1'] }]);
  expect(codexWays({ ...place, session: null })).toEqual([]);
  expect(claudeCodeWays(place)).toEqual([]);
  const env = { CLAUDE_CODE_MESSAGING_SOCKET: '/tmp/cc.sock' };
  expect(claudeCodeWays({ ...place, env, input: { permission_mode: 'auto' } })).toMatchObject([
    { words: ['claude-inbox', '/tmp/cc.sock'] },
  ]);
  // It would be kept for the person there: a listener wakes it.
  expect(claudeCodeWays({ ...place, env, input: { permission_mode: 'bypassPermissions' } })).toEqual([]);
  expect(qwenCodeWays({ ...place, env: { LALIA_QWEN_INPUT: '/f' } }).map(({ name }) => name)).toEqual([
    'qwen input file',
    'qwen session',
  ]);
});
