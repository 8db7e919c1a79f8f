/**
 * Puts an MCP server that speaks over standard input and output behind a URL, for tools that speak HTTP alone.
 *
 * What the server says passes as it was said, but for the ids of requests: callers share a process, and each counts from its own
 * beginning. A library's proxy would answer the opening by itself, and the library would be tried.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { type Message, Piped, type Program } from './piped.ts';

/** Callers forget to end their session. */
const SESSIONS = 4;

const FIRST_WITHOUT_SESSIONS = '2026-07-28';

/** HTTP's own word for what is refused, as the revision of 2026 has it. */
const STATUS: Readonly<Record<number, number>> = { [-32601]: 404, [-32602]: 400, [-32022]: 400 };

export class Bridge implements AsyncDisposable {
  readonly #program: Program;
  readonly #http: Server;
  /** A process for each session of the older revisions, in the order in which they began. */
  readonly #sessions = new Map<string, Piped>();
  /** One for all who speak the revision of 2026, which knows no sessions. */
  #sessionless: Piped | undefined;

  private constructor(program: Program) {
    this.#program = program;
    this.#http = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  /** Listens on a port of loopback. @returns the bridge, which ends the processes that it started. */
  static async open(program: Program): Promise<Bridge> {
    const bridge = new Bridge(program);
    await once(bridge.#http.listen(0, '127.0.0.1'), 'listening');
    return bridge;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#http.address() as AddressInfo).port)}/mcp`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http.closeAllConnections();
    this.#http.close();
    const processes = [
      ...this.#sessions.values(),
      ...(this.#sessionless === undefined ? [] : [this.#sessionless]),
    ];
    await Promise.all(processes.map((each) => each.end()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (foreign(request)) {
      end(response, 403);
      return;
    }
    const session = request.headers['mcp-session-id']?.toString();
    const process = session === undefined ? undefined : this.#sessions.get(session);
    if (session !== undefined && process === undefined) end(response, 404);
    else if (request.method === 'POST') await this.#post({ request, response, process });
    else if (session === undefined || process === undefined) end(response, 405);
    else if (request.method === 'GET') listen(process, response);
    else if (request.method === 'DELETE') {
      this.#sessions.delete(session);
      await process.end();
      end(response, 200);
    } else end(response, 405);
  }

  async #post({ request, response, process }: Posted): Promise<void> {
    const message = (await json(request)) as Message;
    const claimed = request.headers['mcp-protocol-version']?.toString() ?? '';
    const opens = message.method === 'initialize' && claimed < FIRST_WITHOUT_SESSIONS;
    if (!opens) {
      pass(process ?? this.#ofAll(), message, response);
      return;
    }
    const id = randomUUID();
    const opened = new Piped(this.#program);
    this.#sessions.set(id, opened);
    response.setHeader('Mcp-Session-Id', id);
    pass(opened, message, response);
    await this.#endOldest();
  }

  #ofAll(): Piped {
    this.#sessionless ??= Piped.of2026(this.#program);
    return this.#sessionless;
  }

  async #endOldest(): Promise<void> {
    const [[id, process] = []] = this.#sessions;
    if (this.#sessions.size <= SESSIONS || id === undefined) return;
    this.#sessions.delete(id);
    await process?.end();
  }
}

interface Posted {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The session's. */
  readonly process: Piped | undefined;
}

function pass(process: Piped, message: Message, response: ServerResponse): void {
  if (message.id === undefined || message.method === undefined) {
    process.tell(message);
    end(response, 202);
    return;
  }
  const forget = process.ask(message, {
    meanwhile: (said) => event(response, said),
    answer: (answer) => {
      if (!response.headersSent) end(response, statusOf(answer), answer);
      else response.end(eventText(answer));
    },
  });
  // Over HTTP a caller takes a request back by hanging up.
  response.once('close', forget);
}

/** What is said to nobody in particular goes to whoever listens. */
function listen(process: Piped, response: ServerResponse): void {
  stream(response);
  process.listen((message) => event(response, message));
}

/** Whether a page of the web speaks through somebody's browser. */
function foreign({ headers }: IncomingMessage): boolean {
  const own = /^(?:https?:\/\/)?(?:127\.0\.0\.1|localhost)(?::\d+)?$/;
  return [headers.host, headers.origin].some((name) => name !== undefined && !own.test(name));
}

function statusOf({ error }: Message): number {
  return error === undefined ? 200 : (STATUS[error.code] ?? 200);
}

function stream(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  response.flushHeaders();
}

function event(response: ServerResponse, message: Message): void {
  if (!response.headersSent) stream(response);
  response.write(eventText(message));
}

function eventText(message: Message): string {
  return `data: ${JSON.stringify(message)}\n\n`;
}

function end(response: ServerResponse, code: number, message?: Message): void {
  response.writeHead(code, message === undefined ? {} : { 'Content-Type': 'application/json' });
  response.end(message === undefined ? undefined : JSON.stringify(message));
}
