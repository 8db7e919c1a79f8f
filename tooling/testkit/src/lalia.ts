/** A Lalia of one's own: a home and a transcript in a temporary folder, and the built programs working on them. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Client, connect } from '@lalia/client';
import { type Finished, git, Running, type RunOptions, run } from './processes.ts';

const root = dirname(dirname(dirname(import.meta.dirname)));
const CLI = join(root, 'apps/cli/bin/lalia.js');
const DAEMON = join(root, 'packages/daemon/bin/lalia-daemon.js');

/** How long a look at whether something has become so is apart from the next; there is no event to wait for across processes. */
const LOOK_MS = 10;

export class Lalia implements AsyncDisposable {
  /** Everything of this Lalia is below it. */
  readonly folder: string;
  readonly home: string;
  readonly workspace: string;
  readonly env: NodeJS.ProcessEnv;
  readonly #running = new Set<Running>();
  readonly #clients = new Set<Client>();

  constructor(env: NodeJS.ProcessEnv = {}) {
    this.folder = mkdtempSync(join(tmpdir(), 'l-'));
    this.home = join(this.folder, 'home');
    this.workspace = join(this.folder, 'workspace');
    this.env = {
      ...process.env,
      LALIA_HOME: this.home,
      LALIA_WORKSPACE: this.workspace,
      LALIA_DAEMON: DAEMON,
      ...env,
    };
  }

  /** Runs `lalia` to its end. */
  async cli(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return run([process.execPath, CLI, ...args], {
      cwd: this.folder,
      ...options,
      env: { ...this.env, ...options.env },
    });
  }

  /** Runs `lalia … --json`. @returns what it printed, parsed. @throws an error with its output when it fails. */
  async json(args: readonly string[], options: RunOptions = {}): Promise<unknown> {
    const { code, stdout, stderr } = await this.cli([...args, '--json'], options);
    if (code !== 0) throw new Error(`lalia ${args.join(' ')} ended with ${String(code)}: ${stdout}${stderr}`);
    return JSON.parse(stdout) as unknown;
  }

  /** Starts `lalia` and lets it run; it is killed at the end if it still does. */
  start(args: readonly string[], options: RunOptions = {}): Running {
    return this.#track(
      new Running([process.execPath, CLI, ...args], {
        cwd: this.folder,
        ...options,
        env: { ...this.env, ...options.env },
      }),
    );
  }

  /** Starts a daemon in the foreground, ready when this resolves. @throws an error with its output when it does not get ready. */
  async daemon(env: NodeJS.ProcessEnv = {}): Promise<Running> {
    const daemon = this.#track(
      new Running([process.execPath, DAEMON, 'serve'], { env: { ...this.env, ...env } }),
    );
    await daemon.until(({ stdout }) => stdout.includes('\n'));
    return daemon;
  }

  /** The SDK, in this process, on this home. */
  async connect(env: NodeJS.ProcessEnv = {}): Promise<Client> {
    const client = await connect({ env: { ...this.env, ...env }, clientName: 'testkit' });
    this.#clients.add(client);
    return client;
  }

  /** The process id of the daemon; undefined when none has said that it runs. */
  get daemonPid(): number | undefined {
    const file = join(this.home, 'pid');
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
  }

  /** Ends the daemon as a crash would. Resolves when it is gone. */
  async killDaemon(): Promise<void> {
    const pid = this.daemonPid;
    if (pid === undefined || !isRunning(pid)) return;
    process.kill(pid, 'SIGKILL');
    await becomes(() => !isRunning(pid));
  }

  /** A git repository with one commit, below this Lalia's folder. @returns its path. */
  async repository(name: string): Promise<string> {
    const path = join(this.folder, name);
    mkdirSync(path, { recursive: true });
    await git(path, 'init', '-q', '-b', 'main');
    await git(path, 'commit', '-q', '--allow-empty', '-m', 'Begin');
    return path;
  }

  /** Waits until the transcript has everything that was accepted. */
  async journaled(): Promise<void> {
    await using client = await connect({ env: this.env });
    while (true) {
      const { journal } = await client.call('status', {});
      if (journal.error !== null) throw new Error(`The journal fails: ${journal.error}`);
      if (journal.backlog === 0) return;
      await pause();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client.close();
    for (const running of this.#running) running.kill('SIGKILL');
    await Promise.all([...this.#running].map((running) => running.finished));
    await this.killDaemon();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }

  #track(running: Running): Running {
    this.#running.add(running);
    return running;
  }
}

/** Waits until something that another process does has happened. */
export async function becomes(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause();
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A child that has ended and that nobody has waited for still has its number.
  return (
    process.platform !== 'linux' ||
    !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'))
  );
}

async function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, LOOK_MS);
  });
}
