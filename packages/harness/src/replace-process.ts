/**
 * This process becomes another program: same pid, same terminal, its own signals and exit code.
 *
 * Where Node has no `execve` (before 22.15), a child has the program, and this process is its shadow: it passes signals on and
 * ends as the child does. The child waits at a gate, so that its pid is known, and registered, before it is anything.
 */
import type { ChildProcess } from 'node:child_process';
import type { Environment } from '@lalia/client';

export interface Program {
  readonly path: string;
  /** With the name by which it is called in front. */
  readonly argv: readonly string[];
  readonly env: Environment;
}

/** A process that will be the program. */
export interface Replacement {
  /** Of the program, from before it starts to its end. */
  readonly pid: number;
  /**
   * @param anchor what the program finds in `LALIA_ANCHOR`, if anything.
   * @returns the program's exit code; where this process becomes it, never. A signal that ends the program ends this process too.
   */
  start(anchor: string): Promise<number>;
  /** It is not to be. */
  cancel(): Promise<void>;
}

/** @param canReplace whether Node can replace a process. */
export function replacement(program: Program, canReplace = hasExecve()): Promise<Replacement> {
  return canReplace ? Promise.resolve(ownProcess(program)) : shadowedChild(program);
}

function hasExecve(): boolean {
  return typeof process.execve === 'function';
}

function ownProcess({ path, argv, env }: Program): Replacement {
  return {
    pid: process.pid,
    start: (anchor) => {
      restoreSignals();
      restoreStreams();
      process.getBuiltinModule('node:module').flushCompileCache();
      process.execve?.(path, argv, definedOf({ ...env, LALIA_ANCHOR: anchor }));
      return Promise.reject(new Error('execve came back'));
    },
    cancel: () => Promise.resolve(),
  };
}

/** Node ignores these, and what is ignored stays so in the next program. The last listener that goes restores the default. */
function restoreSignals(): void {
  const nothing = (): void => undefined;
  for (const signal of ['SIGPIPE', 'SIGXFSZ'] as const) {
    process.on(signal, nothing);
    process.removeListener(signal, nothing);
  }
}

/**
 * Node uses pipes and sockets without blocking, a property that all who hold them share; a program that knows nothing of it loses
 * input and output.
 */
function restoreStreams(): void {
  for (const stream of [process.stdin, process.stdout, process.stderr]) {
    const { _handle: handle } = stream as { _handle?: { setBlocking?: (on: boolean) => unknown } };
    handle?.setBlocking?.(true);
  }
}

/** A line on descriptor 3 opens the gate; its end without one closes it. */
const GATE = 'IFS= read -r LALIA_ANCHOR <&3 || exit 125; export LALIA_ANCHOR; exec 3<&-; exec "$@"';

/** A terminal sends these to its whole foreground group: the program has them already. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];
const PASSED_ON: readonly NodeJS.Signals[] = [
  'SIGTERM',
  'SIGHUP',
  'SIGUSR1',
  'SIGUSR2',
  'SIGCONT',
  'SIGWINCH',
];

async function shadowedChild({ path, argv, env }: Program): Promise<Replacement> {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const child = spawn('/bin/sh', ['-c', GATE, 'sh', path, ...argv.slice(1)], {
    env: { ...env },
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
  });
  const ended = endOf(child);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve).once('error', reject);
  });
  const gate = child.stdio[3] as NodeJS.WritableStream;
  return {
    pid: child.pid ?? 0,
    start: async (anchor) => {
      passSignals(child);
      restoreStreams();
      gate.end(`${anchor}\n`);
      return endAs(await ended);
    },
    cancel: async () => {
      gate.end();
      await ended;
    },
  };
}

type End = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
}

function passSignals(child: ChildProcess): void {
  const { isatty } = process.getBuiltinModule('node:tty');
  const onTerminal = isatty(0) || isatty(1) || isatty(2);
  for (const signal of FROM_TERMINAL) {
    process.on(signal, () => {
      if (!onTerminal) child.kill(signal);
    });
  }
  for (const signal of PASSED_ON) process.on(signal, () => child.kill(signal));
}

/** By the same signal, so that a shell sees what became of the program. */
function endAs({ code, signal }: End): Promise<number> {
  if (signal === null) return Promise.resolve(code ?? 0);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // Nothing more happens here: the signal ends this process at once, or as soon as it is delivered.
  return new Promise(() => undefined);
}

function definedOf(env: Environment): Record<string, string> {
  const entries = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}
