/**
 * Runs the programs that wake, and is the only file that does. What they wake, and how, is theirs to know: they are given a notice on standard
 * input, a bounded time, and no more of the daemon's environment than a program needs to run at all.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { limits, type WakeNotice, type WakeRoute } from '@lalia/protocol';
import type { WakeOutcome } from '@lalia/store';
import type { Clock } from '../clock.ts';

/** What an attempt came to. */
export interface WakeResult {
  readonly outcome: Extract<WakeOutcome, 'started' | 'held' | 'failed' | 'unknown'>;
  readonly detail: string | null;
}

export type RunProgram = (route: WakeRoute, notice: WakeNotice, signal: AbortSignal) => Promise<WakeResult>;

export interface ProgramRunnerOptions {
  readonly clock: Clock;
  /** The environment of the daemon. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const PASSED_ON = ['HOME', 'PATH', 'TMPDIR', 'USER', 'LANG'] as const;
/** Of what a program prints, its last words count. */
const KEPT_BYTES = 16 * 1024;
const MAX_DETAIL_CHARACTERS = 200;
/** How long what a program printed may take after it has ended. */
const PIPES_MS = 1000;
/** So many processes at once: a message to a full room wakes seven. */
const AT_ONCE = 4;

/** Makes what runs programs, a few at a time. */
export function programRunner(options: ProgramRunnerOptions): RunProgram {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (route, notice, signal) => {
    if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      return signal.aborted ? stopped() : await run(route, { ...options, notice, signal });
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}

interface Run extends ProgramRunnerOptions {
  readonly notice: WakeNotice;
  readonly signal: AbortSignal;
}

async function run(route: WakeRoute, { clock, env, notice, signal }: Run): Promise<WakeResult> {
  const isScript = /\.[cm]?js$/.test(route.program);
  const child = spawn(
    isScript ? process.execPath : route.program,
    [...(isScript ? [route.program] : []), ...route.args],
    {
      cwd: homedir(),
      env: { ...chosen(env), ...route.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, so that what it started ends with it.
      detached: true,
    },
  );
  let ended: 'time' | 'stop' | undefined;
  const end = (why: 'time' | 'stop') => (): void => {
    ended ??= why;
    kill(child);
  };
  const timer = clock.after(limits.WAKE_PROGRAM_MS, end('time'));
  const stop = end('stop');
  signal.addEventListener('abort', stop, { once: true });
  try {
    const result = await finished(child, `${JSON.stringify(notice)}\n`, clock);
    if (ended === 'stop') return stopped();
    return ended === 'time'
      ? failed(`it was not done after ${String(limits.WAKE_PROGRAM_MS / 1000)} s`)
      : resultOf(result);
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  } finally {
    timer.cancel();
    signal.removeEventListener('abort', stop);
  }
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function finished(child: ChildProcess, input: string, clock: Clock): Promise<Ended> {
  const [stdout, stderr] = [new LastWords(), new LastWords()];
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout.add(chunk);
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr.add(chunk);
  });
  // A program that does not want to know more closes its input.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    const ended = (): void => {
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve({ code: child.exitCode, stdout: stdout.text, stderr: stderr.text });
    };
    child.on('close', ended);
    child.on('exit', () => {
      kill(child);
      // What left its group may keep the pipes open for ever, and is not waited for.
      clock.after(PIPES_MS, ended);
    });
  });
}

class LastWords {
  #kept = Buffer.alloc(0);

  add(chunk: Buffer): void {
    this.#kept = Buffer.concat([this.#kept, chunk]).subarray(-KEPT_BYTES);
  }

  get text(): string {
    return this.#kept.toString();
  }
}

function resultOf({ code, stdout, stderr }: Ended): WakeResult {
  const said = saidIn(lastLine(stdout));
  if (code !== 0)
    return failed(said?.detail ?? (lastLine(stderr) || `it ended with exit code ${String(code)}`));
  return said ?? { outcome: 'started', detail: null };
}

/** What the last line says as JSON; any other text is none of our business. */
function saidIn(line: string): WakeResult | undefined {
  let said: unknown;
  try {
    said = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof said !== 'object' || said === null || !('outcome' in said)) return undefined;
  const { outcome } = said;
  if (outcome !== 'started' && outcome !== 'held' && outcome !== 'failed') return undefined;
  const detail = 'detail' in said && typeof said.detail === 'string' ? oneLine(said.detail) : null;
  return { outcome, detail };
}

function lastLine(text: string): string {
  return oneLine(text.trimEnd().split('\n').at(-1) ?? '', KEPT_BYTES);
}

function oneLine(text: string, most = MAX_DETAIL_CHARACTERS): string {
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, most);
}

function failed(detail: string): WakeResult {
  return { outcome: 'failed', detail: oneLine(detail) };
}

function stopped(): WakeResult {
  return { outcome: 'unknown', detail: 'the daemon stopped before it was known' };
}

function chosen(env: ProgramRunnerOptions['env']): NodeJS.ProcessEnv {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
}

function kill({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The whole group has ended.
  }
}
