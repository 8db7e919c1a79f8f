/**
 * Starting the daemon, detached. Loaded only when there is none: `node:child_process` costs every command some time.
 *
 * The daemon says on its standard output, in one line of JSON, how the start went, and closes it:
 * `{"ready":true,"pid":…}`, `{"ready":false,"running":true}` when another one serves this home, or `{"error":{…}}`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { type ErrorBody, errorFromBody, fail, isLaliaError, LineDecoder, type Paths } from '@lalia/protocol';
import type { Environment } from './environment.ts';
import { FRUGAL_ENV, FRUGAL_NODE } from './frugal.ts';

/** Longer than a daemon waits for an older one that is finishing (a minute), so that its own word is heard. */
const START_TIMEOUT_MS = 70_000;

export type StartOutcome =
  | { readonly kind: 'ready'; readonly pid: number }
  /** Another daemon holds the database: it serves already, or it is just starting or going away. */
  | { readonly kind: 'running' };

export interface StartOptions {
  readonly paths: Paths;
  readonly env: Environment;
}

/**
 * Starts a daemon and waits until it serves.
 * @throws LaliaError what the daemon could not start with, or `daemon_unavailable` when it ended without saying.
 */
export async function spawnDaemon({ paths, env }: StartOptions): Promise<StartOutcome> {
  const program = daemonProgram(env);
  const log = openSync(paths.log, 'a', 0o600);
  try {
    const logStart = fstatSync(log).size;
    const child = spawn(process.execPath, [...FRUGAL_NODE, program, 'serve'], {
      detached: true,
      cwd: '/',
      // Absolute, because a relative place would be looked up from the daemon's own working directory.
      env: {
        ...FRUGAL_ENV,
        ...env,
        LALIA_HOME: paths.home,
        LALIA_WORKSPACE: paths.workspace,
        ...(env['LALIA_SPOOL'] ? { LALIA_SPOOL: dirname(paths.spools[0]) } : {}),
      },
      stdio: ['ignore', 'pipe', log],
    });
    child.unref();
    return outcomeOf(await firstLine(child), { paths, logStart });
  } finally {
    closeSync(log);
  }
}

/**
 * Where the daemon's program is: what `LALIA_DAEMON` says, else the package beside this one.
 * @throws LaliaError `daemon_unavailable` when it is not installed.
 */
export function daemonProgram(env: Environment): string {
  if (env['LALIA_DAEMON']) return env['LALIA_DAEMON'];
  try {
    return createRequire(import.meta.url).resolve('@lalia/daemon/bin/lalia-daemon.js');
  } catch (cause) {
    throw fail('daemon_unavailable', 'The package @lalia/daemon is not installed.', {
      cause,
      hint: 'Install @lalia/daemon, or say in LALIA_DAEMON where lalia-daemon.js is.',
    });
  }
}

/**
 * Runs a command of the daemon's program, such as `verify`, with this process's own input and output.
 * @returns its exit code; 128 and the signal's number when a signal ended it.
 */
export async function runDaemonProgram(args: readonly string[], env: Environment): Promise<number> {
  const { constants } = await import('node:os');
  const child = spawn(process.execPath, [daemonProgram(env), ...args], { env, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/**
 * Runs a command of the daemon's program that answers in lines of JSON. What it could not be done for is its last line,
 * `{"error":{…}}`.
 * @returns the other lines.
 */
export async function* daemonProgramLines(
  args: readonly string[],
  env: Environment,
): AsyncGenerator<string, undefined> {
  const [name = '', ...rest] = args;
  const { createInterface } = await import('node:readline');
  const child = spawn(process.execPath, [daemonProgram(env), name, '--json', ...rest], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { promise: closed, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject);
  child.once('close', resolve);
  for await (const line of createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.startsWith(ERROR_LINE)) throw errorFromBody((JSON.parse(line) as { error: ErrorBody }).error);
    yield line;
  }
  const code = await closed;
  if (code !== 0) throw fail('internal', `lalia-daemon ${name} ended with ${String(code)}.`);
}

const ERROR_LINE = '{"error":';

/** A program that was run to its end; undefined where it could not be started or did not end in time. */
export type ProgramAnswer = { readonly code: number; readonly stdout: string } | undefined;

/**
 * Runs a command of the daemon's program that answers with one document, such as `restore`.
 * @param timeoutMs after which it is ended; none: it takes what it takes.
 * @throws LaliaError what it was refused with; `daemon_unavailable` when it ended without an answer.
 */
export async function askDaemonProgram(
  args: readonly string[],
  { env, timeoutMs }: { readonly env: Environment; readonly timeoutMs?: number },
): Promise<unknown> {
  const answer = await runProgram([process.execPath, daemonProgram(env), ...args], { env, timeoutMs });
  try {
    const document = JSON.parse(answer?.stdout ?? '') as { readonly error?: ErrorBody };
    if (document.error === undefined) return document;
    throw errorFromBody(document.error);
  } catch (error) {
    if (isLaliaError(error)) throw error;
    const how = answer === undefined ? 'did not end in time' : `ended with exit code ${String(answer.code)}`;
    throw fail('daemon_unavailable', `The daemon's program ${how} and gave no answer.`, { cause: error });
  }
}

/** Runs a program, with this process's standard error. */
export function runProgram(
  [program = '', ...args]: readonly string[],
  { env, timeoutMs }: { readonly env: Environment; readonly timeoutMs?: number | undefined },
): Promise<ProgramAnswer> {
  const child = spawn(program, args, {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs, killSignal: 'SIGKILL' as const }),
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  return new Promise((resolve) => {
    child.once('error', () => {
      resolve(undefined);
    });
    child.once('close', (code) => {
      resolve(code === null ? undefined : { code, stdout });
    });
  });
}

type StartLine =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'ended'; readonly how: string };

function firstLine(child: ChildProcess): Promise<StartLine> {
  const { stdout } = child;
  const decoder = new LineDecoder();
  return new Promise((resolve) => {
    const settle = (line: StartLine) => {
      clearTimeout(timer);
      stdout?.destroy();
      resolve(line);
    };
    const timer = setTimeout(() => {
      settle({ kind: 'ended', how: `did not get ready in ${String(START_TIMEOUT_MS)} ms` });
    }, START_TIMEOUT_MS);
    stdout?.on('data', (chunk: Buffer) => {
      for (const text of decoder.push(chunk)) settle({ kind: 'line', text });
    });
    child.once('error', (error) => {
      settle({ kind: 'ended', how: `could not be started: ${error.message}` });
    });
    // "close" and not "exit": what was written before the end is read first.
    child.once('close', (code, signal) => {
      settle({
        kind: 'ended',
        how: `ended with ${signal ?? `exit code ${String(code)}`} before it was ready`,
      });
    });
  });
}

function outcomeOf(line: StartLine, where: { paths: Paths; logStart: number }): StartOutcome {
  if (line.kind === 'ended') throw notStarted(line.how, where);
  try {
    const said = JSON.parse(line.text) as {
      ready?: boolean;
      running?: boolean;
      pid?: number;
      error?: ErrorBody;
    };
    if (said.error !== undefined) throw errorFromBody(said.error);
    if (said.ready === true) return { kind: 'ready', pid: Number(said.pid) };
    if (said.running === true) return { kind: 'running' };
  } catch (error) {
    if (isLaliaError(error)) throw error;
  }
  throw notStarted(`said "${line.text.slice(0, 200)}" instead of being ready`, where);
}

/** What the daemon wrote about its end is worth more than that it ended; of a stack trace, the line that says what. */
function notStarted(how: string, { paths, logStart }: { paths: Paths; logStart: number }) {
  const lines = readFileSync(paths.log).subarray(logStart).toString('utf8').trim().split('\n');
  const why = lines.find((line) => /^\w*error\b.*:/i.test(line)) ?? lines.at(-1) ?? '';
  return fail('daemon_unavailable', `The daemon ${how}.${why === '' ? '' : ` ${why}`}`, {
    context: { log: paths.log },
  });
}
