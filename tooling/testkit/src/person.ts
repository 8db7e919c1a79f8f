/** Somebody with a name, who runs commands under it in one place: how a test speaks in the voice of a user. */
import type { Agent, AgentInfo, ErrorBody } from '@lalia/client';
import type { Lalia } from './lalia.ts';
import type { Finished, Running, RunOptions } from './processes.ts';

/** An error as `--json` tells it, and that nothing else was said. */
export interface Refusal extends ErrorBody {
  /** The exit code. */
  readonly exit: number | null;
  readonly stderr: string;
}

export class Person {
  readonly name: string;
  /** What registering answered. */
  readonly info: AgentInfo;
  readonly #lalia: Lalia;
  readonly #options: RunOptions;

  constructor(lalia: Lalia, info: AgentInfo, options: RunOptions) {
    this.name = info.name;
    this.info = info;
    this.#lalia = lalia;
    // An id, because a name may be one in several projects and the folder need not tell which.
    this.#options = { ...options, env: { ...options.env, LALIA_NAME: info.agent_id } };
  }

  get id(): string {
    return this.info.agent_id;
  }

  /** Runs a command to its end. */
  cli(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return this.#lalia.cli(args, this.#with(options));
  }

  /** Runs a command that has to succeed. @returns what it printed. @throws an error with its output when it fails. */
  async says(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.cli(args, options);
    if (code !== 0) throw new Error(`lalia ${args.join(' ')} ended with ${String(code)}: ${stdout}${stderr}`);
    return stdout;
  }

  /** Runs a command with `--json`. @returns its document. @throws an error with its output when it fails. */
  json<T = unknown>(args: readonly string[], options: RunOptions = {}): Promise<T> {
    return this.#lalia.json<T>(args, this.#with(options));
  }

  /** Runs a command with `--json` that has to fail. @returns its error. */
  refusal(args: readonly string[], options: RunOptions = {}): Promise<Refusal> {
    return this.#lalia.refusal(args, this.#with(options));
  }

  /** Starts a command and lets it run. */
  start(args: readonly string[], options: RunOptions = {}): Running {
    return this.#lalia.start(args, this.#with(options));
  }

  /** Starts a command that waits, and resolves when the daemon knows that it does. */
  async waiting(args: readonly string[], options: RunOptions = {}): Promise<Running> {
    const running = this.start(args, options);
    await this.#lalia.presenceOf(this.id, 'listening');
    return running;
  }

  /** The same person by the SDK, in this process: for what would take many commands. */
  sdk(): Promise<Agent> {
    return this.#lalia.agent(this.id);
  }

  #with(options: RunOptions): RunOptions {
    return { ...this.#options, ...options, env: { ...this.#options.env, ...options.env } };
  }
}
