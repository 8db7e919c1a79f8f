/**
 * Blocked claims and watches. A claim never takes a task by itself: it waits in line, and the line is served, first come first,
 * at the end of the group commit, inside the transaction. So nobody overtakes a claim that has been waiting for longer, and of
 * several at once one wins. A claim never frees a task, so going through the line once is enough.
 *
 * Watches of a list are answered after the commit that changed it. Invariant: no task goes to a connection that is gone.
 */
import { fail, type LaliaError, type ParsedParams, type Result, type Ulid } from '@lalia/protocol';
import type { GroupCommit } from '@lalia/store';
import type { Clock, Timer } from '../clock.ts';
import type { Connection } from '../socket/connection.ts';

interface WaitRequest {
  readonly project: string;
  /** 0: not at all. */
  readonly timeoutMs: number;
  readonly connection: Connection;
  readonly signal: AbortSignal;
}

export interface ClaimRequest extends WaitRequest {
  readonly agentId: Ulid;
  readonly which: ParsedParams<'task_claim'>['which'];
  readonly claimId: Ulid | null;
}

export type WatchRequest = WaitRequest;

/** What a claim came to; `notYet` may be otherwise after the next change. */
export type ClaimOutcome = { readonly claimed: Result<'task_claim'> } | { readonly notYet: LaliaError };

/** What ends a wait, whatever for. */
interface Ending {
  readonly timeoutMs: number;
  readonly leave: () => void;
  readonly reject: (error: LaliaError) => void;
}

interface Waiting<R extends WaitRequest, T> extends Ending {
  readonly request: R;
  readonly resolve: (result: T) => void;
  /** Not served yet, not even in vain. */
  isFresh: boolean;
  /** Why there is nothing for it yet. */
  why: LaliaError | undefined;
}

type WaitingClaim = Waiting<ClaimRequest, Result<'task_claim'>>;
type WaitingWatch = Waiting<WatchRequest, Result<'task_list'>>;

export interface TaskWaitersOptions {
  readonly clock: Clock;
  /** Takes a task for a claim if there is one. Runs inside a transaction. @throws what waiting does not mend. */
  readonly claim: (request: ClaimRequest) => ClaimOutcome;
  readonly list: (project: string) => Result<'task_list'>;
}

export class TaskWaiters {
  readonly #options: TaskWaitersOptions;
  /** In the order in which they came. */
  readonly #claims = new Set<WaitingClaim>();
  readonly #watches = new Set<WaitingWatch>();
  readonly #changed = new Set<string>();

  constructor(options: TaskWaitersOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#claims.size + this.#watches.size;
  }

  /**
   * Joins the line of claims. To be called inside a transaction, at whose end the line is served; when it is rolled back, the
   * claim leaves the line, because its request has failed.
   * @throws LaliaError `timeout`, `cancelled`, what a claim is refused with, or what it is released with.
   */
  claim(request: ClaimRequest, commits: GroupCommit): Promise<Result<'task_claim'>> {
    const { waiting, promise } = this.#join(this.#claims, request);
    commits.onOutcome({
      committed: undefined,
      rolledBack: (error) => {
        end(waiting, error as LaliaError);
      },
    });
    return promise;
  }

  /**
   * Waits until a project's list has changed.
   * @throws LaliaError `timeout`, `cancelled`, or what it is released with.
   */
  watch(request: WatchRequest): Promise<Result<'task_list'>> {
    const { waiting, promise } = this.#join(this.#watches, request);
    if (request.timeoutMs === 0) end(waiting, nothingYet(waiting));
    return promise;
  }

  /** Says that a project's tasks have changed; whoever waits for that is served at the end of the transaction. */
  changed(project: string): void {
    this.#changed.add(project);
  }

  /** Serves who is due. Runs inside every transaction, before its commit. */
  serve(commits: GroupCommit): void {
    for (const waiting of [...this.#claims]) {
      if (waiting.isFresh || this.#changed.has(waiting.request.project)) this.#serveClaim(waiting, commits);
    }
    for (const waiting of this.#watches) {
      if (this.#changed.has(waiting.request.project)) this.#answerWatch(waiting, commits);
    }
    this.#changed.clear();
  }

  /** The agents with a blocked claim. */
  agents(): Set<Ulid> {
    return new Set([...this.#claims].map(({ request }) => request.agentId));
  }

  /** Ends every blocked claim of an agent. */
  releaseAgent(agentId: Ulid, error: LaliaError): void {
    for (const waiting of this.#claims) if (waiting.request.agentId === agentId) end(waiting, error);
  }

  /** Ends every blocked claim and watch. */
  releaseAll(error: LaliaError): void {
    for (const waiting of [...this.#claims, ...this.#watches]) end(waiting, error);
  }

  #join<R extends WaitRequest, T>(line: Set<Waiting<R, T>>, request: R) {
    const { signal, timeoutMs } = request;
    // It was ended before it came to this; the signal will not say so again.
    if (signal.aborted) throw cancelled();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    // After a rollback nobody waits for this; without a listener its rejection would end the process.
    promise.catch(() => undefined);
    let timer: Timer | undefined;
    const leave = (): void => {
      timer?.cancel();
      line.delete(waiting);
    };
    const waiting: Waiting<R, T> = {
      request,
      timeoutMs,
      leave,
      resolve,
      reject,
      isFresh: true,
      why: undefined,
    };
    line.add(waiting);
    const onAbort = (): void => {
      end(waiting, cancelled());
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (timeoutMs > 0) {
      timer = this.#options.clock.after(timeoutMs, () => {
        end(waiting, nothingYet(waiting));
      });
    }
    return { waiting, promise };
  }

  #serveClaim(waiting: WaitingClaim, commits: GroupCommit): void {
    const { request } = waiting;
    waiting.isFresh = false;
    if (!request.connection.isOpen || request.signal.aborted) return;
    let outcome: ClaimOutcome;
    try {
      outcome = commits.attempt(() => this.#options.claim(request));
    } catch (error) {
      // There is nothing to claim when the whole transaction is gone.
      if (!commits.isOpen) throw error;
      end(waiting, error as LaliaError);
      return;
    }
    if ('claimed' in outcome) this.#handOver(waiting, outcome.claimed, commits);
    else if (request.timeoutMs === 0) end(waiting, outcome.notYet);
    else waiting.why = outcome.notYet;
  }

  #handOver(waiting: WaitingClaim, result: Result<'task_claim'>, commits: GroupCommit): void {
    waiting.leave();
    commits.onOutcome({
      committed: () => {
        waiting.resolve(result);
      },
      rolledBack: (error) => {
        waiting.reject(error as LaliaError);
      },
    });
  }

  #answerWatch(waiting: WaitingWatch, commits: GroupCommit): void {
    commits.onOutcome({
      committed: () => {
        waiting.leave();
        waiting.resolve(this.#options.list(waiting.request.project));
      },
      rolledBack: undefined,
    });
  }
}

function end(waiting: Ending, error: LaliaError): void {
  waiting.leave();
  waiting.reject(error);
}

function cancelled(): LaliaError {
  return fail('cancelled', 'The call was ended by its caller.');
}

function nothingYet({ timeoutMs, why }: Pick<WaitingClaim, 'timeoutMs' | 'why'>): LaliaError {
  const waited =
    timeoutMs === 0 ? 'Nothing has changed.' : `Nothing has changed within ${String(timeoutMs / 1000)} s.`;
  return fail('timeout', why === undefined ? waited : `${waited} ${why.message}`, {
    context: { timeout_ms: timeoutMs, ...(why === undefined ? {} : { because: why.reason, ...why.context }) },
  });
}
