/** What a command works with: the connection, who is calling, and the ways out other than its result. */
import {
  type Agent,
  type Client,
  callerFacts,
  connect,
  defaultWaitMs,
  heartbeatMs,
  type Identified,
  isLaliaError,
  type LaliaError,
} from '@lalia/client';
import type { CommonFlags, Output } from './command.ts';
import { showsColor } from './environment.ts';
import { heartbeat } from './heartbeat.ts';
import { note, print } from './output.ts';
import { jsonText } from './render/json.ts';

/** How this program calls itself in the daemon's log. */
const CLIENT_NAME = 'lalia-cli';

export interface Session {
  /** What `--as` says. */
  readonly as: string | undefined;
  readonly json: boolean;
  /** The connection; the first call dials, and starts the daemon where none runs. */
  client(): Promise<Client>;
  /** The connection, where a daemon runs already. */
  runningClient(): Promise<Client | undefined>;
  /** Who is calling, and how that was found out. */
  caller(): Promise<Identified>;
  /** Who is calling. */
  agent(): Promise<Agent>;
  /** How long a blocking call waits, in milliseconds: what was asked for, or what the harness allows. */
  waitMs(asked: number | undefined): number;
  /** The time, in milliseconds. */
  now(): number;
  /** Says something on standard error at once, while the command goes on. */
  note(text: string): void;
  /** Prints something on standard output now, while the command goes on. */
  show(output: Output): Promise<void>;
  /** Does something once the result has left this process, and never when it could not. */
  afterPrinting(step: () => Promise<void>): void;
  /** Ends the command with this exit code, although it did not fail. */
  exitWith(code: number): void;
}

/** The session of one command line; closing it closes the connection. */
export class CommandSession implements Session, AsyncDisposable {
  readonly as: string | undefined;
  readonly json: boolean;
  exitCode = 0;
  readonly #color: boolean;
  #client: Promise<Client> | undefined;
  #heartbeat: Disposable | undefined;
  #caller: Promise<Identified> | undefined;
  readonly #steps: (() => Promise<void>)[] = [];

  constructor({ as, json, noColor }: CommonFlags) {
    this.as = as;
    this.json = json;
    this.#color = !noColor && showsColor(process.stdout);
  }

  client(): Promise<Client> {
    this.#client ??= connect({ clientName: CLIENT_NAME });
    return this.#client;
  }

  async runningClient(): Promise<Client | undefined> {
    const client = connect({ clientName: CLIENT_NAME, autostart: false });
    this.#client = client;
    try {
      return await client;
    } catch (error) {
      if (isLaliaError(error) && isNotRunning(error)) return undefined;
      throw error;
    }
  }

  caller(): Promise<Identified> {
    this.#caller ??= this.#identify();
    return this.#caller;
  }

  async agent(): Promise<Agent> {
    const { agent } = await this.caller();
    return agent;
  }

  waitMs(asked: number | undefined): number {
    const everyMs = heartbeatMs();
    if (everyMs !== undefined) this.#heartbeat ??= heartbeat(everyMs, note);
    return asked ?? defaultWaitMs();
  }

  now(): number {
    return Date.now();
  }

  note(text: string): void {
    note(text);
  }

  show({ document, text }: Output): Promise<void> {
    if (this.json) return print(jsonText(document));
    return print(text({ nowMs: Date.now(), terminal: process.stdout.isTTY, color: this.#color }));
  }

  afterPrinting(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  exitWith(code: number): void {
    this.exitCode = code;
  }

  /** Runs what was left for after printing. */
  async settle(): Promise<void> {
    for (const step of this.#steps) await step();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#heartbeat?.[Symbol.dispose]();
    // What failed has told its error already, and a connection that does not close well is gone anyway.
    await this.#client?.then((client) => client.close()).catch(() => undefined);
  }

  async #identify(): Promise<Identified> {
    const client = await this.client();
    return client.identify(callerFacts({ as: this.as }));
  }
}

/** One that runs and cannot be reached, as from a sandbox, is told with the system's code. */
function isNotRunning({ reason, context }: LaliaError): boolean {
  return reason === 'daemon_unavailable' && context['code'] === undefined;
}
