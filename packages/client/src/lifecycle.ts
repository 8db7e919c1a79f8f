/** Starting and stopping the daemon on purpose; every other call starts it by itself when it needs it. */
import { readFileSync } from 'node:fs';
import { isLaliaError, type Reason } from '@lalia/protocol';
import { withSignal } from './clock.ts';
import { type ConnectOptions, helloOf, openStream, type Place, placeOf } from './connect.ts';
import { Connection } from './connection.ts';

/**
 * Starts the daemon, unless one is running.
 * @returns its process, and whether it was started by this call.
 * @throws LaliaError as `connect`; `unsupported_protocol` when the one that runs speaks another major version.
 */
export async function startDaemon(options: ConnectOptions = {}): Promise<{ pid: number; started: boolean }> {
  const place = placeOf(options);
  const { stream, via, started } = await openStream({ ...place, autostart: true, signal: options.signal });
  const connection = new Connection(stream, { hello: helloOf(options), via });
  try {
    const { pid } = await withSignal(connection.greet(), options.signal);
    return { pid, started };
  } finally {
    await connection.close();
  }
}

/**
 * Stops the daemon: it finishes what it acknowledged and releases whoever waits.
 * @returns its process when it is gone; undefined when none was running.
 */
export async function stopDaemon(options: ConnectOptions = {}): Promise<{ pid: number } | undefined> {
  return stop(options, 'stop');
}

/** Stops the daemon if one is running, and starts one. @returns the new one's process. */
export async function restartDaemon(options: ConnectOptions = {}): Promise<{ pid: number }> {
  await stop(options, 'restart');
  const { pid } = await startDaemon(options);
  return { pid };
}

/**
 * Runs a command of the daemon's program, such as `['verify', path]`, with this process's input and output.
 * @returns its exit code.
 */
export async function runDaemonCommand(
  args: readonly string[],
  options: Pick<ConnectOptions, 'env'> = {},
): Promise<number> {
  const { runDaemonProgram } = await import('./spawn.ts');
  return runDaemonProgram(args, placeOf(options).env);
}

/**
 * Runs a command of the daemon's program that answers in lines of JSON, such as `['export', '--', path]`.
 * @returns the lines, as they come.
 * @throws LaliaError what the command could not be done for.
 */
export async function* daemonLines(
  args: readonly string[],
  options: Pick<ConnectOptions, 'env'> = {},
): AsyncGenerator<string, undefined> {
  const { daemonProgramLines } = await import('./spawn.ts');
  yield* daemonProgramLines(args, placeOf(options).env);
}

async function stop(
  options: ConnectOptions,
  reason: 'stop' | 'restart',
): Promise<{ pid: number } | undefined> {
  const place = placeOf(options);
  const connection = await running(options, place);
  if (connection === undefined) return undefined;
  try {
    const stopped = connection.request('stop', { reason }, options);
    stopped.catch(() => undefined);
    const pid = await pidOf(connection, place);
    // One that is stopping already says so, and one that is quick is gone before it answers: both are on their way.
    await stopped.catch(ignoreGoing);
    await withSignal(connection.closed, options.signal);
    return { pid };
  } finally {
    await connection.close();
  }
}

/**
 * The daemon's process. One that speaks another major version refuses to talk, and would refuse to stop as well; its pid
 * file says which process it is, and the signal does the same as the request.
 */
async function pidOf(connection: Connection, { paths }: Place): Promise<number> {
  try {
    const { pid } = await connection.greeting;
    return pid;
  } catch (error) {
    if (!isLaliaError(error) || error.reason !== 'unsupported_protocol') throw error;
    const pid = Number.parseInt(readFileSync(paths.pid, 'latin1'), 10);
    process.kill(pid, 'SIGTERM');
    return pid;
  }
}

async function running(options: ConnectOptions, place: Place): Promise<Connection | undefined> {
  try {
    const { stream, via } = await openStream({ ...place, autostart: false, signal: options.signal });
    return new Connection(stream, { hello: helloOf(options), via });
  } catch (error) {
    if (isLaliaError(error) && error.reason === 'daemon_unavailable' && error.context['code'] === undefined) {
      return undefined;
    }
    throw error;
  }
}

/** What a daemon that ends anyway says to `stop`; `bad_frame`, because it did not take our `hello`. */
const GOING: ReadonlySet<Reason> = new Set<Reason>(['daemon_stopping', 'connection_lost', 'bad_frame']);

function ignoreGoing(error: unknown): void {
  if (!isLaliaError(error) || !GOING.has(error.reason)) throw error;
}
