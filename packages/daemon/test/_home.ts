/** A home whose daemon's parts are at hand in this process: rules, database and journal, without the socket. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPair } from '@lalia/protocol';
import type { AgentRecord, Journal, RoomRecord } from '@lalia/store';
import { type Clock, systemClock } from '../src/clock.ts';
import { composeContext } from '../src/compose.ts';
import { configFromEnvironment } from '../src/config.ts';
import type { Context } from '../src/context.ts';
import { prepareHome } from '../src/home.ts';
import { introduceResidents } from '../src/residents.ts';
import { openJournal } from '../src/transcript.ts';
import type { RunProgram } from '../src/wake/program-runner.ts';

/** A folder for one test's home and workspace, removed at its end. */
export class TestHome implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'l-'));
  readonly home = join(this.folder, 'home');
  readonly workspace = join(this.folder, 'workspace');

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** What a test decides itself. */
export interface Surrounded {
  readonly clock?: Clock;
  readonly run?: RunProgram;
  readonly env?: Readonly<Record<string, string>>;
}

/** What a daemon is between its start and its first connection. */
export class OpenedHome implements AsyncDisposable {
  readonly context: Context;
  readonly logged: readonly string[];
  readonly #journal: Journal;

  private constructor({
    context,
    journal,
    logged,
  }: { context: Context; journal: Journal; logged: string[] }) {
    this.context = context;
    this.logged = logged;
    this.#journal = journal;
  }

  static async open(
    { home, workspace }: Pick<TestHome, 'home' | 'workspace'>,
    { clock = systemClock(), run, env = {} }: Surrounded = {},
  ): Promise<OpenedHome> {
    const places = { LALIA_HOME: home, LALIA_WORKSPACE: workspace };
    const config = configFromEnvironment({ ...process.env, ...env, ...places });
    const logged: string[] = [];
    const log = (event: string): void => {
      logged.push(event);
    };
    let journal: Journal | undefined;
    prepareHome(config);
    const context = composeContext({
      config,
      clock,
      log,
      ...(run === undefined ? {} : { run }),
      lifecycle: {
        startedMs: clock.nowMs(),
        connections: 0,
        stopping: new AbortController().signal,
        spool: { path: '', error: null },
        requestStop: () => undefined,
      },
      journal: {
        notify: () => journal?.notify(),
        status: () => journal?.status() ?? { lastCommitMs: null, error: null },
        held: (work) => (journal === undefined ? work() : journal.held(work)),
      },
    });
    if (context === undefined) throw new Error('Another process has this home.');
    journal = await openJournal(context, log);
    await introduceResidents(context);
    return new OpenedHome({ context, journal, logged });
  }

  /** Does something in a transaction, and resolves when it is on disk. */
  run<T>(work: () => T): Promise<T> {
    return this.context.store.commits.run(work);
  }

  /** Somebody registered, whose key nobody has. */
  agent(name: string): Promise<AgentRecord> {
    const { store, chronicle, clock } = this.context;
    const human = store.registry.resident('human');
    if (human === undefined) throw new Error('The person is there from the beginning.');
    const { publicKey } = generateKeyPair();
    const agent: AgentRecord = { ...human, agentId: clock.newId(), name, kind: 'agent', publicKey };
    return this.run(() => {
      store.registry.insert(agent);
      chronicle.agent(agent, 'registered');
      return agent;
    });
  }

  /** A room with these members, the first of whom made it. */
  room(name: string, founder: AgentRecord, ...others: readonly AgentRecord[]): Promise<RoomRecord> {
    const { store, chronicle, clock } = this.context;
    const createdMs = clock.nowMs();
    const facts = { name, project: null, description: '', createdMs, archivedMs: null };
    const room: RoomRecord = { ...facts, roomId: clock.newId(), createdBy: founder.agentId };
    return this.run(() => {
      store.rooms.insert(room);
      store.conversations.openRoom(room);
      for (const { agentId } of [founder, ...others])
        store.rooms.join({ roomId: room.roomId, agentId, joinedMs: createdMs });
      chronicle.room(room, founder);
      chronicle.members(room, founder, 'joined');
      return room;
    });
  }

  /** The messages that wait for somebody, the oldest first. */
  unreadOf({ agentId }: Pick<AgentRecord, 'agentId'>): string[] {
    const { mailboxes, conversations } = this.context.store;
    return mailboxes
      .peek({ agentId, source: { kind: 'any' }, limit: 1000 })
      .map(({ ord }) => conversations.messages.byOrd(ord)?.body ?? '');
  }

  /** Resolves when the transcript has everything. */
  async journaled(): Promise<void> {
    if (!(await this.#journal.flush(60_000))) throw new Error('The transcript is not written.');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#journal.close();
    this.context.store.close();
  }
}
