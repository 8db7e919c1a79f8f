/**
 * Where a probe plays: a home of Lalia with a daemon of its own, the probed agent in its harness, a correspondent, and the model that they talk past.
 * All of it ends with the stage, and nothing of the person's home has changed.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Agent,
  type AgentInfo,
  type Client,
  captureSession,
  connect,
  type Environment,
  type Result,
  stopDaemon,
} from '@lalia/client';
import type { HarnessAdapter } from '../adapter.ts';
import { withoutMarkers } from '../child-environment.ts';
import { Endpoint } from './endpoint.ts';
import type { Lead } from './leads.ts';
import { endAllOf } from './leftovers.ts';
import type { Model } from './model.ts';
import { Terminal } from './terminal.ts';

export interface StageOptions {
  readonly adapter: HarnessAdapter;
  readonly lead: Lead;
  /** The program of `lalia`, with the words before its own. */
  readonly lalia: readonly string[];
  /** Whether hooks come along, as with `lalia run`, where none are in force. */
  readonly bringHooks: boolean;
  /** The person's home of Lalia: the probe's lies in it, so that a sandbox treats both alike. */
  readonly home: string;
  readonly env: Environment;
  readonly cwd: string;
  /** Ends whatever is waited for. */
  readonly signal: AbortSignal;
}

/** The agents of a probe. */
const PROBED = 'probed';
export const PROBER = 'prober';

const FIRST_PROMPT = 'Lalia tries its hooks here; a scripted model answers.';

const LOOK_MS = 100;

/** Why a wait was given up although there was time. */
export class HarnessEnded extends Error {}

/** Whether an error says that there is nothing more to wait for. */
export function isOver(error: unknown): boolean {
  if (error instanceof HarnessEnded) return true;
  if (error instanceof Error && error.name === 'AbortError') return isOver(error.cause);
  return error instanceof DOMException && error.name === 'TimeoutError';
}

export class Stage implements AsyncDisposable {
  readonly model: Model;
  readonly #options: StageOptions;
  readonly #endpoint: Endpoint;
  readonly #folder: string;
  readonly #env: Environment;
  readonly #ended = new AbortController();
  #client: Client | undefined;
  #prober: Agent | undefined;
  #terminal: Terminal | undefined;

  private constructor(options: StageOptions, endpoint: Endpoint) {
    this.#options = options;
    this.#endpoint = endpoint;
    this.model = endpoint.model('model', options.lead.spoken);
    mkdirSync(options.home, { recursive: true, mode: 0o700 });
    this.#folder = mkdtempSync(join(options.home, 'probe-'));
    this.#env = {
      ...withoutMarkers(options.env),
      LALIA_HOME: join(this.#folder, 'home'),
      LALIA_WORKSPACE: join(this.#folder, 'workspace'),
      LALIA_KEYSTORE: undefined,
      LALIA_WAKE_GAP_MS: '0',
      LALIA_WAKES_PER_HOUR: undefined,
      LALIA_WAKES_PER_DAY: undefined,
    };
  }

  static async open(options: StageOptions): Promise<Stage> {
    const stage = new Stage(options, await Endpoint.open());
    try {
      await stage.#fill();
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Aborts when the probe is over, or the harness has ended. */
  get signal(): AbortSignal {
    return AbortSignal.any([this.#options.signal, this.#ended.signal]);
  }

  /** Who was wanted on other machines, as `host:port`. */
  get refused(): readonly string[] {
    return [...new Set(this.#endpoint.refused)];
  }

  /** What the harness shows now, in a line. */
  get screen(): string {
    const text = this.#terminal?.text.replace(/[^\p{L}\p{N}\p{P}$+<=>|~]+/gu, ' ').trim() ?? '';
    return text.slice(-SHOWN);
  }

  /** Starts the harness as `lalia run` does, because it is `lalia run`. */
  start(): void {
    const { adapter, lead, lalia, cwd, bringHooks } = this.#options;
    const { args, env } = lead.launch(this.model.url);
    const own = [...args, ...lead.prompt(FIRST_PROMPT)];
    const without = bringHooks ? [] : ['--no-hooks'];
    const terminal = new Terminal(
      [...lalia, 'run', 'peer', `--${adapter.flag}`, '--name', PROBED, ...without, '--', ...own],
      { cwd, env: { ...this.#env, ...this.#endpoint.proxies, ...env }, answers: lead.answers ?? [] },
    );
    this.#terminal = terminal;
    terminal.ended.then(
      () => {
        this.#ended.abort(new HarnessEnded(`${adapter.title} ended.`));
      },
      () => undefined,
    );
  }

  /** Has the correspondent write to the probed agent. @returns the message's id. */
  async say(body: string, { status = false } = {}): Promise<string> {
    const { id } = await this.#correspondent.tell(PROBED, body, { status });
    return id;
  }

  /** What the probed agent does, as its hooks say; null while none of them has run. */
  async turn(): Promise<AgentInfo['turn']> {
    const { agents } = (await this.#client?.call('agents', { all: true })) ?? { agents: [] };
    return agents.find(({ name }) => name === PROBED)?.turn ?? null;
  }

  /** How many messages of the probed agent wait for the correspondent. */
  async answers(): Promise<number> {
    return (await this.#correspondent.peek('any')).unread;
  }

  /** How far each message to the probed agent got. */
  async receipts(): Promise<Result<'receipts'>['receipts']> {
    return (await this.#correspondent.receipts({ peer: PROBED })).receipts;
  }

  /** Types a prompt into the harness. */
  async enters(prompt: string, limitMs: number): Promise<void> {
    await this.#terminal?.enters(prompt, this.within(limitMs));
  }

  /** The signal with a limit of its own, in milliseconds. */
  within(limitMs: number): AbortSignal {
    return AbortSignal.any([this.signal, AbortSignal.timeout(limitMs)]);
  }

  /** What a wait with a limit of its own gave; undefined where that was over before. @throws the signal's reason when the probe is over. */
  async inTime<T>(wait: Promise<T>): Promise<T | undefined> {
    try {
      return await wait;
    } catch (error) {
      if (this.signal.aborted || !isOver(error)) throw error;
      return undefined;
    }
  }

  /** Looks again and again. @returns what was found; undefined where nothing was in time. @throws the signal's reason when the probe is over. */
  async until<T>(look: () => Promise<T | undefined>, limitMs: number): Promise<T | undefined> {
    const limit = AbortSignal.timeout(limitMs);
    while (true) {
      const found = await look();
      if (found !== undefined || limit.aborted) return found;
      await sleep(LOOK_MS, undefined, { signal: this.signal });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#terminal?.close();
    await this.#endpoint[Symbol.asyncDispose]();
    const paths = this.#client?.paths;
    await this.#client?.close();
    await stopDaemon({ env: this.#env });
    endAllOf(this.#env['LALIA_HOME'] ?? '');
    for (const left of paths?.spools ?? []) rmSync(left, { recursive: true, force: true });
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  get #correspondent(): Agent {
    if (this.#prober === undefined) throw new Error('the stage is not open');
    return this.#prober;
  }

  /** The probed agent is known before its harness starts, so that mail can wait for it. */
  async #fill(): Promise<void> {
    const { cwd, signal, adapter } = this.#options;
    const client = await connect({ env: this.#env, clientName: 'lalia-probe', signal });
    this.#client = client;
    const session = { ...captureSession({ env: this.#env, cwd }), anchor: null, harnessSession: null };
    const common = { session, model: null, signal };
    await client.register({ ...common, name: PROBED, harness: adapter.id });
    const { agent } = await client.register({ ...common, name: PROBER, harness: null });
    this.#prober = agent;
  }
}

/** Of a screen, in characters. */
const SHOWN = 200;
