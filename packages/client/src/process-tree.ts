/**
 * The processes above this one, each with its start time, for finding out in which session a command runs.
 *
 * The start time makes a pid mean one process for ever. It is compared as text, and the daemon reads it the same way:
 *   - Linux: field 22 of `/proc/<pid>/stat`, in clock ticks since the machine started;
 *   - macOS: `ps -o lstart=` with `LC_ALL=C` and `TZ=UTC`, without the spaces around it.
 */
import { readFileSync } from 'node:fs';
import type { Anchor, ProcessRef } from '@lalia/protocol';
import { HARNESSES, type Harness } from './harness.ts';

/** More than any real chain; `identify` takes no more either. */
const MAX_ANCESTORS = 256;
/** Node names its main thread, and that is what Linux shows as the process's name. */
const INTERPRETERS = /(^|\/)(node|nodejs|bun|deno|python[\d.]*)$|^(node-)?MainThread$/;

export interface ProcessInfo extends ProcessRef {
  readonly parent: number;
  /** The program's path or name; of an interpreter, the script's. */
  readonly program: string;
  /** The leader of its session; 0 when that is outside of this process namespace. */
  readonly session: number;
  readonly hasTerminal: boolean;
}

/** Looks up one process. @returns undefined when there is none. */
export type ProcessTable = (pid: number) => ProcessInfo | undefined;

/**
 * The processes above one, nearest first, up to the first or to one that cannot be seen.
 * @param pid whose ancestors; itself is not among them.
 */
export function ancestorsOf(pid: number, table: ProcessTable = systemProcesses()): ProcessInfo[] {
  const found: ProcessInfo[] = [];
  let next = table(pid)?.parent ?? 0;
  while (next > 0 && found.length < MAX_ANCESTORS) {
    const process = table(next);
    if (process === undefined) break;
    found.push(process);
    next = process.parent;
  }
  return found;
}

const SHELLS = /(^|\/)(sh|ash|dash|bash|zsh|ksh|fish|busybox)$/;

/** The program that started this process, by way of shells or not. @returns its pid; null where it cannot be seen. */
export function starterOf(pid: number): number | null {
  return ancestorsOf(pid).find(({ program }) => !SHELLS.test(program))?.pid ?? null;
}

export interface AnchorQuestion {
  readonly self: ProcessInfo;
  readonly ancestors: readonly ProcessInfo[];
  readonly harness: Harness | undefined;
}

/**
 * The process that stands for the session: the outermost of the harness's processes that follow each other, or, where
 * there is no harness, the leader of the terminal's session.
 * @returns null where no process outlives the command for sure, such as in a process namespace of its own.
 */
export function anchorOf(
  { self, ancestors, harness }: AnchorQuestion,
  table: ProcessTable = systemProcesses(),
): Anchor | null {
  if (isHidden(self, ancestors)) return null;
  if (harness === undefined) return terminalAnchor(self, table);
  const first = ancestors.findIndex(({ program }) => harness.program?.test(program));
  if (first === -1) return null;
  let outermost = first;
  while (harness.program?.test(ancestors[outermost + 1]?.program ?? '')) outermost += 1;
  const { pid: anchorPid, started } = ancestors[outermost] as ProcessInfo;
  return { pid: anchorPid, started, kind: 'harness' };
}

/**
 * Whether the processes seen here have other numbers outside. A session leader of 0 is one that this namespace does not
 * have; a sandboxing harness as the first process is its own namespace.
 */
export function isHidden(self: ProcessInfo, ancestors: readonly ProcessInfo[]): boolean {
  if (self.session === 0) return true;
  const top = ancestors.at(-1);
  if (top?.pid !== 1) return false;
  return HARNESSES.some(({ hidesProcesses, program }) => hidesProcesses && program?.test(top.program));
}

function terminalAnchor(self: ProcessInfo, table: ProcessTable): Anchor | null {
  // Without a terminal, a session is one of a script or a service, and ends with the command.
  if (!self.hasTerminal || self.session === self.pid) return null;
  const leader = table(self.session);
  return leader === undefined ? null : { pid: leader.pid, started: leader.started, kind: 'terminal' };
}

/** The processes of this system. On macOS it is one snapshot, since asking for each is a process of its own. */
export function systemProcesses(): ProcessTable {
  return process.platform === 'linux' ? linuxProcess : processesFromPs();
}

function linuxProcess(pid: number): ProcessInfo | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const info = parseLinuxStat(stat);
    if (info === undefined || !INTERPRETERS.test(info.program)) return info;
    const args = readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').split('\0');
    return { ...info, program: programOf(args) ?? info.program };
  } catch {
    // It has ended meanwhile, or may not be looked at.
    return undefined;
  }
}

/**
 * Reads `/proc/<pid>/stat` (man 5 proc). The name is in parentheses and may itself hold any of `) (` and spaces, so the
 * fields are counted from the last parenthesis.
 */
export function parseLinuxStat(stat: string): ProcessInfo | undefined {
  const open = stat.indexOf('(');
  const close = stat.lastIndexOf(')');
  const [, parent, , session, terminal, ...rest] = stat.slice(close + 2).split(' ');
  // Field 22; the rest begins with field 8.
  const started = rest[14];
  if (open === -1 || started === undefined) return undefined;
  return {
    pid: Number.parseInt(stat, 10),
    parent: Number(parent),
    program: stat.slice(open + 1, close),
    session: Number(session),
    hasTerminal: terminal !== '0',
    started,
  };
}

/** The script that an interpreter runs; options before it are skipped. */
function programOf([interpreter, ...args]: readonly string[]): string | undefined {
  const script = args.find((arg) => arg !== '' && !arg.startsWith('-'));
  return script ?? interpreter;
}

function processesFromPs(): ProcessTable {
  const { execFileSync } = process.getBuiltinModule('node:child_process');
  const output = execFileSync('/bin/ps', ['-axo', 'pid=,ppid=,stat=,tty=,lstart=,command='], {
    encoding: 'utf8',
    env: { LC_ALL: 'C', TZ: 'UTC' },
    maxBuffer: 64 * 1024 * 1024,
  });
  return parsePs(output);
}

const PS_LINE = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/;

/**
 * Reads `ps -axo pid=,ppid=,stat=,tty=,lstart=,command=`. macOS has no column for the session, but marks its leader with
 * an `s`: the nearest process above that has it.
 */
export function parsePs(output: string): ProcessTable {
  const rows = new Map<number, { info: ProcessInfo; isLeader: boolean }>();
  for (const line of output.split('\n')) {
    const [, pid, parent, state = '', tty = '', started = '', command = ''] = PS_LINE.exec(line) ?? [];
    if (pid === undefined) continue;
    const [first = '', ...args] = command.split(' ');
    const program = INTERPRETERS.test(first) ? (programOf([first, ...args]) ?? first) : first;
    const hasTerminal = !tty.startsWith('?');
    const info = { pid: Number(pid), parent: Number(parent), program, session: 0, hasTerminal, started };
    rows.set(info.pid, { info, isLeader: state.includes('s') });
  }
  return (pid) => {
    const row = rows.get(pid);
    if (row === undefined) return undefined;
    let leader = row;
    while (!leader.isLeader) {
      const above = rows.get(leader.info.parent);
      if (above === undefined) return row.info;
      leader = above;
    }
    return { ...row.info, session: leader.info.pid };
  };
}
