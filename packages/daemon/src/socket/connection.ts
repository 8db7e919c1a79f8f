/**
 * One peer: lines in, lines out, and what it has under way. It knows nothing of what the lines mean.
 *
 * Bounded in every direction: a line's length by the decoder, requests under way by MAX_IN_FLIGHT, bytes that a slow peer
 * has not taken by MAX_UNSENT_BYTES. Over a bound the daemon stops reading, so the pressure is the peer's own.
 */
import type { Socket } from 'node:net';
import {
  encodeLine,
  failure,
  isLaliaError,
  LineDecoder,
  limits,
  type RequestId,
  type RpcResponse,
} from '@lalia/protocol';

/** What a connection does with its lines. */
export interface LineHandler {
  line(connection: Connection, line: string): void;
  closed(connection: Connection): void;
}

export class Connection {
  readonly #socket: Socket;
  readonly #handler: LineHandler;
  readonly #decoder = new LineDecoder();
  readonly #underWay = new Map<RequestId, AbortController>();
  readonly #pauses = new Set<'in flight' | 'unsent'>();
  #isOpen = true;
  /** Whether the peer has said `hello`. */
  isGreeted = false;
  /** What the peer calls itself, for the log. */
  client = '';

  constructor(socket: Socket, handler: LineHandler) {
    this.#socket = socket;
    this.#handler = handler;
    socket.on('data', (chunk: Buffer) => {
      this.#receive(chunk);
    });
    socket.on('drain', () => {
      this.#resume('unsent');
    });
    // A peer that went away is not an error of ours; 'close' follows.
    socket.on('error', () => {
      this.#close();
    });
    socket.on('close', () => {
      this.#close();
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Requests that are not answered yet. */
  get inFlight(): number {
    return this.#underWay.size;
  }

  /**
   * Notes that a request is under way.
   * @returns the signal that ends it when the peer cancels it or goes away; undefined when its id is in use already.
   */
  begin(id: RequestId): AbortSignal | undefined {
    if (this.#underWay.has(id)) return undefined;
    const controller = new AbortController();
    this.#underWay.set(id, controller);
    if (this.#underWay.size >= limits.MAX_IN_FLIGHT) this.#pause('in flight');
    return controller.signal;
  }

  /** Answers a request that was begun. */
  answer(id: RequestId, response: RpcResponse): void {
    this.#underWay.delete(id);
    if (this.#underWay.size < limits.MAX_IN_FLIGHT) this.#resume('in flight');
    this.send(response);
  }

  cancel(id: RequestId): void {
    this.#underWay.get(id)?.abort();
  }

  send(response: RpcResponse): void {
    if (!this.#isOpen) return;
    this.#socket.write(encodeAnswer(response));
    if (this.#socket.writableLength > limits.MAX_UNSENT_BYTES) this.#pause('unsent');
  }

  /** Closes the connection after what was sent is taken. */
  end(): void {
    if (this.#isOpen) this.#socket.end();
  }

  /** Closes the connection at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    try {
      for (const line of this.#decoder.push(chunk)) {
        if (this.#isOpen) this.#handler.line(this, line);
      }
    } catch (error) {
      // After a line that is too long or not text nobody knows where the next one begins.
      if (!isLaliaError(error)) throw error;
      this.send(failure(null, error));
      this.#socket.end();
      this.#socket.removeAllListeners('data');
      this.#socket.resume();
      this.#close();
    }
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const controller of this.#underWay.values()) controller.abort();
    this.#underWay.clear();
    this.#handler.closed(this);
  }

  #pause(reason: 'in flight' | 'unsent'): void {
    this.#pauses.add(reason);
    this.#socket.pause();
  }

  #resume(reason: 'in flight' | 'unsent'): void {
    if (this.#pauses.delete(reason) && this.#pauses.size === 0) this.#socket.resume();
  }
}

/** An answer that does not fit a line becomes an error that says so, because an answer there must be. */
function encodeAnswer(response: RpcResponse): string {
  try {
    return encodeLine(response);
  } catch (error) {
    if (!isLaliaError(error)) throw error;
    return encodeLine(failure(response.id, error));
  }
}
