/** A Lalia of one's own: a home and a transcript in a temporary folder, and the built programs working on them. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type Agent,
  type AgentInfo,
  type Client,
  captureSession,
  connect,
  type ErrorBody,
  type RegisterOptions,
} from '@lalia/client';
import { Person, type Refusal } from './person.ts';
import { type Finished, git, Running, type RunOptions, run } from './processes.ts';
import { Session } from './session.ts';
import { shellWords } from './shell-words.ts';
import { becomes, isRunning } from './waiting.ts';

const root = dirname(dirname(dirname(import.meta.dirname)));
const CLI = join(root, 'apps/cli/bin/lalia.js');
const DAEMON = join(root, 'packages/daemon/bin/lalia-daemon.js');

export interface PersonOptions
  extends RunOptions,
    Pick<RegisterOptions, 'role' | 'harness' | 'model' | 'project' | 'takeover'> {}

export class Lalia implements AsyncDisposable {
  /** Everything of this Lalia is below it. */
  readonly folder: string;
  readonly home: string;
  readonly workspace: string;
  readonly env: NodeJS.ProcessEnv;
  readonly #running = new Set<Running>();
  readonly #clients = new Set<Client>();
  readonly #sessions = new Set<Session>();
  #client: Promise<Client> | undefined;

  /** @param user makes it the Lalia of somebody with this name: their HOME is below its folder, and all is where it is by default. */
  constructor(env: NodeJS.ProcessEnv = {}, user?: string) {
    this.folder = mkdtempSync(join(tmpdir(), 'l-'));
    const own = user === undefined ? undefined : join(this.folder, user);
    if (own !== undefined) mkdirSync(own);
    this.home = own === undefined ? join(this.folder, 'home') : join(own, '.lalia');
    this.workspace = join(
      own ?? this.folder,
      own === undefined ? 'workspace' : '.local/state/lalia/workspace',
    );
    this.env = {
      ...process.env,
      ...(own === undefined ? {} : { HOME: own }),
      LALIA_HOME: this.home,
      LALIA_WORKSPACE: this.workspace,
      LALIA_SPOOL: this.folder,
      LALIA_DAEMON: DAEMON,
      // Nothing is written into the checkout, also not by the example in Python beside itself.
      PYTHONDONTWRITEBYTECODE: '1',
      // Else the terminal or the harness that the tests are started from would be the session of every agent.
      LALIA_HARNESS: 'test',
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
  async json<T = unknown>(args: readonly string[], options: RunOptions = {}): Promise<T> {
    const { code, stdout, stderr } = await this.cli(asJson(args), options);
    if (code !== 0) throw new Error(`lalia ${args.join(' ')} ended with ${String(code)}: ${stdout}${stderr}`);
    return JSON.parse(stdout) as T;
  }

  /** Runs `lalia … --json` that has to fail. @returns its error. @throws an error with its output when it succeeds. */
  async refusal(args: readonly string[], options: RunOptions = {}): Promise<Refusal> {
    const { code, stdout, stderr } = await this.cli(asJson(args), options);
    if (code === 0) throw new Error(`lalia ${args.join(' ')} was not refused: ${stdout}${stderr}`);
    const { error } = JSON.parse(stdout) as { readonly error: ErrorBody };
    return { exit: code, stderr, ...error };
  }

  /** Registers somebody, with the SDK in this process: starting a program for each costs most of a test's time. */
  async person(name: string, options: PersonOptions = {}): Promise<Person> {
    const { cwd = this.folder, env = {}, ...identity } = options;
    const client = await this.#shared();
    const session = captureSession({ cwd, env: { ...this.env, ...env } });
    const { agent } = await client.register({ name, session, ...identity });
    return new Person(this, agent.info, { cwd, env });
  }

  /** Several in one project. */
  people(project: string, ...names: readonly string[]): Promise<Person[]> {
    return Promise.all(names.map((name) => this.person(name, { project })));
  }

  /** An agent whose key is in this home, by the SDK in this process. */
  async agent(address: string): Promise<Agent> {
    return (await this.#shared()).resume(address);
  }

  /** The person at this machine, who is there from the beginning. */
  async human(options: RunOptions = {}): Promise<Person> {
    const { info } = await this.agent('human');
    return new Person(this, info, options);
  }

  /** Opens a terminal of its own. */
  terminal(env: NodeJS.ProcessEnv = {}): Promise<Session> {
    return this.#session(env, undefined);
  }

  /** Starts something that looks like a harness with this program's name. */
  harness(program: string, env: NodeJS.ProcessEnv = {}): Promise<Session> {
    return this.#session(env, program);
  }

  /** Runs `lalia` in a session. */
  async cliIn(session: Session, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return session.run([process.execPath, CLI, ...args], { cwd: this.folder, ...options });
  }

  /** Runs `lalia` with a terminal for its output. @returns what the terminal was sent. */
  async shown(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const command = [process.execPath, CLI, ...args];
    const words =
      process.platform === 'linux'
        ? ['-qec', shellWords(command), '/dev/null']
        : ['-q', '/dev/null', ...command];
    const { stdout } = await run(['script', ...words], {
      cwd: this.folder,
      ...options,
      env: { ...this.env, ...options.env, SHELL: '/bin/sh' },
    });
    return stdout;
  }

  /** Waits until an agent is seen as live, listening or away. */
  async presenceOf(agentId: string, presence: AgentInfo['presence']): Promise<void> {
    const client = await this.#shared();
    await becomes(async () => {
      const { agents } = await client.call('agents', { all: true, agent_id: agentId });
      return agents[0]?.presence === presence;
    });
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
    const client = await this.#shared();
    await becomes(async () => {
      const { journal } = await client.call('status', {});
      if (journal.error !== null) throw new Error(`The journal fails: ${journal.error}`);
      return journal.backlog === 0;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client.close();
    for (const running of this.#running) running.kill('SIGKILL');
    await Promise.all([...this.#running].map((running) => running.finished));
    await Promise.all([...this.#sessions].map((session) => session.dispose()));
    await this.killDaemon();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }

  async #session(env: NodeJS.ProcessEnv, harness: string | undefined): Promise<Session> {
    const session = await Session.open({
      folder: mkdtempSync(join(this.folder, 'session-')),
      env: { ...this.env, LALIA_HARNESS: '', ...env },
      ...(harness === undefined ? {} : { harness }),
    });
    this.#sessions.add(session);
    return session;
  }

  #shared(): Promise<Client> {
    this.#client ??= this.connect();
    return this.#client;
  }

  #track(running: Running): Running {
    this.#running.add(running);
    return running;
  }
}

/** `--json` before what is text, not after it. */
function asJson(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  return end === -1 ? [...args, '--json'] : [...args.slice(0, end), '--json', ...args.slice(end)];
}
