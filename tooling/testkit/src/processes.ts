/** Real child processes, and events to wait for instead of time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Starts it as the leader of a session, as a terminal does: CI's own leader may be outside of what can be seen. */
  readonly ownSession?: boolean;
  /** Written to standard input, which then ends. */
  readonly input?: string | Uint8Array;
  /** Standard input stays open, for the test to write to. */
  readonly keepInput?: true;
  /** Words before the command, such as those of a sandbox. */
  readonly within?: readonly string[];
}

/** A process under way. */
export class Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  #stdout = '';
  #stderr = '';
  readonly #watchers: (() => void)[] = [];

  constructor(command: readonly string[], options: RunOptions = {}) {
    const [program = '', ...args] = [...(options.within ?? []), ...command];
    this.child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: 'pipe',
      detached: options.ownSession ?? false,
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#tellWatchers();
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#tellWatchers();
    });
    // A process that ends before it has read its input is judged by how it ended.
    this.child.stdin?.on('error', () => undefined);
    if (options.keepInput !== true) this.child.stdin?.end(options.input);
    this.finished = this.#finish();
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Waits until the output satisfies a condition. @throws an error with the output when the process ends before. */
  async until(isSatisfied: (running: Running) => boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const check = (): void => {
      if (isSatisfied(this)) resolve();
    };
    this.#watchers.push(check);
    check();
    this.finished.then(
      ({ code }) => {
        check();
        reject(new Error(`The process ended with ${String(code)}:\n${this.#stdout}\n${this.#stderr}`));
      },
      (error: unknown) => {
        reject(error);
      },
    );
    return promise;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async #finish(): Promise<Finished> {
    const [code, signal] = (await once(this.child, 'close')) as [number | null, NodeJS.Signals | null];
    return { code, signal, stdout: this.#stdout, stderr: this.#stderr };
  }

  #tellWatchers(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

/** Runs a process to its end. */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return new Running(command, options).finished;
}

/** Runs git. @throws an error with its output when it fails. @returns what it printed. */
export async function git(cwd: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(['git', ...args], { cwd });
  if (code !== 0) throw new Error(`git ${args.join(' ')} ended with ${String(code)}: ${stderr}`);
  return stdout;
}
