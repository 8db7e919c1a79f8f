/** `lalia run`: stand-ins for the harnesses record what they are started with, and behave as they are told. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Result } from '@lalia/client';
import { isRunning, Lalia, Running, shellWords } from '@lalia/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const CLI = join(import.meta.dirname, '../apps/cli/bin/lalia.js');

/** Records what it sees, in files, because its output is for the test; then does what DO says. */
const STAND_IN = `#!/bin/sh
mkdir -p "$RECORD"
pwd > "$RECORD/cwd"
env > "$RECORD/env"
echo $$ > "$RECORD/pid"
for word in "$@"; do printf '%s' "$word" > "$RECORD/arg-$(ls "$RECORD" | grep -c '^arg-')"; done
[ -r /proc/$$/status ] && grep SigIgn /proc/$$/status > "$RECORD/ignored"
[ -r /proc/self/fdinfo/1 ] && cat /proc/self/fdinfo/0 /proc/$$/fdinfo/1 /proc/$$/fdinfo/2 | grep flags > "$RECORD/flags"
if [ -t 0 ] && [ -t 1 ]; then echo yes > "$RECORD/terminal"; fi
echo done > "$RECORD/started"
eval "$DO"
`;

const PROGRAMS = ['claude', 'codex', 'copilot', 'opencode', 'qwen', 'gemini', 'cursor-agent', 'amp', 'aider'];

const lalia = new Lalia({ LALIA_HARNESS: '' });
const bin = join(lalia.folder, 'bin');
let repo: string;
let count = 0;

beforeAll(async () => {
  repo = await lalia.repository('shop');
  mkdirSync(bin);
  for (const program of PROGRAMS) {
    writeFileSync(join(bin, program), STAND_IN);
    chmodSync(join(bin, program), 0o755);
  }
  writeFileSync(join(bin, 'lalia'), `#!/bin/sh\nexec ${shellWords([process.execPath, CLI])} "$@"\n`);
  chmodSync(join(bin, 'lalia'), 0o755);
});
afterAll(() => lalia[Symbol.asyncDispose]());

interface Start {
  readonly does?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** A start with a name and a record of its own. */
function starting({ does = 'exit 0', env = {}, cwd = repo }: Start = {}) {
  count += 1;
  const record = join(lalia.folder, `record-${String(count)}`);
  const name = `agent-${String(count)}`;
  const path = `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`;
  return {
    record,
    name,
    options: { cwd, ownSession: true, env: { PATH: path, RECORD: record, DO: does, ...env } },
  };
}

function recorded(record: string, file: string): string {
  return readFileSync(join(record, file), 'utf8');
}

function argsOf(record: string): string[] {
  const args: string[] = [];
  while (existsSync(join(record, `arg-${String(args.length)}`))) {
    args.push(recorded(record, `arg-${String(args.length)}`));
  }
  return args;
}

function envOf(record: string): Record<string, string> {
  const lines = recorded(record, 'env').split('\n');
  return Object.fromEntries(
    lines.map((line): [string, string] => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)]),
  );
}

async function prompt(role: string): Promise<string> {
  return (await lalia.cli(['prompt', role])).stdout;
}

test('the harness is given its role byte for byte, the person’s arguments, and who it is', async () => {
  const { record, name, options } = starting();
  const words = ['--model', 'x y', '', "it's $HOME; `ls`", 'ünï\n'];
  const finished = await lalia.cli(
    ['run', 'worker', '--claude-code', '--name', name, '--', ...words],
    options,
  );
  expect(finished).toMatchObject({ code: 0, signal: null, stdout: '' });
  expect(finished.stderr).toBe('');
  const [, , flag, file = '', ...rest] = argsOf(record);
  expect(flag).toBe('--append-system-prompt-file');
  expect(readFileSync(file, 'utf8')).toBe(await prompt('worker'));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(rest).toEqual(words);
  expect(recorded(record, 'cwd').trim()).toBe(repo);
  expect(envOf(record)).toMatchObject({
    LALIA_NAME: name,
    LALIA_HARNESS: 'claude-code',
    LALIA_HOME: lalia.home,
  });
  const { agents } = await lalia.json<Result<'agents'>>(['agents', '--all']);
  expect(agents.find((agent) => agent.name === name)).toMatchObject({
    role: 'worker',
    harness: 'claude-code',
    project: 'shop',
  });
});

test('hooks come along for one launch, unless they are in force, or nobody wants them', async () => {
  const user = join(lalia.folder, 'user');
  const start = async (flag: string, ...more: string[]) => {
    const { record, name, options } = starting({ env: { HOME: user, CODEX_HOME: '' } });
    const { stderr } = await lalia.cli(['run', 'peer', flag, '--name', name, ...more], options);
    return { words: argsOf(record), stderr };
  };
  const { words, stderr } = await start('--claude-code', '--', '--settings', '{}');
  expect([words[0], stderr]).toEqual(['--plugin-dir', '']);
  const hooks = readFileSync(join(words[1] ?? '', 'hooks/hooks.json'), 'utf8');
  expect(hooks).toContain(`${join(bin, 'lalia')} hook claude-code Stop`);
  expect(words.slice(-2)).toEqual(['--settings', '{}']);
  expect(existsSync(join(user, '.claude'))).toBe(false);
  expect((await start('--codex')).stderr).toMatch(
    /^Codex asks at its start whether you trust the hooks.*\n$/,
  );
  expect((await start('--gemini')).stderr).toMatch(
    /^Gemini CLI takes no hooks .*`lalia hooks install gemini`.*\n$/,
  );
  expect((await start('--claude-code', '--no-hooks')).words[0]).toBe('--append-system-prompt-file');
  await lalia.cli(['hooks', 'install', 'claude-code', '--project'], { cwd: repo, env: { HOME: user } });
  expect((await start('--claude-code')).words[0]).toBe('--append-system-prompt-file');
  await lalia.cli(['hooks', 'uninstall', 'claude-code', '--project'], { cwd: repo, env: { HOME: user } });
});

test('a role prompt has the same bytes on a terminal, in a pipe, and by its other name', async () => {
  for (const role of ['peer', 'worker', 'supervisor']) {
    const piped = await prompt(role);
    expect((await lalia.cli(['init', role])).stdout).toBe(piped);
    expect((await lalia.shown(['prompt', role])).replaceAll('\r\n', '\n')).toBe(piped);
    expect((await lalia.json<{ prompt: string }>(['prompt', role])).prompt).toBe(piped);
  }
});

test('what is run inside is the registered agent, and registering there again changes nothing', async () => {
  const does =
    'lalia whoami --json > "$RECORD/who"; lalia register --role peer --json > "$RECORD/again"; lalia agents --json > "$RECORD/agents"';
  const { record, name, options } = starting({ does });
  await lalia.cli(['run', 'peer', '--codex', '--name', name], options);
  const { agent, how } = JSON.parse(recorded(record, 'who')) as Result<'identify'>;
  expect({ name: agent.name, how }).toEqual({ name, how: 'env_name' });
  expect(JSON.parse(recorded(record, 'again'))).toMatchObject({ created: false, agent: { name } });
  const { agents } = JSON.parse(recorded(record, 'agents')) as Result<'agents'>;
  expect(agents.find((each) => each.name === name)?.presence).toBe('live');
  // Its harness has ended: the agent is away at once.
  await lalia.presenceOf(agent.agent_id, 'away');
});

test('the marks of the harness that starts it are gone, and what people set stays', async () => {
  const { record, options } = starting({
    env: {
      ...{ CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: 's', AI_AGENT: 'x', AGENT: '1', CODEX_THREAD_ID: 't' },
      ...{ GEMINI_CLI: '1', OPENCODE: '1', QWEN_CODE: '1', COPILOT_CLI: '1', CURSOR_AGENT: '1' },
      ...{ LALIA_NAME: 'parent', LALIA_SESSION: 's', LALIA_MODEL: 'm', LALIA_ANCHOR: '1:1' },
      ...{ CLAUDE_CODE_USE_BEDROCK: '1', CODEX_HOME: '/x', COPILOT_HOME: '/y', MINE: 'z' },
    },
  });
  expect((await lalia.cli(['run', 'peer', '--aider'], options)).code).toBe(0);
  const env = envOf(record);
  expect(env).toMatchObject({
    CLAUDE_CODE_USE_BEDROCK: '1',
    CODEX_HOME: '/x',
    COPILOT_HOME: '/y',
    MINE: 'z',
  });
  // The parent's name is the parent's: the child has the suggested one.
  expect(env).toMatchObject({ LALIA_NAME: 'aider', LALIA_HARNESS: 'aider' });
  const marks = [
    'CLAUDECODE',
    'CLAUDE_CODE_SESSION_ID',
    'AI_AGENT',
    'AGENT',
    'CODEX_THREAD_ID',
    'GEMINI_CLI',
  ];
  const others = ['OPENCODE', 'QWEN_CODE', 'COPILOT_CLI', 'CURSOR_AGENT', 'LALIA_SESSION', 'LALIA_MODEL'];
  expect([...marks, ...others].filter((mark) => mark in env)).toEqual([]);
  expect(env['LALIA_ANCHOR']).toMatch(new RegExp(`^${recorded(record, 'pid').trim()}:`));
});

test('in a terminal LALIA_NAME names the agent', async () => {
  const terminal = await lalia.terminal();
  const { record, options } = starting({ env: { LALIA_NAME: 'tess' } });
  expect((await lalia.cliIn(terminal, ['run', 'peer', '--qwen'], options)).code).toBe(0);
  expect(envOf(record)['LALIA_NAME']).toBe('tess');
});

/** Node without `execve`, as before 22.15: the harness is a child, which must not be noticed. */
const WITHOUT_EXECVE = { NODE_OPTIONS: '--import data:text/javascript,process.execve=undefined' };

describe.each([
  { way: 'as the process itself', env: {} },
  { way: 'as a child', env: WITHOUT_EXECVE },
])('$way', ({ env }) => {
  test('output and exit code are the harness’s own', async () => {
    const { name, options } = starting({ does: 'echo out; echo err >&2; exit 7', env });
    const args = ['run', 'peer', '--codex', '--no-hooks', '--name', name];
    expect(await lalia.cli(args, options)).toEqual({
      code: 7,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  test('input goes to the harness', async () => {
    const { name, options } = starting({ does: 'cat', env });
    const input = 'a'.repeat(300_000);
    const { stdout } = await lalia.cli(['run', 'peer', '--codex', '--name', name], { ...options, input });
    expect({ length: stdout.length, isSame: stdout === input }).toEqual({
      length: input.length,
      isSame: true,
    });
  });

  test('a signal that ends the harness is how the command ends', async () => {
    const { name, options } = starting({ does: 'kill -KILL $$', env });
    const finished = await lalia.cli(['run', 'peer', '--codex', '--name', name], options);
    expect(finished).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  test('a signal to the command is the harness’s to handle', async () => {
    // A shell's `wait` ends with a signal that is trapped; nobody ever opens the other end of the FIFO. Another signal than KILL may come
    // while its child is not `cat` yet and still has the trap.
    const does = `trap 'kill -KILL "$!"; echo caught; exit 3' TERM; cat "$RECORD/fifo" & echo ready; wait`;
    const { record, name, options } = starting({ does: `mkfifo "$RECORD/fifo"; ${does}`, env });
    const running = lalia.start(['run', 'peer', '--codex', '--name', name], options);
    await running.until(({ stdout }) => stdout.includes('ready'));
    const pid = Number(recorded(record, 'pid'));
    running.kill('SIGTERM');
    expect(await running.finished).toMatchObject({ code: 3, stdout: 'ready\ncaught\n' });
    expect(isRunning(pid)).toBe(false);
  });

  test('the agent’s anchor is the harness’s process', async () => {
    const { record, name, options } = starting({ does: 'echo ready; read -r _', env });
    const running = new Running([process.execPath, CLI, 'run', 'peer', '--codex', '--name', name], {
      ...options,
      env: { ...lalia.env, ...options.env },
      keepInput: true,
    });
    await running.until(({ stdout }) => stdout.includes('ready'));
    const pid = recorded(record, 'pid').trim();
    expect(envOf(record)['LALIA_ANCHOR']?.split(':', 1)).toEqual([pid]);
    expect(pid === String(running.child.pid)).toBe(env !== WITHOUT_EXECVE);
    const again = await lalia.refusal(['run', 'peer', '--codex', '--name', name], starting().options);
    expect(again).toMatchObject({
      exit: 10,
      reason: 'session_conflict',
      context: { anchor: { pid: Number(pid) } },
    });
    expect(again.retry_hint).toContain('--name');
    running.child.stdin?.end('\n');
    expect(await running.finished).toMatchObject({ code: 0 });
  });

  test.runIf(process.platform === 'linux')('no signal is ignored, and input and output block', async () => {
    const { record, name, options } = starting({ env });
    await lalia.cli(['run', 'peer', '--codex', '--name', name], options);
    expect(recorded(record, 'ignored')).toMatch(/SigIgn:\s+0+$/m);
    // O_NONBLOCK (04000) would be shared with everybody who holds the pipe.
    const flags = recorded(record, 'flags').trim().split('\n');
    expect(flags.map((line) => Number.parseInt(line.replace(/\D/g, ''), 8) & 0o4000)).toEqual([0, 0, 0]);
  });

  test('the terminal is the harness’s, with its Ctrl-C', async () => {
    const does = `trap 'echo caught; exit 4' INT; echo ready; read -r _; exit 5`;
    const { record, name, options } = starting({ does, env });
    const command = `exec ${shellWords([process.execPath, CLI, 'run', 'peer', '--codex', '--name', name])}`;
    const words =
      process.platform === 'linux'
        ? ['-qec', command, '/dev/null']
        : ['-q', '/dev/null', 'sh', '-c', command];
    const terminal = new Running(['script', ...words], {
      ...options,
      env: { ...lalia.env, ...options.env, SHELL: '/bin/sh' },
      keepInput: true,
    });
    await terminal.until(({ stdout }) => stdout.includes('ready'));
    expect(recorded(record, 'terminal')).toBe('yes\n');
    terminal.child.stdin?.write('\x03');
    await terminal.until(({ stdout }) => stdout.includes('caught'));
    terminal.child.stdin?.end();
    expect((await terminal.finished).code).toBe(4);
  });
});

describe('is refused before anything is changed:', () => {
  const nobody = async (name: string) => {
    const { agents } = await lalia.json<Result<'agents'>>(['agents', '--all']);
    return agents.every((agent) => agent.name !== name);
  };

  test.each([
    { line: ['run', 'king', '--codex'], reason: 'invalid_params', exit: 1, says: 'There is no role "king".' },
    { line: ['run', 'peer'], reason: 'invalid_params', exit: 1, says: 'No harness is chosen.' },
    { line: ['run', '--codex'], reason: 'invalid_params', exit: 1, says: '<role> is missing.' },
    {
      line: ['run', 'peer', '--codex', '--amp'],
      reason: 'invalid_params',
      exit: 1,
      says: 'Two harnesses are chosen: Codex CLI and Amp.',
    },
    { line: ['run', 'peer', '--codex', '--name', 'a b'], reason: 'invalid_params', exit: 1, says: 'a b' },
  ])('lalia $line', async ({ line, reason, exit, says }) => {
    const { record, options } = starting();
    const refusal = await lalia.refusal(line, options);
    expect(refusal).toMatchObject({ reason, exit });
    expect(refusal.message).toContain(says);
    expect(existsSync(record)).toBe(false);
  });

  test('a harness that is not there, or cannot be run', async () => {
    const { record, name, options } = starting({ env: { PATH: '/usr/bin:/bin' } });
    const start = ['run', 'peer', '--opencode', '--name', name];
    expect(await lalia.refusal(start, options)).toMatchObject({
      exit: 5,
      reason: 'harness_not_found',
      message: 'opencode is not installed: there is no `opencode` on the PATH.',
    });
    const broken = join(lalia.folder, 'broken');
    mkdirSync(broken, { recursive: true });
    writeFileSync(join(broken, 'opencode'), '#!/no/such/interpreter\n', { mode: 0o755 });
    const refusal = await lalia.refusal(start, { ...options, env: { ...options.env, PATH: broken } });
    expect(refusal).toMatchObject({ exit: 5, reason: 'harness_not_found' });
    expect(refusal.message).toContain('/no/such/interpreter');
    expect(await nobody(name)).toBe(true);
    expect(existsSync(record)).toBe(false);
  });

  test('a folder or a file without permission of its name is passed over', async () => {
    const folder = join(lalia.folder, 'decoys');
    mkdirSync(join(folder, 'a', 'codex'), { recursive: true });
    mkdirSync(join(folder, 'b'));
    writeFileSync(join(folder, 'b', 'codex'), 'no program');
    const { record, name, options } = starting();
    const env = { ...options.env, PATH: `${folder}/a:${folder}/b:${options.env.PATH}` };
    expect((await lalia.cli(['run', 'peer', '--codex', '--name', name], { ...options, env })).code).toBe(0);
    expect(existsSync(record)).toBe(true);
  });

  test('a script without an interpreter is run as a shell does', async () => {
    const folder = join(lalia.folder, 'plain');
    mkdirSync(folder);
    writeFileSync(join(folder, 'codex'), 'exit 9\n', { mode: 0o755 });
    const { name, options } = starting();
    const env = { ...options.env, PATH: `${folder}:${options.env.PATH}` };
    expect((await lalia.cli(['run', 'peer', '--codex', '--name', name], { ...options, env })).code).toBe(9);
  });
});

describe('AGENTS.md, where a harness has no other way,', () => {
  const section = async () =>
    `<!-- lalia:begin -->\n${(await prompt('peer')).trimEnd()}\n<!-- lalia:end -->\n`;

  async function amp(folder: string, ...flags: string[]) {
    const { record, name, options } = starting({ cwd: folder });
    const finished = await lalia.cli(
      ['run', 'peer', '--amp', '--no-hooks', '--name', name, ...flags],
      options,
    );
    return { ...finished, name, wasStarted: existsSync(record) };
  }

  function folderWith(agentsMd?: string): { folder: string; file: string } {
    count += 1;
    const folder = join(lalia.folder, `work-${String(count)}`);
    const file = join(folder, 'AGENTS.md');
    mkdirSync(folder);
    if (agentsMd !== undefined) writeFileSync(file, agentsMd);
    return { folder, file };
  }

  test('is made where it is not there, and written again only where it differs', async () => {
    const { folder, file } = folderWith();
    expect(await amp(folder)).toMatchObject({ code: 0, wasStarted: true });
    expect(readFileSync(file, 'utf8')).toBe(await section());
    const { ino } = statSync(file);
    expect(await amp(folder)).toMatchObject({ code: 0 });
    expect(statSync(file).ino).toBe(ino);
  });

  test('is changed between Lalia’s marks only, with its mode, through a link', async () => {
    const { folder, file } = folderWith();
    const real = join(folder, 'CLAUDE.md');
    writeFileSync(real, 'mine\n<!-- lalia:begin -->\nold\n<!-- lalia:end -->\nmine too');
    chmodSync(real, 0o640);
    symlinkSync('CLAUDE.md', file);
    expect(await amp(folder)).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(real, 'utf8')).toBe(`mine\n${(await section()).trimEnd()}\nmine too`);
    expect(statSync(real).mode & 0o777).toBe(0o640);
  });

  test('that is the person’s stays as it is, and nobody is registered', async () => {
    const { folder, file } = folderWith('mine\n');
    const refused = await amp(folder);
    expect(refused).toMatchObject({ code: 1, wasStarted: false });
    expect(refused.stderr).toMatch(/reason: needs_force\nhint: .*<!-- lalia:begin -->.*--force/);
    expect(readFileSync(file, 'utf8')).toBe('mine\n');
    const { agents } = await lalia.json<Result<'agents'>>(['agents', '--all']);
    expect(agents.every((agent) => agent.name !== refused.name)).toBe(true);
  });

  test('has a section at its end with --force, and a copy that is never overwritten', async () => {
    const { folder, file } = folderWith('mine');
    expect(await amp(folder, '--force')).toMatchObject({
      code: 0,
      stderr: `a copy of the file as it was: ${file}.before-lalia\n`,
    });
    expect(readFileSync(file, 'utf8')).toBe(`mine\n\n${await section()}`);
    copyFileSync(`${file}.before-lalia`, file);
    expect(await amp(folder, '--force')).toMatchObject({ code: 0 });
    expect(readFileSync(`${file}.before-lalia`, 'utf8')).toBe('mine');
    expect(readFileSync(`${file}.before-lalia-2`, 'utf8')).toBe('mine');
  });

  test.each(['<!-- lalia:begin -->\n', '<!-- lalia:end -->\n<!-- lalia:begin -->\n'])(
    'with marks that are not one pair is refused, forced or not: %j',
    async (text) => {
      const { folder, file } = folderWith(text);
      for (const flags of [[], ['--force']]) {
        const refused = await amp(folder, ...flags);
        expect(refused).toMatchObject({ code: 1, wasStarted: false });
        expect(refused.stderr).toContain('reason: unavailable');
      }
      expect(readFileSync(file, 'utf8')).toBe(text);
    },
  );

  test('that is a folder, or a link that leads nowhere, is refused', async () => {
    const { folder, file } = folderWith();
    mkdirSync(file);
    expect(await amp(folder)).toMatchObject({ code: 1, wasStarted: false });
    const other = folderWith();
    symlinkSync('nowhere', other.file);
    expect(await amp(other.folder)).toMatchObject({ code: 1, wasStarted: false });
    expect(existsSync(join(other.folder, 'nowhere'))).toBe(false);
  });
});

test('a start that cannot write its file ends with a plain error', async () => {
  await using other = new Lalia({ LALIA_HARNESS: '' });
  await other.json(['start']);
  writeFileSync(join(other.home, 'roles'), 'in the way');
  const { record, name, options } = starting();
  const refusal = await other.refusal(['run', 'peer', '--aider', '--name', name], options);
  expect(refusal).toMatchObject({ exit: 1, reason: 'unavailable' });
  expect(existsSync(record)).toBe(false);
});
