/** A peer with nothing but a socket, which does what no client of ours would. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { encodeLine, LineDecoder, PROTOCOL_VERSION, signRequest } from '@lalia/protocol';
import type { Lalia } from '@lalia/testkit';
import type { Person } from './_people.ts';

export interface WireAnswer {
  readonly id: number | null;
  readonly result?: unknown;
  readonly error?: { readonly message: string; readonly data: { readonly reason: string } };
}

export class Wire implements Disposable {
  readonly socket: Socket;
  readonly #decoder = new LineDecoder();
  #nextId = 1;

  private constructor(socket: Socket) {
    this.socket = socket;
    // What becomes of the socket is seen by its closing.
    socket.on('error', () => undefined);
  }

  /** Connects, without saying anything. It keeps its own end open whatever the daemon does. */
  static async open({ home }: Lalia): Promise<Wire> {
    const socket = connect({ path: join(home, 'sock'), allowHalfOpen: true });
    await once(socket, 'connect');
    return new Wire(socket);
  }

  /** Sends what need not be a line. Resolves when the socket has room again, or is closed. */
  async write(text: string): Promise<void> {
    if (!this.socket.writable) return;
    await new Promise<void>((resolve) => {
      this.socket.write(text, () => {
        resolve();
      });
    });
  }

  /** Sends `hello` and does not wait for the answer. */
  greet(): void {
    this.send('hello', { client: 'wire', version: '0', protocol: PROTOCOL_VERSION });
  }

  /** Sends a request and does not wait for the answer. */
  send(method: string, params: object): void {
    this.socket.write(encodeLine({ jsonrpc: '2.0', id: this.#nextId, method, params }));
    this.#nextId += 1;
  }

  /** Sends a request signed by somebody, and does not wait for the answer. */
  sendAs({ agent, key }: Person, method: string, params: object): void {
    const auth = { agent_id: agent.id, ts: Date.now(), nonce: randomBytes(18).toString('base64url') };
    const sig = signRequest({ method, params: { ...params, auth } }, key);
    this.send(method, { ...params, auth: { ...auth, sig } });
  }

  /** The answers from now on, until the daemon closes the connection. */
  async *answers(): AsyncGenerator<WireAnswer> {
    for await (const chunk of this.socket) {
      for (const line of this.#decoder.push(chunk as Buffer)) yield JSON.parse(line) as WireAnswer;
    }
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}
