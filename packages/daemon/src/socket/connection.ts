/**
 * One peer: lines in, lines out, and what it has under way. It knows nothing of what the lines mean.
 *
 * Bounded in every direction: a line's length by the decoder, requests under way by MAX_IN_FLIGHT, bytes that a slow peer
 * has not taken by MAX_UNSENT_BYTES. Over a bound the daemon stops reading, so the pressure is the peer's own. Lines that
 * came in one piece are taken a few in a turn, because only their answers tell how much they are.
 */
import {
  encodeLine,
  failure,
  isLaliaError,
  type LaliaError,
  LineDecoder,
  limits,
  type RequestId,
  type RpcResponse,
} from '@lalia/protocol';
import type { PeerStream } from '@lalia/spool';

/** What a connection does with its lines. */
export interface LineHandler {
  line(connection: Connection, line: string): void;
  closed(connection: Connection): void;
}

/** Lines handled in one turn: times the longest answer, what a peer can make the daemon hold before it is stopped. */
const LINES_PER_TURN = 32;

type Pause = 'in flight' | 'unsent' | 'turn';

export class Connection {
  readonly #stream: PeerStream;
  readonly #handler: LineHandler;
  readonly #decoder = new LineDecoder();
  /** Came, and not handled yet. */
  readonly #lines: string[] = [];
  /** What was wrong after those lines. */
  #broken: LaliaError | undefined;
  readonly #underWay = new Map<RequestId, AbortController>();
  readonly #pauses = new Set<Pause>();
  #isOpen = true;
  #isCorked = false;
  /** Whether the peer has said `hello`. */
  isGreeted = false;
  /** The spool that carries it; null where the socket does. */
  spool: string | null = null;
  /** What the peer calls itself, for the log. */
  client = '';

  constructor(stream: PeerStream, handler: LineHandler) {
    this.#stream = stream;
    this.#handler = handler;
    stream.on('data', (chunk: Buffer) => {
      this.#receive(chunk);
    });
    stream.on('drain', () => {
      this.#resume('unsent');
    });
    // A peer that went away is not an error of ours; 'close' follows.
    stream.on('error', () => {
      this.#close();
    });
    stream.on('close', () => {
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
    this.#cork();
    this.#stream.write(encodeAnswer(response));
    if (this.#stream.writableLength > limits.MAX_UNSENT_BYTES) this.#pause('unsent');
  }

  /** The answers of one group commit go out together: a write for each would cost more than the commit. */
  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#stream.cork();
    process.nextTick(() => {
      this.#isCorked = false;
      this.#stream.uncork();
    });
  }

  /** Closes the connection as soon as what was sent is taken; a peer that keeps its own end open changes nothing. */
  end(): void {
    if (this.#isOpen) this.#stream.destroySoon();
  }

  /** Closes the connection at once. */
  destroy(): void {
    this.#stream.destroy();
  }

  #receive(chunk: Buffer): void {
    try {
      for (const line of this.#decoder.push(chunk)) this.#lines.push(line);
    } catch (error) {
      if (!isLaliaError(error)) throw error;
      this.#broken = error;
    }
    this.#handleSome();
  }

  #handleSome(): void {
    for (let handled = 0; this.#isOpen && this.#pauses.size === 0; handled += 1) {
      if (handled === LINES_PER_TURN) {
        this.#pause('turn');
        setImmediate(() => {
          this.#resume('turn');
        });
        return;
      }
      const line = this.#lines.shift();
      if (line === undefined) {
        if (this.#broken !== undefined) this.#giveUp(this.#broken);
        return;
      }
      this.#handler.line(this, line);
    }
  }

  /** After a line that is too long or not text nobody knows where the next one begins. */
  #giveUp(error: LaliaError): void {
    this.send(failure(null, error));
    this.#stream.end();
    this.#stream.removeAllListeners('data');
    this.#stream.resume();
    this.#close();
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const controller of this.#underWay.values()) controller.abort();
    this.#underWay.clear();
    this.#handler.closed(this);
  }

  #pause(reason: Pause): void {
    this.#pauses.add(reason);
    this.#stream.pause();
  }

  #resume(reason: Pause): void {
    if (!this.#pauses.delete(reason) || this.#pauses.size > 0 || !this.#isOpen) return;
    this.#handleSome();
    if (this.#pauses.size === 0) this.#stream.resume();
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
