/**
 * Blocked watches. They are woken after the commit of what concerns their agent, and look anew; nothing is kept for one that is
 * not waiting just now.
 */
import { fail, type LaliaError, type Result, type Ulid } from '@lalia/protocol';
import type { Clock, Timer } from './clock.ts';
import type { WatchAnswer } from './watch-events.ts';
import { formatCursor, type WatchPlace } from './watch-place.ts';

export interface WatchRequest {
  readonly agentId: Ulid;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Where it stands: everything before was looked at. */
  readonly place: WatchPlace;
  /** What has happened after a place. */
  readonly look: (place: WatchPlace) => WatchAnswer;
}

interface Waiting {
  readonly agentId: Ulid;
  readonly look: WatchRequest['look'];
  readonly resolve: (result: Result<'watch'>) => void;
  readonly reject: (error: LaliaError) => void;
  place: WatchPlace;
  timer: Timer | undefined;
}

export class Watchers {
  readonly #clock: Clock;
  readonly #waiting = new Map<Ulid, Set<Waiting>>();
  readonly #touched = new Set<Ulid>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits for a first event, or answers with none when the time is over. @throws LaliaError `cancelled`, or what it is released with. */
  wait({ agentId, timeoutMs, signal, place, look }: WatchRequest): Promise<Result<'watch'>> {
    if (signal.aborted) throw cancelled();
    const { promise, resolve, reject } = Promise.withResolvers<Result<'watch'>>();
    // After a rollback nobody waits for this; without a listener its rejection would end the process.
    promise.catch(() => undefined);
    const waiting: Waiting = { agentId, look, resolve, reject, place, timer: undefined };
    this.#join(waiting);
    waiting.timer = this.#clock.after(timeoutMs, () => {
      this.#leave(waiting);
      resolve({ events: [], cursor: formatCursor(waiting.place) });
    });
    signal.addEventListener(
      'abort',
      () => {
        this.#end(waiting, cancelled());
      },
      { once: true },
    );
    return promise;
  }

  /** Says that something happened that an agent may see; whoever watches for it looks after the commit. */
  touch(agentId: Ulid): void {
    if (this.#waiting.has(agentId)) this.#touched.add(agentId);
  }

  /** Has the touched ones look. Runs after a commit. */
  serve(): void {
    for (const agentId of this.#touched) {
      for (const waiting of [...(this.#waiting.get(agentId) ?? [])]) this.#serveOne(waiting);
    }
    this.#touched.clear();
  }

  /** Ends every watch of an agent. */
  releaseAgent(agentId: Ulid, error: LaliaError): void {
    for (const waiting of [...(this.#waiting.get(agentId) ?? [])]) this.#end(waiting, error);
  }

  /** Ends every watch. */
  releaseAll(error: LaliaError): void {
    for (const agentId of [...this.#waiting.keys()]) this.releaseAgent(agentId, error);
  }

  #serveOne(waiting: Waiting): void {
    let answer: WatchAnswer;
    try {
      answer = waiting.look(waiting.place);
    } catch (error) {
      this.#end(waiting, error as LaliaError);
      return;
    }
    waiting.place = answer.place;
    if (answer.events.length === 0 && answer.isEnd) return;
    this.#leave(waiting);
    waiting.resolve({ events: [...answer.events], cursor: formatCursor(answer.place) });
  }

  #end(waiting: Waiting, error: LaliaError): void {
    this.#leave(waiting);
    waiting.reject(error);
  }

  #join(waiting: Waiting): void {
    const others = this.#waiting.get(waiting.agentId);
    if (others === undefined) this.#waiting.set(waiting.agentId, new Set([waiting]));
    else others.add(waiting);
  }

  #leave(waiting: Waiting): void {
    waiting.timer?.cancel();
    const others = this.#waiting.get(waiting.agentId);
    others?.delete(waiting);
    if (others?.size === 0) this.#waiting.delete(waiting.agentId);
  }
}

function cancelled(): LaliaError {
  return fail('cancelled', 'The call was ended by its caller.');
}
