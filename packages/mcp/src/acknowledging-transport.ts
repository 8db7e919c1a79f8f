/** Standard input and output, with something to do once an answer has left. */
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';

/** Far more than a message may have, so that one that is too large is refused by a tool, in words, and not with the connection. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** A delivery counts as read when its bytes were written, and not when a handler returned it (spec 6, promise 2). */
export class AcknowledgingTransport extends StdioServerTransport {
  readonly #steps = new Map<RequestId, () => Promise<void>>();
  readonly #closed = Promise.withResolvers<void>();
  /** Fulfilled when nothing can be heard or said any more: the input ended, the output broke, a line had no end. */
  readonly closed = this.#closed.promise;

  constructor() {
    super(process.stdin, process.stdout, { maxBufferSize: MAX_LINE_BYTES });
  }

  /**
   * Does something once the answer to a request was written.
   * @returns a function that forgets it, for a request that will not be answered.
   */
  afterAnswer(request: RequestId, step: () => Promise<void>): () => void {
    this.#steps.set(request, step);
    return () => this.#steps.delete(request);
  }

  override async send(message: JSONRPCMessage): Promise<void> {
    await super.send(message);
    const step = answeredBy(message, this.#steps);
    // A step that fails leaves the messages unread: they come again, and say so.
    await step?.().catch((error: unknown) => this.onerror?.(error as Error));
  }

  override async close(): Promise<void> {
    await super.close();
    this.#closed.resolve();
  }
}

function answeredBy(message: JSONRPCMessage, steps: Map<RequestId, () => Promise<void>>) {
  if (!('id' in message) || message.id === undefined || 'method' in message) return undefined;
  const step = steps.get(message.id);
  steps.delete(message.id);
  return 'result' in message ? step : undefined;
}
