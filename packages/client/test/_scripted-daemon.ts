/** A daemon that answers as a test tells it to, over a real socket. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  encodeLine,
  fail,
  failure,
  LineDecoder,
  type Method,
  type Paths,
  PROTOCOL_VERSION,
  parseRequest,
  pathsOf,
  type Reason,
  type RequestId,
  type RpcRequest,
  success,
  VERSION,
} from '@lalia/protocol';
import { Client } from '../src/client.ts';
import { type Clock, systemClock } from '../src/clock.ts';
import { helloOf, openStream } from '../src/connect.ts';
import { Connection } from '../src/connection.ts';

export type RequestParams = Record<string, unknown> & { auth?: Record<string, unknown> };

/** A request that waits for the test to decide. */
export class Received {
  readonly id: RequestId;
  readonly method: string;
  readonly params: RequestParams;
  readonly socket: Socket;

  constructor(request: RpcRequest, socket: Socket) {
    this.id = request.id ?? -1;
    this.method = request.method;
    this.params = request.params as RequestParams;
    this.socket = socket;
  }

  answer(result: unknown): void {
    this.socket.write(encodeLine(success(this.id, result)));
  }

  refuse(reason: Reason, message = `refused: ${reason}`): void {
    this.socket.write(encodeLine(failure(this.id, fail(reason, message))));
  }

  /** Cuts this connection off, as a daemon that is killed does. */
  die(): void {
    this.socket.destroy();
  }
}

export interface DaemonScript {
  readonly version?: string;
  /** Answers on its own; what has no entry waits for `received`. */
  readonly auto?: Partial<Record<Method | 'cancel', (request: Received) => void>>;
}

export class ScriptedDaemon implements AsyncDisposable {
  /** Every chunk as it arrived, for what depends on that. */
  readonly chunks: string[] = [];
  /** Every method in the order of arrival. */
  readonly methods: string[] = [];
  readonly sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #script: DaemonScript;
  readonly #arrived: Received[] = [];
  readonly #wanted: { readonly method: string; readonly resolve: (request: Received) => void }[] = [];

  private constructor(script: DaemonScript) {
    this.#script = script;
    this.#server = createServer((socket) => {
      this.#accept(socket);
    });
  }

  static async start(paths: Paths, script: DaemonScript = {}): Promise<ScriptedDaemon> {
    const daemon = new ScriptedDaemon(script);
    mkdirSync(paths.home, { recursive: true, mode: 0o700 });
    rmSync(paths.socket, { force: true });
    await new Promise<void>((resolve) => daemon.#server.listen(paths.socket, resolve));
    return daemon;
  }

  /** The next request of a method that nobody took yet. */
  received(method: Method | 'cancel'): Promise<Received> {
    const position = this.#arrived.findIndex((request) => request.method === method);
    const [arrived] = position === -1 ? [] : this.#arrived.splice(position, 1);
    if (arrived !== undefined) return Promise.resolve(arrived);
    return new Promise((resolve) => this.#wanted.push({ method, resolve }));
  }

  /** Goes away at once, with its socket file left behind or not: Node removes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  kill(): Promise<void> {
    return this[Symbol.asyncDispose]();
  }

  #accept(socket: Socket): void {
    this.sockets.add(socket);
    const decoder = new LineDecoder();
    socket.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk.toString('utf8'));
      for (const line of decoder.push(chunk)) this.#take(new Received(parseRequest(line), socket));
    });
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
  }

  #take(request: Received): void {
    this.methods.push(request.method);
    const auto = this.#script.auto?.[request.method as Method];
    if (auto !== undefined) auto(request);
    else if (request.method === 'hello') request.answer(greeting(this.#script.version));
    else this.#hand(request);
  }

  #hand(request: Received): void {
    const position = this.#wanted.findIndex(({ method }) => method === request.method);
    if (position === -1) this.#arrived.push(request);
    else this.#wanted.splice(position, 1)[0]?.resolve(request);
  }
}

export function greeting(version: string = VERSION) {
  return { version, protocol: PROTOCOL_VERSION, pid: process.pid, now: Date.now() };
}

/** A home of one's own, removed at the end. */
export function ownHome(): { paths: Paths; env: Record<string, string>; remove: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'h-'));
  const env = { LALIA_HOME: join(root, 'home'), LALIA_WORKSPACE: join(root, 'workspace') };
  const paths = pathsOf({ env, homedir: root, uid: process.getuid?.() ?? 0 });
  return {
    paths,
    env,
    remove: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/**
 * A client of that home, with a clock that a test may hold; it starts no daemon.
 * @param dialled takes, for each dialling, whether a daemon might have been started for it.
 */
export function clientOf(
  { paths, env }: { paths: Paths; env: Record<string, string> },
  clock: Clock = systemClock,
  dialled: boolean[] = [],
): Client {
  return new Client({
    mayStart: true,
    paths,
    env,
    clock,
    open: async ({ autostart }) => {
      dialled.push(autostart);
      const { stream } = await openStream({ paths, env, autostart: false });
      return new Connection(stream, { hello: helloOf({ clientName: 'test' }) });
    },
  });
}

/** Time that passes only when somebody sleeps; it passes at once then. */
export class FakeClock implements Clock {
  readonly slept: number[] = [];
  readonly #waiting: { readonly times: number; readonly resolve: () => void }[] = [];
  #nowMs = 1_800_000_000_000;

  nowMs(): number {
    return this.#nowMs;
  }

  advance(ms: number): void {
    this.#nowMs += ms;
  }

  /** Resolves when somebody has slept so many times in all. */
  hasSlept(times: number): Promise<void> {
    if (this.slept.length >= times) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ times, resolve }));
  }

  random(): number {
    return 1;
  }

  async sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.slept.push(delayMs);
    for (const { times, resolve } of this.#waiting) if (this.slept.length >= times) resolve();
    this.#nowMs += delayMs;
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }
}
