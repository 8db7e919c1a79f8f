/**
 * One connection at a time: dialled when a request needs one, made anew after it was lost.
 *
 * What happens when a daemon goes away before it answered:
 *   - it said `daemon_stopping`: the request was not carried out. Once it is really gone, the request goes to the next
 *     daemon, once; a blocking call is not repeated, because whoever stopped the daemon wants it to end.
 *   - the connection was just lost: the request may have been carried out. It is repeated, once, where repeating
 *     changes nothing; sends are such, for their message id. Where the connection was lost before the daemon took our
 *     `hello`, nothing was carried out: that is no attempt, and the next daemon is dialled, with growing pauses.
 * Every repetition is built anew, because a nonce is accepted once.
 */
import { compareVersions, fail, isLaliaError, type LaliaError, type Method, VERSION } from '@lalia/protocol';
import { type Clock, withSignal } from './clock.ts';
import type { Connection } from './connection.ts';
import { reconnectDelayMs } from './reconnect-policy.ts';

/** What happens to the connection, for embedders that show it. */
export interface LinkEvents {
  connected: { readonly pid: number; readonly version: string };
  disconnected: Record<never, never>;
}

export interface OpenOptions {
  readonly autostart: boolean;
  /** Aborts when nobody will use the connection any more. */
  readonly signal: AbortSignal;
}

export type OpenConnection = (options: OpenOptions) => Promise<Connection>;

export interface LinkParts {
  readonly open: OpenConnection;
  readonly clock: Clock;
  /** Whether an older daemon is made to hand over: not by who only looks what runs, nor where no daemon can be started. */
  readonly mayReplace: (connection: Connection) => boolean | Promise<boolean>;
}

export interface LinkRequest {
  readonly method: Method;
  /** Makes the params of one attempt. */
  readonly params: () => object;
  readonly signal?: AbortSignal | undefined;
  /** Takes a result that came after the call was cancelled. */
  readonly onLate?: ((result: unknown) => void) | undefined;
  /** Whether a daemon may be started for it. */
  readonly autostart?: boolean | undefined;
  /** Whether it waits for something to happen, as reads do: whoever stops the daemon in order wants it to end. */
  readonly waits?: boolean | undefined;
}

/** A lost answer of these is told and not repaired here: twice differs from once, or the caller repeats it with the time that is left. */
const NOT_REPEATABLE: ReadonlySet<Method> = new Set<Method>([
  'read',
  'wake_wait',
  'register',
  'unregister',
  'room_create',
  'leave',
  'stop',
  'rooms_gc',
  'task_claim',
  'task_release',
  'task_unassign',
  'task_unpublish',
  'task_handoff',
  'task_gc',
]);

type Listener<E extends keyof LinkEvents> = (event: LinkEvents[E]) => void;

export class Link {
  readonly #open: OpenConnection;
  readonly #clock: Clock;
  readonly #mayReplace: LinkParts['mayReplace'];
  readonly #listeners = {
    connected: new Set<Listener<'connected'>>(),
    disconnected: new Set<Listener<'disconnected'>>(),
  };
  /** Shared by all who wait for it; undefined when the next request has to dial. */
  #current: Promise<Connection> | undefined;
  /** Whether `#current` starts a daemon where there is none. */
  #isStarting = false;
  /** Once in a link's life: where our own daemon is an older one too, it serves all the same. */
  #handover: { readonly from: Connection; readonly done: Promise<void> } | undefined;
  readonly #closing = new AbortController();
  #end: LaliaError | undefined;

  constructor({ open, clock, mayReplace }: LinkParts) {
    this.#open = open;
    this.#clock = clock;
    this.#mayReplace = mayReplace;
  }

  /** Listens. @returns a function that ends it. */
  on<E extends keyof LinkEvents>(event: E, listener: Listener<E>): () => void {
    const listeners = this.#listeners[event] as Set<Listener<E>>;
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }

  /** Sees to it that there is a connection. */
  async connect(signal?: AbortSignal): Promise<void> {
    await this.#openConnection(true, signal);
  }

  /**
   * Sends a request and returns its result.
   * @throws LaliaError what the daemon refused it with, or why none could be reached; the signal's reason when it aborts.
   */
  async request(request: LinkRequest): Promise<unknown> {
    const { autostart = true, signal } = request;
    let isRepeated = false;
    for (let unserved = 0; ; ) {
      const connection = await this.#openConnection(autostart, signal);
      try {
        return await this.#attempt(connection, request);
      } catch (error) {
        if (this.#end !== undefined) throw error;
        if (isUnserved(error, connection)) {
          unserved += 1;
          const delayMs = reconnectDelayMs(unserved, this.#clock.random());
          if (delayMs === undefined) throw error;
          await this.#clock.sleep(delayMs, signal);
        } else if (isRepeated || !mayRepeat(error, request, connection)) {
          throw error;
        } else {
          isRepeated = true;
          // A stopping daemon still answers for a while; the next one starts when this one is gone.
          await withSignal(connection.closed, signal);
        }
      }
    }
  }

  /** Ends the connection, and all that wait for an answer on it, for good. */
  async close(): Promise<void> {
    this.#end ??= fail('cancelled', 'The client was closed.');
    const current = this.#current;
    this.#current = undefined;
    this.#closing.abort(this.#end);
    const connection = await current?.catch(() => undefined);
    await connection?.close(this.#end);
  }

  async #attempt(connection: Connection, request: LinkRequest): Promise<unknown> {
    const { method, params, signal } = request;
    const answer = connection.request(method, params(), request);
    answer.catch(() => undefined);
    const greeting = await withSignal(connection.greeting, signal);
    if (compareVersions(VERSION, greeting.version) <= 0 || !(await this.#mayReplace(connection)))
      return answer;
    this.#handover ??= { from: connection, done: handOver(connection) };
    if (this.#handover.from !== connection) return answer;
    await withSignal(this.#handover.done, signal);
    // The older daemon may have answered before it ended; what it refused, the new one decides.
    return answer.catch(async () => this.#attempt(await this.#openConnection(true, signal), request));
  }

  async #openConnection(autostart: boolean, signal: AbortSignal | undefined): Promise<Connection> {
    let connection = await withSignal(this.#connection(autostart), signal);
    while (!connection.isOpen) {
      await withSignal(connection.closed, signal);
      connection = await withSignal(this.#connection(autostart), signal);
    }
    return connection;
  }

  #connection(autostart: boolean): Promise<Connection> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    if (this.#current === undefined) {
      this.#isStarting = autostart;
      this.#current = this.#dial(autostart);
    }
    if (this.#isStarting || !autostart) return this.#current;
    // Somebody looks whether there is a daemon; this caller needs one.
    return this.#current.catch(() => this.#connection(true));
  }

  #dial(autostart: boolean): Promise<Connection> {
    const dialled = this.#open({ autostart, signal: this.#closing.signal });
    const forget = () => {
      if (this.#current === dialled) this.#current = undefined;
    };
    dialled.then((connection) => {
      connection.greeting.then(
        ({ pid, version }) => {
          this.#emit('connected', { pid, version });
        },
        () => undefined,
      );
      return connection.closed.then(() => {
        forget();
        if (this.#end === undefined) this.#emit('disconnected', {});
      });
    }, forget);
    return dialled;
  }

  #emit<E extends keyof LinkEvents>(event: E, detail: LinkEvents[E]): void {
    for (const listener of [...(this.#listeners[event] as Set<Listener<E>>)]) listener(detail);
  }
}

/** A daemon that was killed takes connections for an instant after its last answer: those carry nothing out. */
function isUnserved(error: unknown, connection: Connection): boolean {
  return !connection.isServed && isLaliaError(error) && error.reason === 'connection_lost';
}

function mayRepeat(
  error: unknown,
  { method, waits = method === 'read' }: LinkRequest,
  connection: Connection,
): boolean {
  if (!isLaliaError(error)) return false;
  // A wait that never began was not ended by the stop: it just came to the wrong daemon.
  if (error.reason === 'daemon_stopping') return !waits || !connection.isServed;
  return error.reason === 'connection_lost' && !NOT_REPEATABLE.has(method);
}

/** Makes an older daemon finish and end. */
async function handOver(connection: Connection): Promise<void> {
  const stopped = connection.request('stop', { reason: 'handover' });
  // However it answers, what counts is that it goes; another client may have asked first.
  await Promise.race([stopped.catch(() => undefined), connection.closed]);
  await connection.closed;
}
