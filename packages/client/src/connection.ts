/**
 * One byte stream to a daemon, by socket or spool: requests out, answers in any order, matched by id.
 *
 * `hello` goes out with the first request, in one write: a command line tool waits for one round trip, not for two.
 * A connection is used until it closes and never again after that; `link.ts` makes the next one.
 */
import {
  encodeLine,
  errorFromBody,
  fail,
  isLaliaError,
  type LaliaError,
  LineDecoder,
  type Params,
  parseResponse,
  type Result,
  type RpcResponse,
} from '@lalia/protocol';
import type { PeerStream } from '@lalia/spool';
import { reasonOf } from './clock.ts';

/** A daemon that does not even answer `hello` in this time is stuck. */
const GREETING_TIMEOUT_MS = 30_000;

export interface RequestOptions {
  /** When it aborts, the daemon is told to cancel, and the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Takes the result when the daemon had answered before it heard that the call was cancelled. */
  readonly onLate?: ((result: unknown) => void) | undefined;
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly signal: AbortSignal | undefined;
  readonly onAbort: () => void;
}

export interface ConnectionOptions {
  readonly hello: Params<'hello'>;
  /** What carries it; default: the socket. */
  readonly via?: 'socket' | 'spool';
  readonly greetingTimeoutMs?: number;
}

export class Connection {
  /** What the daemon says to `hello`, which goes out with the first request. */
  readonly greeting: Promise<Result<'hello'>>;
  /** Resolves, and never rejects, when nothing can come from the daemon any more. */
  readonly closed: Promise<void>;

  /** What carries it. */
  readonly via: 'socket' | 'spool';
  readonly #stream: PeerStream;
  readonly #decoder = new LineDecoder();
  readonly #pending = new Map<number, Pending>();
  /** What takes the answers of cancelled requests; every one of them is answered. */
  readonly #cancelled = new Map<number, (result: unknown) => void>();
  /** Lines that wait until the stream has room; empty while it has. */
  readonly #queue: string[] = [];
  readonly #hello: string;
  readonly #greetingTimer: NodeJS.Timeout;
  #hasSentHello = false;
  #isServed = false;
  #isFull = false;
  #nextId = 1;
  /** Why no request can be sent any more. */
  #end: LaliaError | undefined;

  /** @param stream a connected one, with nothing written or read yet. */
  constructor(
    stream: PeerStream,
    { hello, via = 'socket', greetingTimeoutMs = GREETING_TIMEOUT_MS }: ConnectionOptions,
  ) {
    this.#stream = stream;
    this.via = via;
    const id = this.#newId();
    this.#hello = encodeLine({ jsonrpc: '2.0', id, method: 'hello', params: hello });
    this.greeting = this.#expect(id, { signal: undefined, onAbort: () => undefined }) as Promise<
      Result<'hello'>
    >;
    this.#greetingTimer = setTimeout(() => {
      this.#fail(fail('daemon_unavailable', `The daemon does not answer (${String(greetingTimeoutMs)} ms).`));
    }, greetingTimeoutMs);
    this.#greetingTimer.unref();
    const stopTimer = () => {
      clearTimeout(this.#greetingTimer);
    };
    // Whoever needs the greeting awaits it; when nobody does, its failure is no news.
    this.greeting.then(() => {
      stopTimer();
      this.#isServed = true;
    }, stopTimer);
    this.closed = new Promise((resolve) => {
      stream.once('close', () => {
        this.#onClose();
        resolve();
      });
    });
    stream.on('data', (chunk: Buffer) => {
      this.#onData(chunk);
    });
    stream.on('drain', () => {
      this.#onDrain();
    });
    stream.on('error', (cause) => {
      this.#end ??= isLaliaError(cause) ? cause : lost(cause);
    });
  }

  /** Whether requests can be sent. */
  get isOpen(): boolean {
    return this.#end === undefined && !this.#stream.destroyed;
  }

  /** Whether the daemon has taken our `hello`; until then it carries nothing out. */
  get isServed(): boolean {
    return this.#isServed;
  }

  /**
   * Sends a request.
   * @returns the result.
   * @throws LaliaError what the daemon refused it with; `connection_lost` when it went away before the answer.
   */
  async request(method: string, params: object, { signal, onLate }: RequestOptions = {}): Promise<unknown> {
    if (signal?.aborted) throw reasonOf(signal);
    if (!this.isOpen) throw this.#end ?? lost();
    const id = this.#newId();
    const line = encodeLine({ jsonrpc: '2.0', id, method, params });
    const answer = this.#expect(id, {
      signal,
      onAbort: () => {
        this.#take(id)?.reject(reasonOf(signal));
        this.#cancel({ id, line, onLate });
      },
    });
    this.#write(line);
    return answer;
  }

  /** Sends `hello` alone, where there is no other request to send. */
  greet(): Promise<Result<'hello'>> {
    if (this.isOpen) this.#write('');
    return this.greeting;
  }

  /** Closes after what is already sent. Unanswered requests reject with `error`. */
  close(error: LaliaError = fail('cancelled', 'The connection was closed.')): Promise<void> {
    this.#end ??= error;
    this.#rejectAll(this.#end);
    this.#stream.destroySoon();
    return this.closed;
  }

  #newId(): number {
    const id = this.#nextId;
    this.#nextId += 1;
    return id;
  }

  #expect(id: number, { signal, onAbort }: Pick<Pending, 'signal' | 'onAbort'>): Promise<unknown> {
    signal?.addEventListener('abort', onAbort);
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, signal, onAbort });
    });
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.signal?.removeEventListener('abort', pending.onAbort);
    return pending;
  }

  #write(line: string): void {
    const text = this.#hasSentHello ? line : this.#hello + line;
    this.#hasSentHello = true;
    if (text === '') return;
    if (this.#isFull) this.#queue.push(text);
    else this.#isFull = !this.#stream.write(text);
  }

  #onDrain(): void {
    this.#isFull = false;
    while (!this.#isFull) {
      const line = this.#queue.shift();
      if (line === undefined) return;
      this.#isFull = !this.#stream.write(line);
    }
  }

  #cancel({ id, line, onLate }: { id: number; line: string; onLate: RequestOptions['onLate'] }): void {
    const position = this.#queue.indexOf(line);
    // A request that the daemon has not seen needs no cancelling.
    if (position !== -1) {
      this.#queue.splice(position, 1);
    } else if (this.isOpen) {
      if (onLate !== undefined) this.#cancelled.set(id, onLate);
      this.#write(encodeLine({ jsonrpc: '2.0', method: 'cancel', params: { id } }));
    }
  }

  #onData(chunk: Buffer): void {
    try {
      for (const line of this.#decoder.push(chunk)) this.#onAnswer(parseResponse(line));
    } catch (error) {
      this.#fail(isLaliaError(error) ? error : lost(error));
    }
  }

  #onAnswer(response: RpcResponse): void {
    // Without an id the daemon speaks of the connection as a whole: it could not read what was sent.
    if (response.id === null) throw errorOf(response);
    const id = Number(response.id);
    const pending = this.#take(id);
    // An answer that nobody waits for any more belongs to a request that was cancelled.
    const onLate = this.#cancelled.get(id);
    this.#cancelled.delete(id);
    if ('error' in response) pending?.reject(errorOf(response));
    else (pending?.resolve ?? onLate)?.(response.result);
  }

  #fail(error: LaliaError): void {
    this.#end ??= error;
    this.#stream.destroy();
  }

  #onClose(): void {
    this.#end ??= lost();
    this.#rejectAll(this.#end);
  }

  #rejectAll(error: LaliaError): void {
    for (const id of [...this.#pending.keys()]) this.#take(id)?.reject(error);
    this.#cancelled.clear();
    this.#queue.length = 0;
  }
}

function errorOf(response: RpcResponse): LaliaError {
  if (!('error' in response))
    return fail('bad_frame', 'The daemon sent a result that belongs to no request.');
  return errorFromBody(response.error.data);
}

function lost(cause?: unknown): LaliaError {
  return fail('connection_lost', 'The connection to the daemon was lost.', { cause });
}
