/** A running daemon: what is acquired in order when it starts is released in reverse when it stops. */
import { rmSync } from 'node:fs';
import { fail } from '@lalia/protocol';
import type { PeerStream } from '@lalia/spool';
import { type Journal, translateSqliteError } from '@lalia/store';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Context } from './context.ts';
import { Dispatcher } from './dispatch.ts';
import { openLog } from './events.ts';
import { prepareHome, recordWorkspace, writePid } from './home.ts';
import { LifecycleMachine } from './lifecycle-state.ts';
import { ownContext } from './ownership.ts';
import { introduceResidents } from './residents.ts';
import { finishInterruptedRestore } from './restore/placing.ts';
import { Connection } from './socket/connection.ts';
import { type Listener, listen } from './socket/listen.ts';
import { Spool } from './spool.ts';
import { recoverTasks } from './tasks/recovery.ts';
import { openJournal } from './transcript.ts';

/** How long a peer may take for its last answers when everything else has ended. */
const LAST_WORDS_MS = 1000;

/** How often a daemon looks whether it is still found, and lets blocked readers go whose session ended. */
const SWEEP_MS = 2000;

/** How often expired nonces go. */
const PURGE_MS = 30_000;

export class Daemon {
  readonly #lifecycle = new LifecycleMachine();
  readonly #connections = new Set<Connection>();
  readonly #stopped = Promise.withResolvers<void>();
  readonly #context: Context;
  readonly #journal: Journal;
  readonly #dispatcher: Dispatcher;
  readonly #stopping: AbortController;
  #listener: Listener | undefined;
  #spool: Spool | undefined;

  private constructor({
    context,
    journal,
    stopping,
  }: {
    readonly context: Context;
    readonly journal: Journal;
    readonly stopping: AbortController;
  }) {
    this.#context = context;
    this.#journal = journal;
    this.#stopping = stopping;
    this.#dispatcher = new Dispatcher(context);
  }

  /**
   * Starts serving a home.
   * @returns undefined when another daemon serves it already.
   * @throws LaliaError `home_unavailable`, `foreign_workspace`, `database_damaged`, `database_newer`, `daemon_unavailable`.
   */
  static async start(config: Config, clock: Clock): Promise<Daemon | undefined> {
    finishInterruptedRestore(config);
    prepareHome(config);
    const log = openLog(config.paths.log, () => clock.nowMs());
    const stopping = new AbortController();
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
        stopping: stopping.signal,
        get spool() {
          const spool = daemon === undefined ? undefined : daemon.#spool;
          return { path: config.paths.spools[0], error: spool?.error ?? null };
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
        held: (work) => (journal === undefined ? work() : journal.held(work)),
      },
    });
    if (context === undefined) return undefined;
    try {
      journal = await openJournal(context, log);
      await introduceResidents(context);
      recoverTasks(context);
      await context.waker.resume();
      daemon = new Daemon({ context, journal, stopping });
      await daemon.#serve();
      return daemon;
    } catch (error) {
      await journal?.close();
      context.store.close();
      throw translateSqliteError(error);
    }
  }

  /** Resolves when the daemon has stopped and everything is released. */
  get stopped(): Promise<void> {
    return this.#stopped.promise;
  }

  /** Notes the error that ends the process: what it prints besides goes to a file that may have been turned over. */
  noteCrash(error: unknown): void {
    this.#context.log('crashed', { error });
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
    const { store, waiters, taskWaiters, watchers, waker, repositoryTurns, background, git, log } =
      this.#context;
    const { config, clock } = this.#context;
    log('stopping', { reason });
    const isOurHome = this.#listener?.isInPlace() ?? false;
    this.#listener?.close();
    this.#spool?.close();
    this.#dispatcher.drain();
    // First what has come in: it may be one more that waits.
    store.commits.flush();
    const stopping = fail('daemon_stopping', `The daemon is stopping (${reason}).`);
    waiters.releaseAll(stopping);
    taskWaiters.releaseAll(stopping);
    waker.close(stopping);
    watchers.releaseAll(stopping);
    repositoryTurns.end(stopping);
    this.#stopping.abort(stopping);
    this.#context.wordIndexer.close();
    this.#context.pruner.close();
    await git.close();
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
      this.#accept(socket, null);
    });
    this.#spool = new Spool({ config, clock, log }, (stream, folder) => {
      this.#accept(stream, folder);
    });
    writePid(config);
    recordWorkspace(config);
    this.#lifecycle.advance('serving');
    log('serving', { version: config.version, node: process.versions.node, socket: config.paths.socket });
    this.#every(SWEEP_MS, () => {
      this.#sweep();
    });
    this.#every(PURGE_MS, () => {
      this.#purgeNonces();
    });
    this.#context.pruner.schedule();
  }

  /** While it serves. */
  #every(intervalMs: number, work: () => void): void {
    this.#context.clock.after(intervalMs, () => {
      if (this.#lifecycle.state !== 'serving') return;
      work();
      this.#every(intervalMs, work);
    });
  }

  #accept(stream: PeerStream, spool: Connection['spool']): void {
    if (this.#lifecycle.state === 'stopped') {
      stream.destroy();
      return;
    }
    const connection = new Connection(stream, {
      line: (from, line) => {
        this.#dispatcher.handle(from, line);
      },
      closed: (gone) => {
        this.#connections.delete(gone);
        if (this.#lifecycle.state !== 'stopped') this.#context.held.connectionClosed(gone);
      },
    });
    connection.spool = spool;
    this.#connections.add(connection);
  }

  /** A blocked call of a session that ended would take what nobody sees; a daemon that nobody finds would keep the next one out. */
  #sweep(): void {
    const { store, waiters, taskWaiters, waker, presence } = this.#context;
    if (this.#listener?.isInPlace() === false) this.requestStop('its socket was removed');
    for (const agentId of new Set([...waiters.agents(), ...taskWaiters.agents()])) {
      const agent = store.registry.get(agentId);
      if (agent === undefined || presence.isLive(agent)) continue;
      const ended = fail('lease_expired', `The session of ${agent.name} has ended.`);
      waiters.releaseAgent(agentId, ended);
      taskWaiters.releaseAgent(agentId, ended);
    }
    // These wait for as long as the harness runs; an idle agent renews no lease.
    for (const agentId of waker.listeners.agents()) {
      const agent = store.registry.get(agentId);
      if (agent !== undefined && presence.isGone(agent))
        waker.listeners.release(agentId, fail('lease_expired', `The session of ${agent.name} has ended.`));
    }
  }

  #purgeNonces(): void {
    const { store, clock, background } = this.#context;
    background.run('purge nonces', () => store.commits.run(() => store.nonces.purge(clock.nowMs())));
  }
}
