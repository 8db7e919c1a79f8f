/**
 * Reaching the daemon of a home, starting it where there is none, and being the only one who does when many try at
 * once: whoever gets the lock file starts it, everybody else knocks until it answers.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makePrivateFolder } from '@lalia/keystore';
import { fail, type Paths, PROTOCOL_VERSION, pathsOf, VERSION } from '@lalia/protocol';
import type { PeerStream } from '@lalia/spool';
import { processEnvironment } from './caller.ts';
import { Client } from './client.ts';
import { type Clock, systemClock, withSignal } from './clock.ts';
import { Connection } from './connection.ts';
import { type Connector, dial, homeUnavailable } from './dial.ts';
import type { Environment } from './environment.ts';
import { checkNode } from './node-version.ts';
import { tryStartLock } from './start-lock.ts';

/** Longer than one start may take, so that whoever waits for another's start hears what became of it. */
const START_DEADLINE_MS = 75_000;
const KNOCK_MS = 20;
/** Knocks at a daemon that has no room for another connection just now. */
const MAX_BUSY_KNOCKS = 250;
/** Knocks at a daemon that is there and does not serve, before trying to start one again. */
const KNOCKS_PER_START = 15;

export interface ConnectOptions {
  /** Where the home and the daemon's program are looked up; default: the process's environment. */
  readonly env?: Environment;
  /** Whether to start the daemon when none answers; default true. */
  readonly autostart?: boolean;
  /** Who this is, for the daemon's log, such as `my-harness`. */
  readonly clientName?: string;
  /** Ends the attempt; a connection that was made is not affected. */
  readonly signal?: AbortSignal;
}

/**
 * Connects to the daemon, and starts it, detached, when none is running.
 *
 * The connection is made anew when it is lost, so a client lives as long as its process wants.
 * @returns a client; close it, or bind it with `await using`.
 * @throws LaliaError `home_unavailable` when the home cannot be made or written, `daemon_unavailable` when a daemon
 *   cannot be reached or started, `unavailable` when this Node.js is too old; the signal's reason when it aborts.
 */
export async function connect(options: ConnectOptions = {}): Promise<Client> {
  checkNode();
  const place = placeOf(options);
  const { autostart: mayStart = true } = options;
  const client = new Client({
    ...place,
    mayStart,
    clock: systemClock,
    open: async ({ autostart, signal }) => {
      const { stream, via } = await openStream({ ...place, autostart: autostart && mayStart, signal });
      return new Connection(stream, { hello: helloOf(options), via });
    },
  });
  try {
    await client.connect(options.signal);
    return client;
  } catch (error) {
    await client.close();
    throw error;
  }
}

/** A home: where its things are, and the environment that says so. */
export interface Place {
  readonly env: Environment;
  readonly paths: Paths;
}

/** The home that some options mean. */
export function placeOf({ env = processEnvironment() }: { readonly env?: Environment | undefined }): Place {
  return { env, paths: pathsOf({ env, homedir: homedir(), uid: process.getuid?.() ?? 0 }) };
}

/** What a client says first. */
export function helloOf({ clientName = 'lalia-client' }: { readonly clientName?: string | undefined }) {
  return { client: clientName, version: VERSION, protocol: PROTOCOL_VERSION };
}

export interface OpenStreamOptions extends Place {
  readonly autostart: boolean;
  readonly connectSocket?: Connector | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock;
}

/** A byte stream to a daemon, and what carries it. */
interface Reached {
  readonly stream: PeerStream;
  readonly via: 'socket' | 'spool';
}

/**
 * A byte stream to the daemon of a home.
 * @returns it, and whether a daemon was started for it.
 */
export async function openStream(
  options: OpenStreamOptions,
): Promise<Reached & { readonly started: boolean }> {
  const { paths, autostart, signal, clock = systemClock } = options;
  const deadlineMs = clock.nowMs() + START_DEADLINE_MS;
  let started = false;
  while (clock.nowMs() < deadlineMs) {
    signal?.throwIfAborted();
    let reached = await knock(options);
    if (reached === undefined && !autostart) {
      throw fail('daemon_unavailable', 'No daemon is running.', { context: { home: paths.home } });
    }
    reached ??= await startOnce(options, () => {
      started = true;
    });
    if (reached !== undefined) return { ...reached, started };
    await clock.sleep(KNOCK_MS, signal);
  }
  throw fail('daemon_unavailable', `No daemon answered within ${String(START_DEADLINE_MS / 1000)} seconds.`, {
    context: { home: paths.home, log: paths.log },
  });
}

/** Reaches a daemon that is there. @returns undefined when none is. */
async function knock(options: OpenStreamOptions): Promise<Reached | undefined> {
  const { paths, clock = systemClock, signal } = options;
  for (let knocks = 0; knocks < MAX_BUSY_KNOCKS; knocks += 1) {
    const outcome = await dial(options);
    if (outcome.kind === 'connected') return outcome;
    if (outcome.kind === 'no_daemon') return undefined;
    await clock.sleep(KNOCK_MS, signal);
  }
  throw fail('daemon_unavailable', 'The daemon is too busy to accept a connection.', {
    context: { socket: paths.socket, code: 'EAGAIN' },
  });
}

/**
 * Starts a daemon, unless somebody else is about to.
 * @param onStarted called when one was started here.
 * @returns a stream to a daemon, whoever started it; undefined when there is none yet.
 */
async function startOnce(options: OpenStreamOptions, onStarted: () => void): Promise<Reached | undefined> {
  const { paths, clock = systemClock, signal } = options;
  const { checkNamespace } = await import('./sandbox.ts');
  checkNamespace(paths);
  const unlock = lockHome(paths, clock.nowMs());
  if (unlock === undefined) return undefined;
  try {
    // The one who had the lock before us may just have started it.
    const reached = await knock(options);
    if (reached !== undefined) return reached;
    const { spawnDaemon } = await import('./spawn.ts');
    const start = await withSignal(spawnDaemon(options), signal);
    if (start.kind === 'ready') onStarted();
    // Another one is starting or going away: wait for either with the lock kept, so that not everybody starts processes.
    return await knockUntilAnswered(options);
  } catch (error) {
    throw isFileError(error) ? homeUnavailable(paths, error) : error;
  } finally {
    unlock();
  }
}

function lockHome(paths: Paths, nowMs: number): (() => void) | undefined {
  try {
    makePrivateFolder(paths.home);
    return tryStartLock(join(paths.home, 'starting'), nowMs);
  } catch (error) {
    throw homeUnavailable(paths, error);
  }
}

async function knockUntilAnswered(options: OpenStreamOptions): Promise<Reached | undefined> {
  const { clock = systemClock, signal } = options;
  for (let knocks = 0; knocks < KNOCKS_PER_START; knocks += 1) {
    const reached = await knock(options);
    if (reached !== undefined) return reached;
    await clock.sleep(KNOCK_MS, signal);
  }
  return undefined;
}

/** Whether the file system refused something; Lalia's own errors and aborts have no `path`. */
function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}
