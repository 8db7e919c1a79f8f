/** Processes inside a harness that wait until their agent is to be woken. One an agent: a newer one takes the place of the last. */
import { fail, type LaliaError, type Result, type Ulid } from '@lalia/protocol';
import type { Clock, Timer } from '../clock.ts';
import type { Connection } from '../socket/connection.ts';

export interface ListenRequest {
  readonly agentId: Ulid;
  readonly sessionId: string | null;
  /** 0: not at all. */
  readonly timeoutMs: number;
  /** Whether the programs are tried before it. */
  readonly asLast: boolean;
  readonly connection: Connection;
  readonly signal: AbortSignal;
}

export type ListenerPlace = 'none' | 'first' | 'last';

interface Listener {
  readonly request: ListenRequest;
  readonly resolve: (result: Result<'wake_wait'>) => void;
  readonly reject: (error: LaliaError) => void;
  timer: Timer | undefined;
}

export class WakeListeners {
  readonly #clock: Clock;
  readonly #listeners = new Map<Ulid, Listener>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#listeners.size;
  }

  /** Whether somebody would hear it, and is to be told before or after the programs. */
  placeOf(agentId: Ulid): ListenerPlace {
    const request = this.#listeners.get(agentId)?.request;
    if (request?.connection.isOpen !== true || request.signal.aborted) return 'none';
    return request.asLast ? 'last' : 'first';
  }

  /**
   * Waits to be told.
   * @throws LaliaError `timeout`, `cancelled`, or what it is released with.
   */
  wait(request: ListenRequest): Promise<Result<'wake_wait'>> {
    const { agentId, timeoutMs, signal } = request;
    if (signal.aborted) throw fail('cancelled', 'The call was ended by its caller.');
    this.release(agentId, fail('cancelled', 'Another listener of the same agent has taken its place.'));
    const { promise, resolve, reject } = Promise.withResolvers<Result<'wake_wait'>>();
    // It may be ended before anybody waits for it.
    promise.catch(() => undefined);
    const listener: Listener = { request, resolve, reject, timer: undefined };
    this.#listeners.set(agentId, listener);
    const end = (error: LaliaError): void => {
      this.#end(listener, error);
    };
    signal.addEventListener(
      'abort',
      () => {
        end(fail('cancelled', 'The call was ended by its caller.'));
      },
      { once: true },
    );
    listener.timer = this.#clock.after(timeoutMs, () => {
      const context = { timeout_ms: timeoutMs };
      end(fail('timeout', `Nothing to wake for within ${String(timeoutMs / 1000)} s.`, { context }));
    });
    return promise;
  }

  /** Tells an agent's listener, which is done with that. */
  tell(agentId: Ulid, result: Result<'wake_wait'>): void {
    const listener = this.#listeners.get(agentId);
    if (listener === undefined) return;
    this.#remove(listener);
    listener.resolve(result);
  }

  /** Ends the wait of an agent's listener; of another session than this one only, where one is given. */
  release(agentId: Ulid, error: LaliaError, { unless }: { readonly unless?: string | null } = {}): void {
    const listener = this.#listeners.get(agentId);
    if (listener === undefined) return;
    const { sessionId } = listener.request;
    if (unless !== undefined && (sessionId === null || sessionId === unless)) return;
    this.#end(listener, error);
  }

  /** The agents with a listener. */
  agents(): Ulid[] {
    return [...this.#listeners.keys()];
  }

  releaseAll(error: LaliaError): void {
    for (const listener of [...this.#listeners.values()]) this.#end(listener, error);
  }

  #end(listener: Listener, error: LaliaError): void {
    this.#remove(listener);
    listener.reject(error);
  }

  #remove(listener: Listener): void {
    listener.timer?.cancel();
    const { agentId } = listener.request;
    if (this.#listeners.get(agentId) === listener) this.#listeners.delete(agentId);
  }
}
