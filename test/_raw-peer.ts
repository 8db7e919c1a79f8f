/** A client that does nothing by itself: what is sent and what comes back, line by line, and requests signed by hand. */
import { connect, type Socket } from 'node:net';
import { createInterface, type Interface } from 'node:readline';
import {
  generateKeyPair,
  type Method,
  type Params,
  PROTOCOL_VERSION,
  privateKeyObject,
  type Result,
  type RpcResponse,
  type SignedMethod,
  signRequest,
  toBase64Url,
  ulidSource,
} from '@lalia/protocol';
import { OPERATIONS } from '@lalia/protocol/operations';

export const newId = ulidSource(Date.now);

export class RawPeer implements AsyncDisposable {
  /** Resolves when the daemon has closed the connection, or this side has. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #lines: AsyncIterator<string, undefined>;
  readonly #reader: Interface;
  readonly #answers = new Map<unknown, RpcResponse>();
  #count = 0;

  constructor(socketPath: string) {
    this.#socket = connect(socketPath);
    this.#reader = createInterface({ input: this.#socket, crlfDelay: Number.POSITIVE_INFINITY });
    this.#lines = this.#reader[Symbol.asyncIterator]();
    this.closed = new Promise((resolve) => {
      this.#socket.once('close', () => {
        resolve();
      });
    });
  }

  /** A peer that has said hello. */
  static async greeted(socketPath: string): Promise<RawPeer> {
    const peer = new RawPeer(socketPath);
    await peer.call('hello', { client: 'raw', version: '1', protocol: PROTOCOL_VERSION });
    return peer;
  }

  write(text: string | Uint8Array): void {
    this.#socket.write(text);
  }

  /** Sends a request. @returns its id. */
  send(method: string, params: object): number {
    this.#count += 1;
    this.write(`${JSON.stringify({ jsonrpc: '2.0', id: this.#count, method, params })}\n`);
    return this.#count;
  }

  /** The answer with an id, however many others come before it. */
  async answer(id: number | string | null): Promise<RpcResponse> {
    while (true) {
      const known = this.#answers.get(id);
      this.#answers.delete(id);
      if (known !== undefined) return known;
      const line = await this.#lines.next();
      if (line.done === true)
        throw new Error(`The connection closed before the answer to ${String(id)} came.`);
      const response = JSON.parse(line.value) as RpcResponse;
      this.#answers.set(response.id, response);
    }
  }

  /** Calls an operation. @returns its result, which has to be what its definition says. @throws an error for a refusal. */
  async call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    return this.result(method, this.send(method, params));
  }

  async result<M extends Method>(method: M, id: number): Promise<Result<M>> {
    const answer = await this.answer(id);
    if ('error' in answer) throw new Error(`${method}: ${answer.error.data.reason}: ${answer.error.message}`);
    return OPERATIONS[method].result.parse(answer.result) as Result<M>;
  }

  /** Sends what has to be refused. @returns the error's reason. */
  async refusal(method: string, params: object): Promise<string> {
    return this.reason(this.send(method, params));
  }

  /** The reason of the error that answers a request. */
  async reason(id: number | string | null): Promise<string> {
    const answer = await this.answer(id);
    if (!('error' in answer)) throw new Error(`Not refused: ${JSON.stringify(answer)}`);
    return answer.error.data.reason;
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    this.#reader.close();
    this.#socket.destroy();
    await this.closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** An identity with a key of its own, and its signature on whatever it wants. */
export class RawIdentity {
  readonly name: string;
  readonly #pair = generateKeyPair();
  #agentId = '';

  constructor(name: string) {
    this.name = name;
  }

  get id(): string {
    return this.#agentId;
  }

  get session(): Omit<Params<'register'>, 'auth'> {
    return {
      name: this.name,
      project: null,
      harness: null,
      model: null,
      harness_session: null,
      anchor: null,
      location: {
        repo_url: null,
        repo_root: null,
        main_repo_root: null,
        worktree: null,
        worktree_kind: 'outside',
        branch: null,
        cwd: '/',
      },
    };
  }

  async register(peer: RawPeer): Promise<Result<'register'>> {
    const registered = await peer.call('register', {
      ...this.session,
      public_key: toBase64Url(this.#pair.publicKey),
    });
    this.#agentId = registered.agent.agent_id;
    return registered;
  }

  /** The params with `auth`, signed for a method; `changes` are part of what is signed. */
  signed(method: string, params: object, changes: { readonly ts?: number; readonly nonce?: string } = {}) {
    const auth = { agent_id: this.#agentId, ts: Date.now(), nonce: newId(), ...changes };
    const sig = signRequest({ method, params: { ...params, auth } }, privateKeyObject(this.#pair.privateKey));
    return { ...params, auth: { ...auth, sig } };
  }

  async call<M extends SignedMethod>(
    peer: RawPeer,
    method: M,
    params: Omit<Params<M>, 'auth'>,
  ): Promise<Result<M>> {
    return peer.result(method, peer.send(method, this.signed(method, params)));
  }

  async refusal(peer: RawPeer, method: string, params: object): Promise<string> {
    return peer.refusal(method, this.signed(method, params));
  }
}
