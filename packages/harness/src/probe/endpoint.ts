/**
 * Scripted models behind one address on loopback. What reaches them is kept byte for byte; what they say is up to whoever asks for them. It is the
 * proxy of the harnesses as well: what they want from elsewhere is refused, and kept.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createBrotliDecompress, createGunzip, createZstdDecompress } from 'node:zlib';
import { isObject } from './answer.ts';
import { Model, type Spoken } from './model.ts';

export class Endpoint implements AsyncDisposable {
  /** What was wanted from outside of this machine, as `host:port`. */
  readonly refused: string[] = [];
  /** What no model was asked, as `METHOD path`. */
  readonly others: string[] = [];
  readonly #models = new Map<string, Model>();
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });

  static async open(): Promise<Endpoint> {
    const endpoint = new Endpoint();
    endpoint.#server.on('connect', ({ url = '' }: IncomingMessage, socket) => {
      endpoint.refused.push(url);
      // Who is refused may be gone before it has read that.
      socket.on('error', () => undefined);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    endpoint.#server.listen(0, '127.0.0.1');
    await once(endpoint.#server, 'listening');
    return endpoint;
  }

  /** What makes a program ask here for everything that is not on this machine. */
  get proxies(): Readonly<Record<string, string>> {
    const here = { NO_PROXY: '127.0.0.1,localhost', no_proxy: '127.0.0.1,localhost' };
    return { ...Object.fromEntries(PROXIES.map((name) => [name, this.url])), ...here };
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** A model of its own. @returns it, with the address below which it is asked. */
  model(name: string, spoken: Spoken): Model {
    const model = new Model(`${this.url}/${name}`, spoken);
    this.#models.set(name, model);
    return model;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const model of this.#models.values()) model.stop();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const { pathname } = new URL(url, this.url);
    if (!url.startsWith('/')) {
      this.refused.push(url);
      response.writeHead(403).end();
      return;
    }
    const model = this.#models.get(pathname.split('/')[1] ?? '');
    const raw = await text(decoded(request));
    const body: unknown = raw.startsWith('{') ? JSON.parse(raw) : undefined;
    if (model === undefined || !isObject(body) || !model.isAsked(pathname, body)) {
      this.others.push(`${method} ${pathname}`);
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"message":"not here"}}');
      return;
    }
    const { type, body: said } = await model.hear({ path: pathname, raw, body });
    response.writeHead(200, { 'content-type': type }).end(said);
  }
}

const PROXIES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'https_proxy', 'http_proxy', 'all_proxy'];

function decoded(request: IncomingMessage): NodeJS.ReadableStream {
  const encoding = request.headers['content-encoding'];
  if (encoding === 'gzip') return request.pipe(createGunzip());
  if (encoding === 'br') return request.pipe(createBrotliDecompress());
  return encoding === 'zstd' ? request.pipe(createZstdDecompress()) : request;
}
