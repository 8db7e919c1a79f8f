import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { detectHarness, type Harness } from '../src/harness.ts';
import {
  ancestorsOf,
  anchorOf,
  isHidden,
  type ProcessInfo,
  type ProcessTable,
  parseLinuxStat,
  parsePs,
  systemProcesses,
} from '../src/process-tree.ts';

const harness = (id: string) => detectHarness({ LALIA_HARNESS: id }, () => []) as Harness;

/** Processes from rows `[pid, parent, program, session]`, all with a terminal. */
function tableOf(...rows: [pid: number, parent: number, program: string, session: number][]): ProcessTable {
  const processes = rows.map(([pid, parent, program, session]) => {
    return { pid, parent, program, session, started: `${String(pid)}0`, hasTerminal: true };
  });
  return (pid) => processes.find((process) => process.pid === pid);
}

function anchorIn(table: ProcessTable, { of, id }: { of: number; id?: string }) {
  const found = id === undefined ? undefined : harness(id);
  return anchorOf(
    { self: table(of) as ProcessInfo, ancestors: ancestorsOf(of, table), harness: found },
    table,
  );
}

describe('/proc/<pid>/stat', () => {
  const line = (name: string) => `42 (${name}) S 7 42 40 34816 42 4194304 ${'0 '.repeat(12)}987654 1 2`;

  it.each(['bash', 'a b', ') S 1 1 1 (', '((', 'x) R 1 2 3 4 5', ''])(
    'is read whatever the process calls itself: "%s"',
    (name) => {
      expect(parseLinuxStat(line(name))).toEqual({
        pid: 42,
        parent: 7,
        program: name,
        session: 40,
        hasTerminal: true,
        started: '987654',
      });
    },
  );

  it('that is cut short is no process', () => {
    expect(parseLinuxStat('42 (bash) S 7')).toBeUndefined();
    expect(parseLinuxStat('')).toBeUndefined();
  });
});

describe('ps', () => {
  const output = [
    '    1     0 Ss   ??       Sun Nov  2 09:12:16 2026 /sbin/launchd',
    '  100     1 Ss   ttys001  Sun Nov 22 09:12:16 2026 -zsh',
    '  200   100 S+   ttys001  Sun Nov 22 10:00:00 2026 node /opt/homebrew/bin/copilot --resume',
    '  300   200 S+   ttys001  Sun Nov 22 10:00:01 2026 /bin/bash -c lalia whoami',
  ].join('\n');

  it('gives parents, start times, scripts and the session’s leader', () => {
    const table = parsePs(output);
    expect(ancestorsOf(300, table)).toEqual([
      {
        pid: 200,
        parent: 100,
        program: '/opt/homebrew/bin/copilot',
        session: 100,
        hasTerminal: true,
        started: 'Sun Nov 22 10:00:00 2026',
      },
      expect.objectContaining({ pid: 100, program: '-zsh', session: 100 }),
      expect.objectContaining({ pid: 1, hasTerminal: false, started: 'Sun Nov  2 09:12:16 2026' }),
    ]);
    expect(anchorIn(table, { of: 300, id: 'copilot' })).toEqual({
      pid: 200,
      started: 'Sun Nov 22 10:00:00 2026',
      kind: 'harness',
    });
    expect(anchorIn(table, { of: 300 })).toMatchObject({ pid: 100, kind: 'terminal' });
  });
});

describe('the anchor', () => {
  it('is the outermost of the harness’s processes that follow each other', () => {
    const table = tableOf(
      [1, 0, 'init', 1],
      [2, 1, '/usr/bin/qwen', 2],
      [3, 2, 'zsh', 2],
      [4, 3, '/usr/bin/qwen', 2],
      [5, 4, '/lib/qwen-code/cli.js', 2],
      [6, 5, '/lib/qwen-code/cli.js', 2],
      [7, 6, 'bash', 2],
      [8, 7, 'lalia', 2],
    );
    expect(anchorIn(table, { of: 8, id: 'qwen-code' })).toEqual({ pid: 4, started: '40', kind: 'harness' });
  });

  it('is the leader of the terminal’s session where there is no harness', () => {
    const table = tableOf([1, 0, 'init', 1], [2, 1, 'zsh', 2], [3, 2, 'bash', 2], [4, 3, 'lalia', 2]);
    expect(anchorIn(table, { of: 4 })).toEqual({ pid: 2, started: '20', kind: 'terminal' });
  });

  it('is none where the harness’s process is not found: the shell beneath it ends with the command', () => {
    const table = tableOf([1, 0, 'init', 1], [2, 1, 'bash', 2], [3, 2, 'lalia', 2]);
    expect(anchorIn(table, { of: 3, id: 'claude-code' })).toBeNull();
  });

  it('is none where the session has no terminal, or its leader is gone, or it is this process', () => {
    const table = tableOf([1, 0, 'init', 1], [3, 1, 'lalia', 2], [4, 1, 'lalia', 4]);
    expect(anchorIn(table, { of: 3 })).toBeNull();
    expect(anchorIn(table, { of: 4 })).toBeNull();
    const silent = { ...(table(3) as ProcessInfo), session: 1, hasTerminal: false };
    expect(anchorOf({ self: silent, ancestors: [], harness: undefined }, table)).toBeNull();
  });

  it('is none in a process namespace of its own, where pids mean nothing outside', () => {
    const inCodex = tableOf([1, 0, 'codex-linux-san', 1], [2, 1, 'bash', 2], [3, 2, 'lalia', 2]);
    const leaderOutside = tableOf([1, 0, 'bwrap', 0], [2, 1, 'bash', 0], [3, 2, 'lalia', 0]);
    for (const table of [inCodex, leaderOutside]) {
      expect(isHidden(table(3) as ProcessInfo, ancestorsOf(3, table))).toBe(true);
      expect(anchorIn(table, { of: 3, id: 'codex' })).toBeNull();
      expect(anchorIn(table, { of: 3 })).toBeNull();
    }
  });

  it('is found in a container, where the first process is a shell or another harness', () => {
    const table = tableOf([1, 0, 'claude', 1], [2, 1, 'bash', 2], [3, 2, 'lalia', 2]);
    expect(anchorIn(table, { of: 3, id: 'claude-code' })).toEqual({ pid: 1, started: '10', kind: 'harness' });
  });
});

describe('real processes', () => {
  let folder: string;
  let child: ChildProcess | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tree-'));
    child = undefined;
  });

  afterEach(() => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts a program that runs until it is killed, and waits until it does. */
  async function running(command: string, args: string[]): Promise<number> {
    child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    await new Promise((resolve) => child?.stdout?.once('data', resolve));
    return child.pid ?? 0;
  }

  it('a child’s nearest ancestor is this process, with the start time that ps and /proc agree on', async () => {
    const pid = await running('/bin/sh', ['-c', 'echo ready; read line']);
    const ancestors = ancestorsOf(pid);
    expect(ancestors.map((ancestor) => ancestor.pid).slice(0, 2)).toEqual([process.pid, process.ppid]);
    expect(ancestors[0]).toEqual(systemProcesses()(process.pid));
    expect(ancestors[0]?.started).toMatch(process.platform === 'linux' ? /^\d+$/ : /\d{4}$/);
  });

  it('two processes of the same parent, started one after the other, are told apart by pid and start', async () => {
    const first = await running('/bin/sh', ['-c', 'echo ready; read line']);
    const before = systemProcesses()(first);
    child?.kill('SIGKILL');
    await new Promise((resolve) => child?.once('exit', resolve));
    expect(systemProcesses()(first)).toBeUndefined();
    expect(before).toMatchObject({ pid: first, parent: process.pid });
  });

  it('a program with parentheses and spaces in its name is passed through on the way up', async () => {
    const strange = join(folder, 'a) (b c');
    copyFileSync('/bin/sh', strange);
    const pid = await running(strange, ['-c', 'echo ready; read line']);
    expect(ancestorsOf(pid)[0]?.pid).toBe(process.pid);
    expect(systemProcesses()(pid)?.parent).toBe(process.pid);
  });

  it('a script that Node runs is seen as the script', async () => {
    const script = join(folder, 'qwen-code', 'cli.js');
    mkdirSync(join(folder, 'qwen-code'));
    writeFileSync(script, 'console.log("ready"); process.stdin.resume();');
    const pid = await running(process.execPath, ['--no-warnings', script]);
    expect(systemProcesses()(pid)?.program).toBe(script);
  });

  it.runIf(existsSync('/bin/ps'))('ps and /proc see the same tree', () => {
    const output = execFileSync('/bin/ps', ['-axo', 'pid=,ppid=,stat=,tty=,lstart=,command='], {
      encoding: 'utf8',
      env: { LC_ALL: 'C', TZ: 'UTC' },
    });
    const pids = (table?: ProcessTable) => ancestorsOf(process.pid, table).map(({ pid }) => pid);
    expect(pids(parsePs(output))).toEqual(pids());
  });
});
