/** The command line as programs and people rely on it (spec 10): help, exit codes, `--json`, and nothing but the result on stdout. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lalia, type Person, type Running, type RunOptions } from '@lalia/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Crew } from './_crew.ts';
import { expectDocument } from './_documents.ts';

const SNAPSHOT = join(import.meta.dirname, '../apps/cli/command-snapshot.json');

interface Snapshot {
  readonly command: string;
}

const COMMANDS = (JSON.parse(readFileSync(SNAPSHOT, 'utf8')) as readonly Snapshot[]).map(
  ({ command }) => command,
);

const lalia = new Lalia();
let alice: Person;
let bob: Person;

beforeAll(async () => {
  [alice, bob] = (await lalia.people('shop', 'alice', 'bob')) as [Person, Person];
  const [a, b] = [await alice.sdk(), await bob.sdk()];
  await a.createRoom('den');
  await b.join('den');
});
afterAll(() => lalia[Symbol.asyncDispose]());

/** A terminal's colours and moves. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about.
const ESCAPE = /\x1b/;

describe.concurrent('help', () => {
  // Every command is asked without a process of its own: apps/cli/test/help.test.ts.
  test.each(['tell', 'stop', 'room create'])(
    'lalia %s --help says how it is used, and does nothing',
    async (name) => {
      const words = name.split(' ');
      const { code, stdout, stderr } = await lalia.cli([...words, '--help']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain(`lalia ${name}`);
      expect(stdout).toContain('--json');
      expect(stdout).not.toMatch(ESCAPE);
      expect((await lalia.cli(['help', ...words])).stdout).toBe(stdout);
    },
  );

  test('lalia, lalia help and lalia --help list every command', async () => {
    const [bare, help, flag] = await Promise.all([lalia.cli([]), lalia.cli(['help']), lalia.cli(['--help'])]);
    expect(bare).toEqual(help);
    expect(flag).toEqual(help);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout.split('\n').length).toBeLessThanOrEqual(24);
    for (const name of COMMANDS) expect(help.stdout).toContain(name.split(' ').at(-1));
  });

  test('lalia help all has a line about every command, lalia help TOPIC about some', async () => {
    const { code, stdout, stderr } = await lalia.cli(['help', 'all']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${name}(  |$)`, 'm'));
    const tasks = (await lalia.cli(['help', 'tasks'])).stdout;
    expect(tasks).toMatch(/^Tasks\n {2}task bulletin {2}/);
    expect((await lalia.cli(['help', 'task'])).stdout).toBe(tasks);
    expect((await lalia.cli(['help', 'identity'])).stdout).toMatch(/^Who is who\n {2}register /);
    expect(await lalia.refusal(['help', 'mesages'])).toMatchObject({
      message: 'lalia has no command and no topic "mesages".',
      retry_hint: 'Did you mean `lalia help messages`? `lalia help` lists the commands.',
    });
  });

  test('with --json it is a document: all commands, those of a topic, or one', async () => {
    const names = async (args: readonly string[]) => {
      const { commands } = await lalia.json<{ commands: readonly { name: string }[] }>(args);
      return commands.map(({ name }) => name);
    };
    expect((await names(['help'])).toSorted()).toEqual(COMMANDS.toSorted());
    expect(await names(['help', 'room'])).toEqual(['room create']);
    expect(await names(['tell', '--help'])).toEqual(['tell']);
    expect(await lalia.json(['help', 'tell'])).toMatchObject({
      commands: [
        {
          name: 'tell',
          group: 'Talk',
          summary: expect.any(String) as string,
          usage: expect.stringMatching(/^lalia tell <peer> \[<message>\] /) as string,
        },
      ],
    });
  });

  test('lalia --version prints the version', async () => {
    expect(await lalia.cli(['--version'])).toMatchObject({ code: 0, stderr: '' });
    expect((await lalia.cli(['--version'])).stdout).toMatch(/^lalia \d+\.\d+\.\d+\n$/);
    const { version } = await lalia.json<{ readonly version: string }>(['--version']);
    expect((await lalia.cli(['--version'])).stdout).toBe(`lalia ${version}\n`);
    expect((await lalia.cli(['version'])).stdout).toContain(`lalia     ${version}\n`);
  });

  test.each([
    { typed: ['tel'], meant: 'tell' },
    { typed: ['raed', 'bob'], meant: 'read' },
    { typed: ['regsiter'], meant: 'register' },
    { typed: ['whomai'], meant: 'whoami' },
    { typed: ['room', 'craete', 'den'], meant: 'room create' },
    { typed: ['agent'], meant: 'agents' },
    { typed: ['help', 'agnets'], meant: 'help agents' },
  ])('$typed is no command, $meant is suggested', async ({ typed, meant }) => {
    const { code, stdout, stderr } = await lalia.cli(typed);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^error: .*\nreason: invalid_params\nhint: .*\n$/);
    expect(stderr).toContain(`Did you mean \`lalia ${meant}\`?`);
    expect(await lalia.refusal(typed)).toMatchObject({ exit: 1, reason: 'invalid_params' });
  });
});

describe('with --json', () => {
  interface Line {
    readonly command: string;
    readonly line: readonly string[];
    /** What has to be there. */
    readonly has: object;
    readonly as?: 'alice' | 'bob' | 'nobody';
  }

  const BACKUP = join(lalia.folder, 'backup.tar');
  const QUESTION = '01K00000000000000000000007';

  const PROMPT = expect.stringMatching(/^# Lalia: /) as string;

  /** In this order: a later one may need what an earlier one did. */
  const lines: readonly Line[] = [
    { command: 'start', line: ['start'], has: { started: false }, as: 'nobody' },
    { command: 'status', line: ['status'], has: { running: true, journal: {} }, as: 'nobody' },
    {
      command: 'register',
      line: ['register', '--name', 'carol'],
      has: { created: true, agent: { name: 'carol' } },
      as: 'nobody',
    },
    { command: 'whoami', line: ['whoami'], has: { agent: { name: 'alice' }, how: 'env_name' } },
    { command: 'agents', line: ['agents'], has: { agents: { length: 4 } }, as: 'nobody' },
    { command: 'suggest-name', line: ['suggest-name'], has: { name: 'test' }, as: 'nobody' },
    { command: 'prompt', line: ['prompt', 'peer'], has: { role: 'peer', prompt: PROMPT }, as: 'nobody' },
    { command: 'init', line: ['init', 'worker'], has: { role: 'worker', prompt: PROMPT }, as: 'nobody' },
    { command: 'protocol', line: ['protocol'], has: { protocol: PROMPT }, as: 'nobody' },
    {
      command: 'hooks install',
      line: ['hooks', 'install', 'codex', '--dry-run'],
      has: { files: [{ harness: 'codex', action: 'create' }], dry_run: true },
      as: 'nobody',
    },
    {
      command: 'hooks status',
      line: ['hooks', 'status', 'codex'],
      has: { harnesses: [{ harness: 'codex', trusted: null }], problems: [] },
      as: 'nobody',
    },
    {
      command: 'hooks uninstall',
      line: ['hooks', 'uninstall', 'codex'],
      has: { files: { length: 2 }, dry_run: false, next: [] },
      as: 'nobody',
    },
    {
      command: 'plugin',
      line: ['plugin', 'codex'],
      has: { plugins: [{ harness: 'codex', install: { length: 2 }, next: { length: 1 } }] },
      as: 'nobody',
    },
    { command: 'renew', line: ['renew'], has: { agent: {} } },
    { command: 'tell', line: ['tell', 'bob', 'one'], has: { seq: 1, duplicate: false, recipient: {} } },
    { command: 'peek', line: ['peek'], has: { unread: 1, messages: { length: 1 } }, as: 'bob' },
    {
      command: 'read',
      line: ['read', 'alice'],
      has: { messages: [{ body: 'one' }], dropped: null, remaining: 0 },
      as: 'bob',
    },
    { command: 'reply', line: ['reply', 'two'], has: { seq: 2 }, as: 'bob' },
    { command: 'read-any', line: ['read-any'], has: { messages: [{ body: 'two' }] } },
    { command: 'history', line: ['history', 'bob'], has: { messages: { length: 2 }, more: false } },
    {
      command: 'receipts',
      line: ['receipts', 'bob'],
      has: { receipts: [{ recipients: [{ state: 'answered' }] }] },
    },
    { command: 'channels', line: ['channels'], has: { channels: [{ unread: 0, last_seq: 2 }] } },
    { command: 'search', line: ['search', 'one'], has: { hits: [{ message: { seq: 1 } }], more: false } },
    { command: 'rooms', line: ['rooms'], has: { rooms: [{ name: 'den' }] } },
    {
      command: 'post',
      line: ['post', 'den', 'three', '--needs-answer', '--id', QUESTION],
      has: { seq: 1, recipients: [{}] },
    },
    { command: 'waiting', line: ['waiting'], has: { asked: [{ id: QUESTION }], asked_count: 1, owed: [] } },
    { command: 'resolve', line: ['resolve', QUESTION], has: { id: QUESTION, seq: 1, closed: true } },
    { command: 'participants', line: ['participants', 'den'], has: { members: { length: 2 } } },
    { command: 'leave', line: ['leave', 'den'], has: { room: { name: 'den' } }, as: 'bob' },
    { command: 'join', line: ['join', 'den'], has: { room: { name: 'den' }, joined_now: true }, as: 'bob' },
    { command: 'room create', line: ['room', 'create', 'nook'], has: { room: { name: 'nook' } } },
    { command: 'rooms gc', line: ['rooms', 'gc'], has: { archived: [] } },
    {
      command: 'nickname',
      line: ['nickname', 'friend', 'bob'],
      has: { nicknames: [{ nickname: 'friend', agent: { name: 'bob' } }] },
    },
    { command: 'agents gc', line: ['agents', 'gc'], has: { agents: [], dry_run: false } },
    {
      command: 'rename',
      line: ['rename', 'alicia'],
      has: { agent: { name: 'alicia' }, former_names: ['alice'] },
    },
    { command: 'unregister', line: ['unregister'], has: { agent: { name: 'bob' } }, as: 'bob' },
    {
      command: 'verify',
      line: ['verify'],
      has: { problems: [], first: null, counts: {}, is_shallow: false, is_partial: false },
      as: 'nobody',
    },
    { command: 'export', line: ['export'], has: { format: 'jsonl', files: [], conversations: {} } },
    { command: 'completion', line: ['completion', 'bash'], has: { shell: 'bash' }, as: 'nobody' },
    { command: 'doctor', line: ['doctor'], has: { healthy: true, reason: null, bundle: null }, as: 'nobody' },
    {
      command: 'backup',
      line: ['backup', BACKUP],
      has: { file: BACKUP, has_transcript: true },
      as: 'nobody',
    },
    {
      command: 'service install',
      line: ['service', 'install', '--print'],
      has: { installed: false },
      as: 'nobody',
    },
    { command: 'service status', line: ['service', 'status'], has: { installed: false }, as: 'nobody' },
    { command: 'service uninstall', line: ['service', 'uninstall'], has: { removed: false }, as: 'nobody' },
    { command: 'retention', line: ['retention'], has: { keep_ms: null, pruned: 0 }, as: 'nobody' },
    { command: 'version', line: ['version'], has: { daemon: { protocol: { major: 1 } } }, as: 'nobody' },
    { command: 'restart', line: ['restart'], has: {}, as: 'nobody' },
    { command: 'stop', line: ['stop'], has: { stopped: true }, as: 'nobody' },
    {
      command: 'restore',
      line: ['restore', BACKUP, '--force'],
      has: { home: lalia.home, moved_aside: { length: 2 } },
      as: 'nobody',
    },
  ];

  /** Those whose output is somebody else's: they have no document. */
  const WITHOUT = ['run', 'mcp'];

  /** What needs a stand-in for a harness: probe.test.ts has it. */
  const ELSEWHERE = ['hooks probe'];

  const done = new Set<string>([...WITHOUT, ...ELSEWHERE]);

  interface Result {
    readonly command: string;
    readonly line: readonly string[];
    readonly person?: Person;
    readonly options?: RunOptions;
  }

  /** Runs a command that has to print one document, and nothing else anywhere. */
  async function document({ command, line, person, options = {} }: Result): Promise<unknown> {
    const { code, stdout, stderr } = await (person ?? lalia).cli([...line, '--json'], options);
    expect({ code, stderr }, `lalia ${line.join(' ')}: ${stdout}`).toEqual({ code: 0, stderr: '' });
    expect(stdout.endsWith('\n') && !stdout.slice(0, -1).includes('\n'), command).toBe(true);
    const parsed: unknown = JSON.parse(stdout);
    expectDocument(command, parsed);
    done.add(command);
    return parsed;
  }

  /** Each line of what never ends is a document. */
  async function lineOf(command: string, person: Person, line: readonly string[]): Promise<void> {
    const running = person.start([...line, '--json']);
    await running.until(({ stdout }) => stdout.includes('\n'));
    running.kill('SIGINT');
    const { stdout } = await running.finished;
    for (const text of stdout.split('\n').slice(0, -1)) expectDocument(command, JSON.parse(text));
    done.add(command);
  }

  test('what is empty is a document, too', async () => {
    await using fresh = new Lalia();
    const eve = await fresh.person('eve', { project: 'empty' });
    await fresh.person('fay', { project: 'empty' });
    const empty: readonly Omit<Line, 'as'>[] = [
      { command: 'peek', line: ['peek'], has: { unread: 0, messages: [] } },
      { command: 'channels', line: ['channels'], has: { channels: [] } },
      { command: 'history', line: ['history', 'fay'], has: { messages: [], more: false, earlier: false } },
      { command: 'search', line: ['search', 'nothing'], has: { hits: [], more: false } },
      { command: 'receipts', line: ['receipts', 'fay'], has: { receipts: [] } },
      { command: 'rooms', line: ['rooms'], has: { rooms: [] } },
      { command: 'waiting', line: ['waiting'], has: { asked: [], owed: [] } },
      { command: 'nickname', line: ['nickname'], has: { nicknames: [] } },
      { command: 'task list', line: ['task', 'list'], has: { tasks: [] } },
      { command: 'task bulletin', line: ['task', 'bulletin'], has: { tasks: [] } },
    ];
    const cwd = await fresh.repository('empty');
    for (const { command, line, has } of empty)
      expect(await document({ command, line, person: eve, options: { cwd } }), command).toMatchObject(has);
    await fresh.cli(['stop']);
    expect(await document({ command: 'status', line: ['status'], options: { env: fresh.env } })).toEqual({
      running: false,
    });
  });

  test('ask, and what never ends', async () => {
    await using place = new Lalia();
    const [ann, ben] = (await place.people('asking', 'ann', 'ben')) as [Person, Person];
    const asking = await ann.waiting(['ask', 'ben', 'one?', '--json']);
    await ben.says(['read', 'ann']);
    await ben.says(['reply', 'yes']);
    const { code, stdout, stderr } = await asking.finished;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expectDocument('ask', JSON.parse(stdout));
    done.add('ask');
    const { id } = await ann.json<{ readonly id: string }>(['tell', 'ben', 'two?', '--needs-answer']);
    expectDocument('error', {
      error: body(await ann.cli(['ask', '--resume', id, '--timeout', '0', '--json'])),
    });
    await lineOf('watch', ann, ['watch', '--since', '1h']);
    if (COMMANDS.includes('log')) await lineOf('log', ann, ['log']);
    const { stdout: lines } = await ann.cli(['history', 'ben', '--jsonl']);
    const messages = lines
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown);
    expectDocument('history', { messages, more: false, earlier: false, reader: ref(ann) });
  });

  test('rebuild, into a home of its own', async () => {
    await lalia.journaled();
    await using place = new Lalia();
    const line = ['rebuild', lalia.workspace];
    expect(await document({ command: 'rebuild', line, options: { env: place.env } })).toMatchObject({
      problems: 0,
    });
  });

  test('every command on tasks', async () => {
    const stream = (slug: string) => ({
      slug,
      branch: `feat/${slug}`,
      brief: `Do ${slug}.`,
      owned_paths: [`${slug}/`],
    });
    await using place = new Lalia();
    const crew = await Crew.of(place, 'jobs');
    const sue = crew.supervisor;
    const [ann, ben] = [await crew.joins('ann'), await crew.joins('ben', 'supervisor')];
    const plan = crew.plan({ workstreams: ['a', 'b', 'c', 'd'].map(stream) });
    const lines: readonly (readonly [command: string, person: Person, ...words: string[]])[] = [
      ['task publish', sue, '--file', plan, '--dry-run'],
      ['task publish', sue, '--file', plan],
      ['task bulletin', ann],
      ['task list', ann],
      ['task claim', ann, 'a'],
      ['task claim', ann, 'a'],
      ['task show', ann, 'a'],
      ['task show', ann, 'b'],
      ['task set-status', ann, 'a', 'ready'],
      ['task owns', ann, 'a/file', 'z'],
      ['task check', ann],
      ['task set-status', sue, 'a', 'merged'],
      ['task claim', ann, 'b'],
      ['task release', ann, 'b'],
      ['task reassign', sue, 'b', 'ann'],
      ['task unassign', sue, 'b'],
      ['task unpublish', sue, 'c'],
      ['task guard install', sue],
      ['task guard uninstall', sue],
      ['task gc', sue],
      ['task handoff', sue, 'ben'],
    ];
    for (const [command, person, ...words] of lines)
      await document({ command, person, line: [...command.split(' '), ...words] });
    for (const [person, ...words] of [
      [ann, 'publish', '--file', plan],
      [ann, 'claim', 'nothing'],
      [ann, 'set-status', 'd', 'ready'],
      [ben, 'claim', 'd'],
      [ann, 'unpublish', 'd'],
    ] as const) {
      const refused = await person.cli(['task', ...words, '--json']);
      expect(refused.code).not.toBe(0);
      expectDocument('error', { error: body(refused) });
    }
  });

  test('every other command prints exactly one document, and nothing else anywhere', async () => {
    for (const { command, line, has, as = 'alice' } of lines) {
      if (command === 'verify') await lalia.journaled();
      const env = { alice: { LALIA_NAME: alice.id }, bob: { LALIA_NAME: bob.id }, nobody: {} }[as];
      expect(await document({ command, line, options: { env } }), command).toMatchObject(has);
    }
    expectDocument('help', await lalia.json(['help']));
  });

  test('a command that goes on for ever prints one document in each line, and now all have been run', async () => {
    await linesOf('watch', lalia.start(['watch', '--since', '1h', '--json', '--as', alice.id]));
    await linesOf('log', lalia.start(['log', '--follow', '--json']));
    // A command that nobody has run here has a document that nobody has checked.
    expect([...done].toSorted()).toEqual(COMMANDS.toSorted());
  });

  /** Expects a document in each line of a command that goes on for ever. */
  async function linesOf(command: string, running: Running): Promise<void> {
    await running.until(({ stdout }) => stdout.includes('\n'));
    running.kill('SIGTERM');
    const { stdout } = await running.finished;
    for (const line of stdout.split('\n').slice(0, -1)) expectDocument(command, JSON.parse(line));
    done.add(command);
  }

  /** The error of a command that printed one. */
  function body({ stdout }: { readonly stdout: string }): unknown {
    return (JSON.parse(stdout) as { readonly error: unknown }).error;
  }

  function ref({ info: { agent_id, name, project, role, kind } }: Person): object {
    return { agent_id, name, project, role, kind };
  }
});

describe.concurrent('an error', () => {
  const lines: readonly {
    readonly line: readonly string[];
    readonly exit: number;
    readonly reason: string;
  }[] = [
    { line: ['tell', 'alice', 'x'], exit: 1, reason: 'self_message' },
    { line: ['tell'], exit: 1, reason: 'invalid_params' },
    { line: ['tell', 'bob', 'x', '--json=true'], exit: 1, reason: 'invalid_params' },
    { line: ['tell', 'bob', 'x', '--as', 'a--b'], exit: 1, reason: 'invalid_params' },
    { line: ['register', '--role', 'king'], exit: 1, reason: 'invalid_params' },
    { line: ['read', 'human', '--timeout', '0'], exit: 2, reason: 'timeout' },
    { line: ['tell', 'nobody-at-all', 'x'], exit: 5, reason: 'agent_not_found' },
    { line: ['join', 'nowhere'], exit: 5, reason: 'room_not_found' },
    { line: ['history', 'nobody-at-all'], exit: 5, reason: 'agent_not_found' },
    { line: ['whoami', '--as', 'nobody-at-all'], exit: 5, reason: 'agent_not_found' },
    { line: ['whoami', '--bogus'], exit: 1, reason: 'invalid_params' },
    { line: ['agents', 'surplus'], exit: 1, reason: 'invalid_params' },
    { line: ['stop', '--bogus'], exit: 1, reason: 'invalid_params' },
  ];

  test.each(lines)(
    'of lalia $line is $reason with exit code $exit, in both forms',
    async ({ line, exit, reason }) => {
      const eve = await lalia.person('alice', { project: 'errors' });
      const text = await eve.cli(line);
      expect(text).toMatchObject({ code: exit, stdout: '' });
      expect(text.stderr).toMatch(new RegExp(`^error: [^\\n]+\\nreason: ${reason}\\nhint: [^\\n]+\\n$`));
      expect(text.stderr).not.toMatch(ESCAPE);

      const json = await eve.cli([...line, '--json']);
      expect(json).toMatchObject({ code: exit, stderr: '' });
      expect(json.stdout.split('\n')).toHaveLength(2);
      const { error, ...rest } = JSON.parse(json.stdout) as { error: Record<string, unknown> };
      expect(rest).toEqual({});
      expectDocument('error', { error });
      expect(Object.keys(error).toSorted()).toEqual(['code', 'context', 'message', 'reason', 'retry_hint']);
      expect(error).toMatchObject({ code: exit, reason });
    },
  );

  test.each([
    { line: ['tell', 'den', 'x'], hint: 'den@hints is a room: `lalia post den` sends to its members.' },
    { line: ['ask', 'den', 'x'], hint: 'den@hints is a room: `lalia post den` sends to its members.' },
    { line: ['post', 'bob', 'x'], hint: 'bob@hints is an agent: `lalia tell bob` sends to it.' },
    { line: ['join', 'de'], hint: 'Did you mean den' },
    { line: ['read'], hint: 'Mail from anywhere comes with `lalia read-any`. Usage: lalia read <from>' },
    { line: ['register', '--name', 'a b'], hint: 'A name has 1 to 64 letters' },
    { line: ['room', 'create', 'a b'], hint: 'A name has 1 to 64 letters' },
  ])('of lalia $line says which command was meant', async ({ line, hint }) => {
    const [ann] = await lalia.people('hints', 'ann', 'bob');
    await (await ann?.sdk())?.createRoom('den').catch(() => undefined);
    expect((await ann?.refusal(line))?.retry_hint.slice(0, hint.length)).toBe(hint);
  });

  test.each([
    { line: ['register', 'foo'], message: '"foo" is one word too many: say --name foo.' },
    { line: ['agents', 'foo'], message: '"foo" is one word too many.' },
    {
      line: ['tell', 'bob', 'two', 'words'],
      message: '"words" is one word too many: put a text of several words in quotes.',
    },
    { line: ['tell', 'bob', '--file', '/'], message: '/ is a folder, not a file.' },
    { line: ['tell', 'bob', '--file', '/no/such'], message: 'There is no file /no/such.' },
    {
      line: ['register', '--name', 'x', '--project', 'a:b'],
      message: 'register: project: has to have at least one character, no ":" and no line break',
    },
  ])('of lalia $line is in words of its own', async ({ line, message }) => {
    expect((await lalia.refusal(line)).message).toBe(message);
  });

  test('of somebody who has no identity is 6, with the way to one', async () => {
    const { code, stdout, stderr } = await lalia.cli(['peek']);
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
    expect(stderr).toMatch(/reason: not_registered\nhint: .*lalia register/);
  });

  test('is not made of the environment that a harness or a shell may have', async () => {
    const person = await lalia.person('surrounded', { project: 'errors' });
    for (const env of [
      { NODE_ENV: 'development' },
      { NODE_ENV: 'test' },
      { FORCE_COLOR: '1' },
      { CI: '1', TERM: 'dumb', COLUMNS: '20' },
      { LANG: 'C', LC_ALL: 'C' },
      { TZ: 'Asia/Kathmandu' },
    ]) {
      for (const args of [['whoami', '--json'], ['peek', '--json'], ['agents']]) {
        const { code, stdout, stderr } = await person.cli(args, { env });
        expect({ code, stderr }, `${JSON.stringify(env)} ${args.join(' ')}`).toEqual({ code: 0, stderr: '' });
        expect(stdout).not.toMatch(ESCAPE);
      }
    }
  });
});
