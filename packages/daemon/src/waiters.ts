/**
 * Blocked readers. A read never takes from a mailbox by itself: it waits in its agent's line, and the line is served at the
 * end of the group commit, inside the transaction. So a message and its delivery to a blocked reader are one sync, and no
 * read overtakes one that came before it.
 *
 * Within a line those that wait for an answer are served first (a plain read must not take it from them), then the
 * others as they came. Invariant: nothing is handed to a connection that is gone.
 */
import { fail, type LaliaError, type Result, type Ulid } from '@lalia/protocol';
import type { GroupCommit, MailSource } from '@lalia/store';
import type { Clock, Timer } from './clock.ts';
import type { Connection } from './socket/connection.ts';

export interface ReadRequest {
  readonly agentId: Ulid;
  readonly source: MailSource;
  /** Who alone can send what is waited for: the other agent of the channel of a question. */
  readonly answerer?: Ulid | undefined;
  readonly max: number;
  readonly leaseMs: number;
  /** 0: not at all. */
  readonly timeoutMs: number;
  readonly connection: Connection;
  readonly signal: AbortSignal;
}

interface Waiter {
  readonly request: ReadRequest;
  readonly resolve: (result: Result<'read'>) => void;
  readonly reject: (error: LaliaError) => void;
  timer: Timer | undefined;
}

export interface WaitersOptions {
  readonly clock: Clock;
  /** Hands a reader what there is for it; undefined when there is nothing. Runs inside a transaction. */
  readonly deliver: (request: ReadRequest) => Result<'read'> | undefined;
  /** Takes back what `deliver` noted outside the database. */
  readonly undeliver: (result: Result<'read'>) => void;
  /** Who else looks at an agent's mail when it has changed. */
  readonly alsoChanged: (agentId: Ulid) => void;
}

export class Waiters {
  readonly #options: WaitersOptions;
  readonly #lines = new Map<Ulid, Waiter[]>();
  readonly #due = new Set<Ulid>();

  constructor(options: WaitersOptions) {
    this.#options = options;
  }

  get count(): number {
    let count = 0;
    for (const line of this.#lines.values()) count += line.length;
    return count;
  }

  isListening(agentId: Ulid): boolean {
    return this.#lines.has(agentId);
  }

  /**
   * Joins the line. To be called inside a transaction, at whose end the line is served; when it is rolled back, the reader
   * leaves the line, because its request has failed.
   * @throws LaliaError `timeout`, `cancelled`, or what the line is released with.
   */
  wait(request: ReadRequest, commits: GroupCommit): Promise<Result<'read'>> {
    // It was ended before it came to this; the signal will not say so again.
    if (request.signal.aborted) throw fail('cancelled', 'The call was ended by its caller.');
    const { promise, resolve, reject } = Promise.withResolvers<Result<'read'>>();
    // After a rollback nobody waits for this; without a listener its rejection would end the process.
    promise.catch(() => undefined);
    const waiter: Waiter = { request, resolve, reject, timer: undefined };
    const line = this.#lines.get(request.agentId);
    if (line === undefined) this.#lines.set(request.agentId, [waiter]);
    else line.push(waiter);
    this.#watch(waiter);
    this.#due.add(request.agentId);
    commits.onOutcome({
      committed: undefined,
      rolledBack: (error) => {
        this.#end(waiter, error as LaliaError);
      },
    });
    return promise;
  }

  /** Says that an agent's mailbox has changed; its line is served at the end of the transaction. */
  mailChanged(agentId: Ulid): void {
    if (this.#lines.has(agentId)) this.#due.add(agentId);
    this.#options.alsoChanged(agentId);
  }

  /** Serves the lines that are due. Runs inside every transaction, before its commit. */
  serve(commits: GroupCommit): void {
    for (const agentId of this.#due) {
      const line = this.#lines.get(agentId) ?? [];
      for (const waiter of inTurn(line)) this.#serveOne(waiter, commits);
    }
    this.#due.clear();
  }

  /** Ends every blocked read of an agent. */
  releaseAgent(agentId: Ulid, error: LaliaError): void {
    for (const waiter of [...(this.#lines.get(agentId) ?? [])]) this.#end(waiter, error);
  }

  /** Ends the blocked reads of an agent in one conversation. */
  releaseConversation(agentId: Ulid, conversationId: number, error: LaliaError): void {
    for (const waiter of [...(this.#lines.get(agentId) ?? [])]) {
      const { source } = waiter.request;
      if (source.kind === 'conversation' && source.conversationId === conversationId)
        this.#end(waiter, error);
    }
  }

  /** Ends every wait for an answer of an agent who will give none any more. */
  releaseAskersOf(answerer: Ulid, error: LaliaError): void {
    for (const waiter of [...this.#lines.values()].flat())
      if (waiter.request.answerer === answerer) this.#end(waiter, error);
  }

  /** Ends every blocked read. */
  releaseAll(error: LaliaError): void {
    for (const agentId of [...this.#lines.keys()]) this.releaseAgent(agentId, error);
  }

  /** The agents with a blocked read. */
  agents(): Ulid[] {
    return [...this.#lines.keys()];
  }

  #watch(waiter: Waiter): void {
    const { timeoutMs, signal } = waiter.request;
    signal.addEventListener(
      'abort',
      () => {
        this.#end(waiter, fail('cancelled', 'The call was ended by its caller.'));
      },
      { once: true },
    );
    if (timeoutMs === 0) return;
    waiter.timer = this.#options.clock.after(timeoutMs, () => {
      this.#end(waiter, nothingYet(timeoutMs));
    });
  }

  #serveOne(waiter: Waiter, commits: GroupCommit): void {
    const { request } = waiter;
    if (!request.connection.isOpen || request.signal.aborted) return;
    let result: Result<'read'> | undefined;
    try {
      result = commits.attempt(() => this.#options.deliver(request));
    } catch (error) {
      // There is nothing to serve the others from when the whole transaction is gone.
      if (!commits.isOpen) throw error;
      this.#end(waiter, error as LaliaError);
      return;
    }
    if (result !== undefined) this.#handOver(waiter, result, commits);
    else if (request.timeoutMs === 0) this.#end(waiter, nothingYet(0));
  }

  #handOver(waiter: Waiter, result: Result<'read'>, commits: GroupCommit): void {
    this.#remove(waiter);
    commits.onOutcome({
      committed: () => {
        waiter.timer?.cancel();
        waiter.resolve(result);
      },
      rolledBack: (error) => {
        this.#options.undeliver(result);
        waiter.timer?.cancel();
        waiter.reject(error as LaliaError);
      },
    });
  }

  #end(waiter: Waiter, error: LaliaError): void {
    waiter.timer?.cancel();
    this.#remove(waiter);
    waiter.reject(error);
  }

  #remove(waiter: Waiter): void {
    const { agentId } = waiter.request;
    const rest = (this.#lines.get(agentId) ?? []).filter((other) => other !== waiter);
    if (rest.length === 0) this.#lines.delete(agentId);
    else this.#lines.set(agentId, rest);
  }
}

function inTurn(line: readonly Waiter[]): Waiter[] {
  const isAnswer = (waiter: Waiter): boolean => waiter.request.source.kind === 'answer';
  return [...line.filter(isAnswer), ...line.filter((waiter) => !isAnswer(waiter))];
}

function nothingYet(timeoutMs: number): LaliaError {
  const waited =
    timeoutMs === 0 ? 'There is nothing to read.' : `Nothing arrived within ${String(timeoutMs / 1000)} s.`;
  return fail('timeout', waited, { context: { timeout_ms: timeoutMs } });
}
