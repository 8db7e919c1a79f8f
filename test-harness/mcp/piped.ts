/** An MCP server over standard input and output, as a harness starts it, shared by several callers. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

type Id = string | number;

export interface Message {
  readonly jsonrpc: '2.0';
  readonly id?: Id;
  readonly method?: string;
  readonly params?: { readonly _meta?: Record<string, unknown>; readonly [name: string]: unknown };
  readonly error?: { readonly code: number };
}

export interface Program {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Who waits for an answer. */
export interface Asker {
  /** What the server says about the request before it answers. */
  readonly meanwhile: (message: Message) => void;
  readonly answer: (message: Message) => void;
}

interface Asked extends Asker {
  /** As its caller sent it. */
  readonly request: Message;
}

const OF_2026 = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'bridge', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
const SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId';
const NOBODY: Asker = { meanwhile: () => undefined, answer: () => undefined };

export class Piped {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #asked = new Map<number, Asked>();
  readonly #exited: Promise<unknown>;
  #listener = NOBODY.meanwhile;
  #count = 0;

  constructor({ command: [program, ...args], cwd, env }: Program) {
    this.#child = spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#exited = once(this.#child, 'exit');
    createInterface({ input: this.#child.stdout }).on('line', (line) =>
      this.#said(JSON.parse(line) as Message),
    );
  }

  /** One whose opening is that of the revision of 2026: on a pipe, what comes first decides for all that follows. */
  static of2026(program: Program): Piped {
    const process = new Piped(program);
    for (const method of ['server/discover', 'tools/list']) {
      process.ask({ jsonrpc: '2.0', id: 0, method, params: { _meta: OF_2026 } }, NOBODY);
    }
    return process;
  }

  /** Hears what is said to nobody in particular. */
  listen(listener: (message: Message) => void): void {
    this.#listener = listener;
  }

  /** Passes a request on. @returns what takes it back, unless it is answered. */
  ask(request: Message, asker: Asker): () => void {
    this.#count += 1;
    const id = this.#count;
    this.#asked.set(id, { request, ...asker });
    this.#write({ ...request, id });
    return () => {
      if (!this.#asked.delete(id)) return;
      this.#write({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } });
    };
  }

  /** Passes on what is not answered. */
  tell(message: Message): void {
    const { params } = message;
    const cancels = message.method === 'notifications/cancelled';
    const [id] = [...this.#asked].find(([, { request }]) => request.id === params?.['requestId']) ?? [];
    this.#write(cancels ? { ...message, params: { ...params, requestId: id } } : message);
  }

  /** Closes its input. @returns once it has ended. */
  async end(): Promise<void> {
    this.#child.stdin.end();
    await this.#exited;
  }

  #said(message: Message): void {
    const id = Number(message.id);
    if (message.method === undefined) {
      const asked = this.#asked.get(id);
      this.#asked.delete(id);
      asked?.answer({ ...message, id: asked.request.id ?? id });
    } else this.#meanwhile(message);
  }

  /** A request is recognised by the token that its caller gave it, a subscription by its id. */
  #meanwhile({ params, ...message }: Message): void {
    const subscription = params?._meta?.[SUBSCRIPTION];
    const token = params?.['progressToken'];
    const [, asked] =
      [...this.#asked].find(
        ([id, { request }]) =>
          id === subscription || (token !== undefined && request.params?._meta?.['progressToken'] === token),
      ) ?? [];
    const known = subscription === undefined ? {} : { [SUBSCRIPTION]: asked?.request.id };
    const said = { ...message, params: { ...params, _meta: { ...params?._meta, ...known } } };
    (asked?.meanwhile ?? this.#listener)(said);
  }

  #write(message: Message): void {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }
}
