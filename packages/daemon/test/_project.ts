/** A project with a supervisor, workers and tasks: the daemon's parts in this process, behind a real socket. */
import type { Socket } from 'node:net';
import {
  formatBundle,
  type Method,
  type Params,
  type Result,
  type SignedMethod,
  type Ulid,
} from '@lalia/protocol';
import type { RoomRecord, TaskRecord } from '@lalia/store';
import { newId, RawIdentity, RawPeer } from '../../../test/_raw-peer.ts';
import { Dispatcher } from '../src/dispatch.ts';
import { acceptInRoom } from '../src/sending.ts';
import { Connection } from '../src/socket/connection.ts';
import { type Listener, listen } from '../src/socket/listen.ts';
import { OpenedHome, TestHome } from './_home.ts';

export const PROJECT = 'web';
export const REPOSITORY = '/src/web';

type Session = Omit<Params<'register'>, 'auth'>;

/** How an agent differs from a worker in the project's main worktree. */
export type Traits = Partial<Pick<Session, 'role' | 'project' | 'anchor' | 'takeover'>> & {
  readonly repository?: string;
};

/** An agent with a connection of its own. */
export class Member extends RawIdentity {
  readonly peer: RawPeer;
  readonly #traits: Traits;

  constructor(name: string, peer: RawPeer, traits: Traits) {
    super(name);
    this.peer = peer;
    this.#traits = traits;
  }

  override get session(): Session {
    const { repository = REPOSITORY, ...traits } = this.#traits;
    const base = super.session;
    const location = { ...base.location, repo_root: repository, main_repo_root: repository, cwd: repository };
    return { ...base, project: PROJECT, role: 'worker', ...traits, location };
  }

  /** Calls an operation. @returns its result. @throws for a refusal. */
  do<M extends SignedMethod>(method: M, params: Omit<Params<M>, 'auth'>): Promise<Result<M>> {
    return this.call(this.peer, method, params);
  }

  /** Sends what has to be refused. @returns the error as it crosses the socket. */
  async refused<M extends SignedMethod>(method: M, params: Omit<Params<M>, 'auth'>) {
    return errorOf(this.peer, this.peer.send(method, this.signed(method, params)));
  }

  /** Sends a request that blocks. @returns its id on the member's connection. */
  begin<M extends SignedMethod>(method: M, params: Omit<Params<M>, 'auth'>): number {
    return this.peer.send(method, this.signed(method, params));
  }

  claim(slug: string): Promise<Result<'task_claim'>> {
    return this.do('task_claim', { which: { kind: 'slug', slug } });
  }
}

/** The error that answers a request. */
export async function errorOf(peer: RawPeer, id: number) {
  const answer = await peer.answer(id);
  if (!('error' in answer)) throw new Error(`Not refused: ${JSON.stringify(answer.result)}`);
  return answer.error.data;
}

export type NewTask = Partial<Pick<TaskRecord, 'branch' | 'dependsOn' | 'ownedPaths' | 'undertaking'>>;

export class Project implements AsyncDisposable {
  readonly opened: OpenedHome;
  readonly #home: TestHome;
  readonly #listener: Listener;
  readonly #connections: Connection[];

  private constructor(
    home: TestHome,
    opened: OpenedHome,
    socket: { listener: Listener; connections: Connection[] },
  ) {
    this.#home = home;
    this.opened = opened;
    this.#listener = socket.listener;
    this.#connections = socket.connections;
  }

  static async open(): Promise<Project> {
    const home = new TestHome();
    const opened = await OpenedHome.open(home);
    const dispatcher = new Dispatcher(opened.context);
    const connections: Connection[] = [];
    const listener = await listen(opened.context.config.paths.socket, (socket: Socket) => {
      const connection = new Connection(socket, {
        line: (from, line) => {
          dispatcher.handle(from, line);
        },
        closed: (gone) => {
          opened.context.held.connectionClosed(gone);
        },
      });
      connections.push(connection);
    });
    return new Project(home, opened, { listener, connections });
  }

  get context() {
    return this.opened.context;
  }

  get workspace(): string {
    return this.#home.workspace;
  }

  peer(): Promise<RawPeer> {
    return RawPeer.greeted(this.context.config.paths.socket);
  }

  /** Somebody who has registered. */
  async member(name: string, traits: Traits = {}): Promise<Member> {
    const member = new Member(name, await this.peer(), traits);
    await member.register(member.peer);
    return member;
  }

  supervisor(name = 'sue'): Promise<Member> {
    return this.member(name, { role: 'supervisor' });
  }

  /** A list without tasks. */
  list(supervisor: Member): Promise<void> {
    const { tasks } = this.context.store;
    return this.opened.run(() => {
      if (tasks.getList(PROJECT) === undefined) {
        const facts = { project: PROJECT, supervisor: supervisor.id, mainRepoRoot: REPOSITORY };
        tasks.putList({ ...facts, guardCommand: null });
      }
    });
  }

  /** Puts a task on the list, as publishing does when git has done its part. */
  async task(supervisor: Member, slug: string, facts: NewTask = {}): Promise<void> {
    const { store, clock } = this.context;
    await this.list(supervisor);
    const nowMs = clock.nowMs();
    const task: TaskRecord = {
      taskId: clock.newId(),
      project: PROJECT,
      slug,
      branch: `feat/${slug}`,
      brief: `Build ${slug}.`,
      ownedPaths: [],
      contracts: [],
      dependsOn: [],
      status: 'open',
      owner: null,
      worktree: `/src/wt/${slug}`,
      roomId: newId(),
      publishedMs: nowMs,
      changedMs: nowMs,
      claimId: null,
      undertaking: null,
      ...facts,
    };
    await this.opened.run(() => {
      this.#openRoom(supervisor, task);
      store.tasks.insert(task);
      store.tasks.revise(PROJECT);
      this.context.taskWaiters.changed(PROJECT);
    });
  }

  /** As many tasks as there are slugs, each on the list when the next is put there. */
  async tasks(supervisor: Member, ...slugs: readonly string[]): Promise<void> {
    for (const slug of slugs) await this.task(supervisor, slug);
  }

  row(slug: string): TaskRecord {
    const task = this.context.store.tasks.bySlug(PROJECT, slug);
    if (task === undefined) throw new Error(`There is no task ${slug}.`);
    return task;
  }

  /** Changes a row behind the daemon's back. */
  change(slug: string, facts: Partial<TaskRecord>): Promise<void> {
    return this.opened.run(() => {
      this.context.store.tasks.update({ ...this.row(slug), ...facts });
    });
  }

  room(slug: string): RoomRecord {
    return this.context.views.room(this.row(slug).roomId);
  }

  /** The names of a task's room's members, sorted. */
  inRoom(slug: string): string[] {
    const { store, views } = this.context;
    return store.rooms
      .members(this.row(slug).roomId)
      .map(({ agentId }) => views.agent(agentId).name)
      .sort();
  }

  /** What was said in a task's room after its bundle. */
  said(slug: string): string[] {
    const { conversations } = this.context.store;
    const { conversationId } = conversations.ofRoom(this.row(slug).roomId);
    return [
      ...conversations.messages.oldestFirst({ conversationId, afterSeq: 1, beforeSeq: 102, limit: 100 }),
    ].map(({ body }) => body ?? '');
  }

  /** What the daemon has told somebody, unread. */
  told(member: Member): string[] {
    const { store } = this.context;
    const daemon = store.registry.resident('daemon');
    const channel = daemon === undefined ? undefined : store.conversations.channel(daemon.agentId, member.id);
    if (channel === undefined) return [];
    const { conversationId } = channel;
    return [
      ...store.conversations.messages.oldestFirst({
        conversationId,
        afterSeq: 0,
        beforeSeq: 101,
        limit: 100,
      }),
    ].map(({ body }) => body ?? '');
  }

  /** Makes somebody away, whose lease every command renews. */
  goesAway(member: Member): Promise<void> {
    return this.opened.run(() => {
      this.context.store.registry.touch({ agentId: member.id, lastSeenMs: 0, leaseUntilMs: 0 });
    });
  }

  /** Fills a task's room. */
  async fill(slug: string): Promise<void> {
    const { store, clock } = this.context;
    const { roomId } = this.row(slug);
    for (let seat = store.rooms.members(roomId).length; seat < 8; seat += 1) {
      const { agentId } = await this.opened.agent(`guest-${slug}-${String(seat)}`);
      await this.opened.run(() => store.rooms.join({ roomId, agentId, joinedMs: clock.nowMs() }));
    }
  }

  async call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    await using peer = await this.peer();
    return await peer.call(method, params);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) connection.destroy();
    await this.opened[Symbol.asyncDispose]();
    this.#home[Symbol.dispose]();
  }

  #openRoom(supervisor: Member, task: TaskRecord): void {
    const { store, views, chronicle } = this.context;
    const founder = views.agent(supervisor.id);
    const room: RoomRecord = {
      roomId: task.roomId,
      name: task.slug,
      project: PROJECT,
      description: '',
      createdBy: founder.agentId,
      createdMs: task.publishedMs,
      archivedMs: null,
    };
    store.rooms.insert(room);
    store.conversations.openRoom(room);
    store.rooms.join({ roomId: room.roomId, agentId: founder.agentId, joinedMs: task.publishedMs });
    chronicle.room(room, founder);
    chronicle.members(room, founder, 'joined');
    const content: { id: Ulid; body: string } = {
      id: newId(),
      body: formatBundle({ ...task, depends_on: task.dependsOn }),
    };
    const { auth, ...params } = supervisor.signed('post', { room: room.roomId, ...content });
    acceptInRoom(this.context, { sender: founder, params: { ...params, ...content }, auth }, room);
  }
}
