/** One agent's face to a program: everything it can say and read, signed with its key. */
import {
  type AgentInfo,
  type ConversationRef,
  type ConversationTarget,
  checkBody,
  checkName,
  limits,
  type Params,
  type ReadSource,
  type Result,
  type Ulid,
  type WakeNotice,
  type WatchEvent,
} from '@lalia/protocol';
import type { Clock } from './clock.ts';
import type { Delivery } from './delivery.ts';
import { exactMessages, type KeptMessage } from './exact.ts';
import { type HistoryOptions, historyPage, historyPages } from './history.ts';
import { Inbox, type InboxMessage, type InboxOptions } from './inbox.ts';
import type { Link } from './link.ts';
import { stillStands } from './question.ts';
import { AgentQuestions } from './questions.ts';
import { type ReadOptions, read } from './reading.ts';
import { searchTerms } from './search-terms.ts';
import type { CallOptions, SignedCaller } from './signed-caller.ts';
import { AgentTasks } from './tasks.ts';
import { awaitWake, reportTurn, type TurnMail, type TurnReport, type WakeOptions } from './turn.ts';
import { type WatchFrom, watch } from './watching.ts';

/** Where to read from: an agent, a room, whichever of both has the name, or everywhere. Each text is an address. */
export type Source = Target | 'any';

/** A conversation, by the address of the agent or the room; `name` takes either. */
export type Target = { readonly peer: string } | { readonly room: string } | { readonly name: string };

export interface SendOptions extends CallOptions {
  /** The message's id; sending again with the same one changes nothing. Default: a new one. */
  readonly id?: Ulid | undefined;
  readonly replyTo?: Ulid | undefined;
  /** Says that the sender waits for an answer. */
  readonly needsAnswer?: boolean | undefined;
  /** Marks a message that must never wake anybody. */
  readonly status?: boolean | undefined;
}

export interface AskOptions extends CallOptions {
  readonly id?: Ulid | undefined;
  readonly replyTo?: Ulid | undefined;
  /** How long to wait for the answer, in milliseconds. Default 300,000. */
  readonly timeoutMs?: number | undefined;
  readonly leaseMs?: number | undefined;
  /** Called as soon as the question is durable, before the wait begins. */
  readonly onSent?: ((question: Result<'tell'>) => void) | undefined;
}

export interface CollectOptions extends CallOptions {
  /** For how long they were unseen, in milliseconds. Default: 30 days. */
  readonly olderThanMs?: number | undefined;
  /** Changes nothing, and says whom it would be. */
  readonly dryRun?: boolean | undefined;
}

export interface SearchOptions extends CallOptions {
  /** Only what this agent said; an address. */
  readonly from?: string | undefined;
  /** Only in this conversation. */
  readonly in?: Target | undefined;
  /** Only what was accepted then or later, in milliseconds since 1970. */
  readonly sinceMs?: number | undefined;
  readonly limit?: number | undefined;
}

export interface WatchOptions extends WatchFrom {
  /** Only this conversation. */
  readonly in?: Target | undefined;
}

/** What an agent is made of; `Client` puts it together. */
export interface AgentParts {
  readonly caller: SignedCaller;
  readonly link: Link;
  readonly clock: Clock;
  readonly newId: () => Ulid;
}

export class Agent {
  /** What the daemon knew of this agent when it was identified or registered. */
  readonly info: AgentInfo;
  /** What this agent does with the tasks of its project. */
  readonly tasks: AgentTasks;
  /** Which of its questions are open, and which it owes an answer. */
  readonly questions: AgentQuestions;
  readonly #caller: SignedCaller;
  readonly #link: Link;
  readonly #clock: Clock;
  readonly #newId: () => Ulid;

  /** Use `Client.register`, `Client.identify` or `Client.resume`. */
  constructor({ caller, link, clock, newId }: AgentParts, info: AgentInfo) {
    this.info = info;
    this.#caller = caller;
    this.#link = link;
    this.#clock = clock;
    this.#newId = newId;
    const agentId = (address: string, options: CallOptions) => this.#agentId(address, options);
    this.tasks = new AgentTasks({ caller, clock, newId, agentId });
    this.questions = new AgentQuestions({ caller, clock });
  }

  get id(): Ulid {
    return this.info.agent_id;
  }

  /**
   * Sends to one agent. Durable when it resolves; it never waits for the recipient.
   * @param to an address; a bare name is looked up in this agent's project first.
   * @throws LaliaError `agent_not_found`, `ambiguous_address`, `self_message`, `mailbox_full`, or what is wrong with the body.
   */
  async tell(to: string, body: string, options: SendOptions = {}): Promise<Result<'tell'>> {
    checkBody(body);
    const agentId = await this.#agentId(to, options);
    return this.#caller.call('tell', { to: agentId, ...this.#outgoing(body, options) }, options);
  }

  /**
   * Sends to all other members of a room. Durable when it resolves.
   * @throws LaliaError `room_not_found`, `room_archived`, or what is wrong with the body.
   */
  async post(room: string, body: string, options: SendOptions = {}): Promise<Result<'post'>> {
    checkBody(body);
    const roomId = await this.#roomId(room, options);
    return this.#caller.call('post', { room: roomId, ...this.#outgoing(body, options) }, options);
  }

  /**
   * Asks one agent and waits for its answer, across crashes of the daemon. Mail that was unread before stays unread.
   * @returns the question as it was accepted, and the answer, to be acknowledged.
   * @throws LaliaError `timeout` when none came in time: the question stands, and a late answer is ordinary mail.
   */
  async ask(
    to: string,
    body: string,
    options: AskOptions = {},
  ): Promise<{ question: Result<'tell'>; delivery: Delivery }> {
    const question = await this.tell(to, body, { ...options, needsAnswer: true });
    options.onSent?.(question);
    const answer = this.awaitAnswer(question.id, options).catch((error: unknown) => {
      const { id, seq, recipient } = question;
      const timeoutMs = options.timeoutMs ?? limits.DEFAULT_WAIT_MS;
      throw stillStands(error, { id, seq, peer: recipient.agent, timeoutMs });
    });
    return { question, delivery: await answer };
  }

  /** Waits for the answer to one of this agent's own messages. @throws LaliaError `timeout` when none came in time. */
  awaitAnswer(question: Ulid, options: ReadOptions = {}): Promise<Delivery> {
    return this.#read({ kind: 'answer', question }, options);
  }

  /**
   * Answers the message that this agent last read, or the one that `to` names, in its conversation.
   * @throws LaliaError `nothing_to_reply` or `message_not_found`.
   */
  async reply(
    body: string,
    { to, ...options }: Omit<SendOptions, 'replyTo'> & { readonly to?: Ulid | undefined } = {},
  ): Promise<Result<'tell'> | Result<'post'>> {
    checkBody(body);
    const target = await this.replyTarget(to, options);
    return this.send(target.conversation, body, { ...options, replyTo: target.reply_to });
  }

  /** Where a reply would go: the conversation of the message that this agent last read, or of the one named. */
  replyTarget(message?: Ulid, options: CallOptions = {}): Promise<Result<'reply_target'>> {
    return this.#caller.call('reply_target', message === undefined ? {} : { message }, options);
  }

  /** Sends into a conversation as messages carry it: nothing is looked up by name. */
  async send(
    conversation: ConversationRef,
    body: string,
    options: SendOptions = {},
  ): Promise<Result<'tell'> | Result<'post'>> {
    checkBody(body);
    const message = this.#outgoing(body, options);
    return conversation.kind === 'channel'
      ? this.#caller.call('tell', { to: conversation.with.agent_id, ...message }, options)
      : this.#caller.call('post', { room: conversation.room.room_id, ...message }, options);
  }

  /**
   * Takes the oldest unread messages of a source, and waits for some.
   * @returns them, to be acknowledged: until then they do not count as read.
   * @throws LaliaError `timeout`, `agent_not_found`, `room_not_found`; `daemon_stopping`, `lease_expired` or
   *   `unregistered` when the wait was ended; the signal's reason when it aborts.
   */
  async read(source: Source, options: ReadOptions = {}): Promise<Delivery> {
    return this.#read(await this.#source(source, options), options);
  }

  /** All mail from now on, one message at a time, each acknowledged when the loop asks for the next. */
  inbox(options: InboxOptions = {}): AsyncIterableIterator<InboxMessage> & AsyncDisposable {
    return new Inbox(
      {
        clock: this.#clock,
        read: (readOptions) => this.#read({ kind: 'any' }, readOptions),
        renew: (callOptions) => this.renew(callOptions),
        probe: (callOptions) => this.#probe(callOptions),
      },
      options,
    );
  }

  /**
   * Everything that is said in this agent's conversations from now on, by itself as well, and which of its own messages are read. Nothing
   * is taken or acknowledged: whoever reads, reads the same. It goes on for ever, at the next daemon when one is restarted.
   * @param options the `signal` ends it; the iteration then rejects with the signal's reason. Leaving the loop ends it, too.
   * @throws LaliaError `agent_not_found` or `room_not_found` for a conversation that is not the agent's, `unregistered`.
   */
  async *watch({
    in: target,
    ...options
  }: WatchOptions = {}): AsyncGenerator<WatchEvent, undefined, undefined> {
    const source = {
      caller: this.#caller,
      clock: this.#clock,
      probe: (callOptions: CallOptions) => this.#probe(callOptions),
    };
    yield* watch(source, target && (await this.#target(target, options)), options);
    return undefined;
  }

  /**
   * Says where a model's turn is, and takes the mail that fits there, of all conversations at once; it never waits. For the hooks
   * of a harness.
   */
  turn(report: TurnReport): Promise<TurnMail> {
    return reportTurn(this.#caller, report);
  }

  /**
   * Waits until the daemon wants to wake this agent, and gives the notice: that there is mail, never what it says. For a process that runs
   * inside the harness and starts a turn when this resolves. A newer one takes its place.
   * @throws LaliaError `timeout`; `cancelled` when another has taken its place; `lease_expired` when the session has ended.
   */
  awaitWake(options: WakeOptions): Promise<WakeNotice> {
    return awaitWake({ caller: this.#caller, clock: this.#clock }, options);
  }

  /** Shows unread messages without taking them. */
  async peek(
    source: Source,
    { max, ...options }: CallOptions & { readonly max?: number | undefined } = {},
  ): Promise<Result<'peek'>> {
    const resolved = await this.#source(source, options);
    return this.#caller.call('peek', { source: resolved, ...(max === undefined ? {} : { max }) }, options);
  }

  /**
   * A page of a conversation, in its order: the oldest of what is asked for where that says since when, else the newest.
   * @throws LaliaError `agent_not_found`, `room_not_found`.
   */
  async history(target: Target, options: HistoryOptions = {}): Promise<Result<'history'>> {
    return historyPage(this.#caller, await this.#target(target, options), options);
  }

  /**
   * All of a conversation, or of a part of it, page by page in its order; it ends with the last message of that moment.
   * @param options `limit` is the size of a page.
   * @throws LaliaError as `history`.
   */
  async *historyPages(
    target: Target,
    options: HistoryOptions = {},
  ): AsyncGenerator<Result<'history'>, undefined> {
    yield* historyPages(this.#caller, await this.#target(target, options), options);
  }

  /**
   * All of a conversation with its signatures, as the transcript has it, in its order up to the last message of that moment.
   * @throws LaliaError `agent_not_found`, `room_not_found`.
   */
  async *exactMessages(
    target: Target | ConversationTarget,
    options: CallOptions = {},
  ): AsyncGenerator<KeptMessage, undefined> {
    const resolved = 'kind' in target ? target : await this.#target(target, options);
    yield* exactMessages(this.#caller, resolved, options);
  }

  /**
   * Finds messages of this agent's conversations, the newest first.
   * @param query words, `"phrases"`, and `word*` for all words that begin so; a message has to have all of them.
   * @throws LaliaError `invalid_params` when there is nothing to look for; `agent_not_found`, `room_not_found`.
   */
  async search(
    query: string,
    { from, in: target, sinceMs, limit, ...options }: SearchOptions = {},
  ): Promise<Result<'search'>> {
    const params: Omit<Params<'search'>, 'auth'> = {
      terms: searchTerms(query),
      ...(from === undefined ? {} : { from: await this.#agentId(from, options) }),
      ...(target === undefined ? {} : { in: await this.#target(target, options) }),
      ...(sinceMs === undefined ? {} : { since_ts: sinceMs }),
      ...(limit === undefined ? {} : { limit }),
    };
    return this.#caller.call('search', params, options);
  }

  /** How far this agent's own messages got, per recipient. */
  async receipts(
    target: Target,
    { limit, ...options }: CallOptions & { readonly limit?: number | undefined } = {},
  ): Promise<Result<'receipts'>> {
    const resolved = await this.#target(target, options);
    return this.#caller.call(
      'receipts',
      { target: resolved, ...(limit === undefined ? {} : { limit }) },
      options,
    );
  }

  /** This agent's channels, with unread counts. */
  channels(options: CallOptions = {}): Promise<Result<'channels'>> {
    return this.#caller.call('channels', {}, options);
  }

  /** All rooms, with this agent's membership and unread counts. */
  rooms(options: CallOptions = {}): Promise<Result<'rooms'>> {
    return this.#caller.call('rooms', {}, options);
  }

  /** Makes a room in this agent's project, with this agent as its first member. @throws LaliaError `room_exists`. */
  async createRoom(
    name: string,
    { description, ...options }: CallOptions & { readonly description?: string | undefined } = {},
  ): Promise<Result<'room_create'>> {
    checkName(name);
    const params = { name, ...(description === undefined ? {} : { description }) };
    return this.#caller.call('room_create', params, options);
  }

  /** Becomes a member of a room; again changes nothing. @throws LaliaError `room_not_found`, `room_full`, `room_archived`. */
  async join(room: string, options: CallOptions = {}): Promise<Result<'join'>> {
    return this.#caller.call('join', { room: await this.#roomId(room, options) }, options);
  }

  /** Leaves a room; its unread messages are gone for this agent. */
  async leave(room: string, options: CallOptions = {}): Promise<Result<'leave'>> {
    return this.#caller.call('leave', { room: await this.#roomId(room, options) }, options);
  }

  /** The members of a room that this agent is in. */
  async participants(room: string, options: CallOptions = {}): Promise<Result<'participants'>> {
    return this.#caller.call('participants', { room: await this.#roomId(room, options) }, options);
  }

  /** Makes the lease new, as every signed call does. */
  renew(options: CallOptions = {}): Promise<Result<'renew'>> {
    return this.#caller.call('renew', {}, options);
  }

  /**
   * Gives this agent another name; id, key, rooms, mail, channels and tasks stay. `info` keeps the old one.
   * @throws LaliaError `name_taken` or `name_reserved`.
   */
  rename(name: string, options: CallOptions = {}): Promise<Result<'rename'>> {
    return this.#caller.call('rename', { name: checkName(name) }, options);
  }

  /**
   * Unregisters the agents that were unseen for long and hold no open task and no task list; never this one.
   * @returns whom it was, or with `dryRun` would be, as they were before.
   */
  async collectAgents({
    olderThanMs,
    dryRun,
    ...options
  }: CollectOptions = {}): Promise<Result<'agents_gc'>> {
    const params = {
      ...(olderThanMs === undefined ? {} : { older_than_ms: olderThanMs }),
      ...(dryRun === true ? { dry_run: true as const } : {}),
    };
    return this.#caller.call('agents_gc', params, options);
  }

  /** Ends this identity for good: its key is deleted, its rooms are left. @throws LaliaError `supervisor_busy`. */
  unregister(options: CallOptions = {}): Promise<Result<'unregister'>> {
    return this.#caller.call('unregister', {}, options);
  }

  /** Looks whether there is a daemon, without starting one; rejects when there is none. */
  #probe({ signal }: CallOptions): Promise<unknown> {
    return this.#link.request({ method: 'status', params: () => ({}), autostart: false, signal });
  }

  #read(source: ReadSource, options: ReadOptions): Promise<Delivery> {
    return read({ caller: this.#caller, clock: this.#clock }, source, options);
  }

  #outgoing(body: string, { id = this.#newId(), replyTo, needsAnswer, status }: SendOptions) {
    return {
      id,
      body,
      ...(replyTo === undefined ? {} : { reply_to: replyTo }),
      ...(needsAnswer === true ? { needs_answer: true as const } : {}),
      ...(status === true ? { status: true as const } : {}),
    };
  }

  async #source(source: Source, options: CallOptions): Promise<ConversationTarget | { kind: 'any' }> {
    return source === 'any' ? { kind: 'any' } : this.#target(source, options);
  }

  async #target(target: Target, options: CallOptions): Promise<ConversationTarget> {
    if ('peer' in target) return { kind: 'channel', agent_id: await this.#agentId(target.peer, options) };
    if ('room' in target) return { kind: 'room', room_id: await this.#roomId(target.room, options) };
    const found = await this.#resolve(target.name, 'any', options);
    return found.kind === 'agent'
      ? { kind: 'channel', agent_id: found.agent.agent_id }
      : { kind: 'room', room_id: found.room.room_id };
  }

  async #agentId(address: string, options: CallOptions): Promise<Ulid> {
    const found = await this.#resolve(address, 'agent', options);
    return found.kind === 'agent' ? found.agent.agent_id : found.room.room_id;
  }

  async #roomId(address: string, options: CallOptions): Promise<Ulid> {
    const found = await this.#resolve(address, 'room', options);
    return found.kind === 'room' ? found.room.room_id : found.agent.agent_id;
  }

  async #resolve(
    address: string,
    kind: Params<'resolve'>['kind'],
    { signal }: CallOptions,
  ): Promise<Result<'resolve'>> {
    const { project } = this.info;
    const params = () => ({ address, kind, project });
    return (await this.#link.request({ method: 'resolve', params, signal })) as Result<'resolve'>;
  }
}
