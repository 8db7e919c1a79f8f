/** A running daemon: what is acquired in order when it starts is released in reverse when it stops. */
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { fail, generateKeyPair, HUMAN } from '@lalia/protocol';
import { Journal } from '@lalia/store';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { type Context, composeContext } from './context.ts';
import { Dispatcher } from './dispatch.ts';
import { type Log, openLog } from './events.ts';
import { LifecycleMachine } from './lifecycle-state.ts';
import { Connection } from './socket/connection.ts';
import { type Listener, listen, preparePrivateFolder } from './socket/listen.ts';

/** How long a daemon waits for an older one, which is stopping, to give the database up. */
const HANDOVER_MS = 60_000;
const HANDOVER_POLL_MS = 25;

/** How long a peer may take for its last answers when everything else has ended. */
const LAST_WORDS_MS = 1000;

/** How often expired nonces go, and blocked readers whose session ended are let go. */
const SWEEP_MS = 30_000;

export class Daemon {
  readonly #lifecycle = new LifecycleMachine();
  readonly #connections = new Set<Connection>();
  readonly #stopped = Promise.withResolvers<void>();
  readonly #context: Context;
  readonly #journal: Journal;
  readonly #dispatcher: Dispatcher;
  #listener: Listener | undefined;

  private constructor(context: Context, journal: Journal) {
    this.#context = context;
    this.#journal = journal;
    this.#dispatcher = new Dispatcher(context);
  }

  /**
   * Starts serving a home.
   * @returns undefined when another daemon serves it already.
   * @throws LaliaError `home_unavailable`, `foreign_workspace`, `database_newer`, `daemon_unavailable`.
   */
  static async start(config: Config, clock: Clock): Promise<Daemon | undefined> {
    prepareHome(config);
    const log = openLog(config.paths.log, () => clock.nowMs());
    let daemon: Daemon | undefined;
    let journal: Journal | undefined;
    const context = await ownContext({
      config,
      clock,
      log,
      lifecycle: {
        startedMs: clock.nowMs(),
        get connections() {
          return daemon === undefined ? 0 : daemon.#connections.size;
        },
        requestStop: (reason) => {
          setImmediate(() => {
            daemon?.requestStop(reason);
          });
        },
      },
      journal: {
        notify: () => journal?.notify(),
        status: () => journal?.status() ?? { lastCommitMs: null, error: null },
      },
    });
    if (context === undefined) return undefined;
    try {
      journal = await openJournal(context, log);
      await introduceHuman(context);
      daemon = new Daemon(context, journal);
      await daemon.#serve();
      return daemon;
    } catch (error) {
      await journal?.close();
      context.store.close();
      throw error;
    }
  }

  /** Resolves when the daemon has stopped and everything is released. */
  get stopped(): Promise<void> {
    return this.#stopped.promise;
  }

  /** Stops without anybody to wait for it; a stop that fails ends the process, and the next daemon recovers. */
  requestStop(reason: string): void {
    this.stop(reason).catch((error: unknown) => {
      this.#context.log('stop_failed', { error });
      process.exitCode = 1;
      this.#stopped.resolve();
    });
  }

  /** Finishes what was acknowledged, lets blocked readers go, flushes the journal, gives the database up. Again changes nothing. */
  async stop(reason: string): Promise<void> {
    if (this.#lifecycle.state !== 'serving') return this.stopped;
    this.#lifecycle.advance('draining');
    const { store, waiters, background, log, config, clock } = this.#context;
    log('stopping', { reason });
    const isOurHome = this.#listener?.isInPlace() ?? false;
    this.#listener?.close();
    this.#dispatcher.drain();
    waiters.releaseAll(fail('daemon_stopping', `The daemon is stopping (${reason}).`));
    store.commits.flush();
    await background.settled();
    const isFlushed = await this.#journal.flush(config.flushMs);
    await this.#journal.close();
    if (isOurHome) rmSync(config.paths.pid, { force: true });
    log('stopped', { flushed: isFlushed, backlog: store.outbox.backlog() });
    store.close();
    this.#lifecycle.advance('stopped');
    // Last of all: a client that waits for the end takes the closed connection for it.
    for (const connection of this.#connections) connection.end();
    // A peer that takes nothing must not keep the process.
    clock.after(LAST_WORDS_MS, () => {
      for (const connection of this.#connections) connection.destroy();
    });
    this.#stopped.resolve();
  }

  async #serve(): Promise<void> {
    const { config, log, clock } = this.#context;
    this.#journal.notify();
    this.#listener = await listen(config.paths.socket, (socket) => {
      this.#accept(socket);
    });
    writePid(config);
    this.#lifecycle.advance('serving');
    log('serving', { version: config.version, node: process.versions.node, socket: config.paths.socket });
    const sweep = (): void => {
      if (this.#lifecycle.state !== 'serving') return;
      this.#sweep();
      clock.after(SWEEP_MS, sweep);
    };
    clock.after(SWEEP_MS, sweep);
  }

  #accept(socket: Socket): void {
    if (this.#lifecycle.state === 'stopped') {
      socket.destroy();
      return;
    }
    const connection = new Connection(socket, {
      line: (from, line) => {
        this.#dispatcher.handle(from, line);
      },
      closed: (gone) => {
        this.#connections.delete(gone);
        if (this.#lifecycle.state !== 'stopped') this.#context.held.connectionClosed(gone);
      },
    });
    this.#connections.add(connection);
  }

  /** A blocked read of a session that ended would take mail that nobody sees; a daemon that nobody finds would keep the next one out. */
  #sweep(): void {
    const { store, clock, waiters, presence, background } = this.#context;
    if (this.#listener?.isInPlace() === false) this.requestStop('its socket was removed');
    background.run('purge nonces', () => store.commits.run(() => store.nonces.purge(clock.nowMs())));
    for (const agentId of waiters.agents()) {
      const agent = store.registry.get(agentId);
      if (agent === undefined || presence.isLive(agent)) continue;
      waiters.releaseAgent(agentId, fail('lease_expired', `The session of ${agent.name} has ended.`));
    }
  }
}

function prepareHome({ paths }: Config): void {
  preparePrivateFolder(paths.home);
  mkdirSync(paths.keys, { recursive: true, mode: 0o700 });
  chmodSync(paths.keys, 0o700);
}

function writePid({ paths }: Config): void {
  const temporary = join(paths.home, 'pid.new');
  writeFileSync(temporary, `${String(process.pid)}\n`, { mode: 0o600 });
  renameSync(temporary, paths.pid);
}

/** The context, once the database is ours: at once, or when an older daemon that is stopping has let go of it. */
async function ownContext(surroundings: Parameters<typeof composeContext>[0]): Promise<Context | undefined> {
  const { clock, config } = surroundings;
  const deadlineMs = clock.nowMs() + HANDOVER_MS;
  while (true) {
    const context = composeContext(surroundings);
    if (context !== undefined) return context;
    if (await isServed(config.paths.socket)) return undefined;
    if (clock.nowMs() > deadlineMs) {
      throw fail(
        'daemon_unavailable',
        `Another process holds ${config.paths.database} and does not answer.`,
        {
          context: { database: config.paths.database },
        },
      );
    }
    await new Promise<void>((resolve) => {
      setTimeout(resolve, HANDOVER_POLL_MS);
    });
  }
}

async function isServed(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    const settle = (isUp: boolean): void => {
      socket.destroy();
      resolve(isUp);
    };
    socket.once('connect', () => {
      settle(true);
    });
    socket.once('error', () => {
      settle(false);
    });
  });
}

async function openJournal(
  { config, store, chronicle, failpoint, clock }: Context,
  log: Log,
): Promise<Journal> {
  return Journal.open({
    workspace: config.paths.workspace,
    owner: store.databaseId,
    source: {
      begin: async (transcriptId) => {
        if (store.outbox.isFor(transcriptId)) return;
        await store.commits.run(() => {
          store.outbox.restart(transcriptId, () => {
            chronicle.everything();
          });
        });
      },
      next: (bounds) => store.outbox.next(bounds),
      backlog: () => store.outbox.backlog(),
      done: (throughOrd) =>
        store.commits.run(() => {
          store.outbox.remove(throughOrd);
        }),
    },
    failpoint,
    failpoints: config.failpoints,
    log,
    nowMs: () => clock.nowMs(),
  });
}

/** The person is an identity like any other, and there from the beginning (spec 2). */
async function introduceHuman(context: Context): Promise<void> {
  const { store, keystore, clock, chronicle } = context;
  if (store.registry.human() !== undefined) return;
  const { privateKey, publicKey } = generateKeyPair();
  const agentId = clock.newId();
  await keystore.write(agentId, privateKey);
  const nowMs = clock.nowMs();
  const nowhere = {
    repo_url: null,
    repo_root: null,
    main_repo_root: null,
    worktree: null,
    worktree_kind: 'outside',
    branch: null,
    cwd: '/',
  } as const;
  const agent = {
    agentId,
    name: HUMAN,
    project: null,
    role: 'peer',
    human: true,
    publicKey,
    harness: null,
    model: null,
    harnessSession: null,
    anchor: null,
    location: nowhere,
    registeredMs: nowMs,
    lastSeenMs: nowMs,
    leaseUntilMs: nowMs,
    unregisteredMs: null,
    lastReadId: null,
  } as const;
  await store.commits.run(() => {
    store.registry.insert(agent);
    chronicle.agent(agent, 'registered');
  });
}
