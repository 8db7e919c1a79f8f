/** A machine of somebody's own: a home, a repository, Lalia, real harnesses in it, and nothing that leads outside. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AgentInfo } from '@lalia/client';
import { Endpoint, LEADS, type Lead, type Model, Terminal } from '@lalia/harness/probe';
import { becomes, Lalia, type Person } from '@lalia/testkit';
import { onTestFailed, onTestFinished } from 'vitest';
import { programFolder } from '../test/_program-folder.ts';
import { install } from './install.ts';
import type { Place, Subject } from './subject.ts';

/** Of a screen, in characters, where a test fails. */
const SHOWN = 3000;

export interface StartOptions {
  readonly name: string;
  readonly role?: string;
  readonly prompt?: string;
  readonly args?: readonly string[];
}

/** An agent in its harness. */
export interface Launched {
  readonly model: Model;
  readonly screen: Terminal;
}

export class Scene {
  readonly lalia: Lalia;
  readonly endpoint: Endpoint;
  readonly home: string;
  readonly repo: string;
  readonly #screens: Terminal[] = [];

  private constructor(facts: { readonly lalia: Lalia; readonly endpoint: Endpoint; readonly repo: string }) {
    this.lalia = facts.lalia;
    this.endpoint = facts.endpoint;
    this.repo = facts.repo;
    this.home = join(facts.lalia.folder, 'user');
  }

  /** For the test that runs, and gone with it. @param subjects the harnesses that its person uses. */
  static open(...subjects: readonly Subject[]): Promise<Scene> {
    // No gap between wakes: what is tried is the ways, not the budget.
    return Scene.#open({ LALIA_WAKE_GAP_MS: '0' }, subjects);
  }

  /** Where nobody is woken. */
  static asleep(...subjects: readonly Subject[]): Promise<Scene> {
    return Scene.#open({ LALIA_WAKES_PER_DAY: '0' }, subjects);
  }

  /** Where the spools are where they are by default. */
  static withSpools(...subjects: readonly Subject[]): Promise<Scene> {
    return Scene.#open({ LALIA_SPOOL: '' }, subjects);
  }

  static async #open(env: NodeJS.ProcessEnv, subjects: readonly Subject[]): Promise<Scene> {
    const lalia = new Lalia({ LALIA_HARNESS: '', ...env }, 'user');
    const scene = new Scene({
      lalia,
      endpoint: await Endpoint.open(),
      repo: await lalia.repository('shop'),
    });
    onTestFailed(() => {
      process.stderr.write(scene.#report());
    });
    onTestFinished(() => scene.#close());
    // Login shells make their PATH anew; npm link puts lalia where the profile finds it.
    const path = [programFolder(lalia), dirname(process.execPath)].join(':');
    writeFileSync(join(scene.home, '.profile'), `PATH="${path}:$PATH"\n`);
    await lalia.daemon(scene.#env({}));
    const place: Place = { home: scene.home, repo: scene.repo };
    for (const subject of subjects) subject.prepare(place);
    return scene;
  }

  /** Installs the hooks, and what lets the shell tool run `lalia`. */
  async hook(...subjects: readonly Subject[]): Promise<void> {
    for (const { id } of subjects) await this.cli('hooks', 'install', id, '--allow');
  }

  /** Somebody without a harness, in the project of the repository. */
  person(name: string): Promise<Person> {
    return this.lalia.person(name, { project: 'shop' });
  }

  /** Runs `lalia` as a person in this home; it has to succeed. @returns what it printed. */
  async cli(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.lalia.cli(args, { cwd: this.repo, env: this.#env({}) });
    if (code === 0) return stdout;
    throw new Error(`lalia ${args.join(' ')} ended with ${String(code)}: ${stdout}${stderr}`);
  }

  /** `lalia hooks probe`, by the person of this home. @returns the status of each line. */
  async probe({ id, package: wanted, env = {} }: Subject): Promise<Readonly<Record<string, string>>> {
    const options = { cwd: this.repo, env: this.#env({ ...env }, await install(wanted)) };
    const { stdout } = await this.lalia.cli(['hooks', 'probe', id, '--json'], options);
    const { checks } = JSON.parse(stdout) as {
      readonly checks: readonly Record<'name' | 'status', string>[];
    };
    return Object.fromEntries(checks.map(({ name, status }) => [name, status]));
  }

  /** Makes an agent known whose harness runs no more, so that mail can wait for it. */
  async known(subject: Subject, name: string, role = 'peer'): Promise<void> {
    const bin = await install(subject.package);
    const env = this.#env({}, bin);
    const args = ['run', role, subject.flag, '--name', name, '--', '--version'];
    const { code, stdout, stderr } = await this.lalia.cli(args, { cwd: this.repo, env });
    if (code !== 0) throw new Error(`${subject.id} --version ended with ${String(code)}: ${stdout}${stderr}`);
    // The daemon looks for what has ended now and then; until it has, the name is taken.
    const { agents } = await (await this.lalia.connect()).call('agents', { all: true });
    const agent = agents.find((each) => each.name === name);
    if (agent !== undefined) await this.lalia.presenceOf(agent.agent_id, 'away');
  }

  /** Installs the hooks; for a harness that is woken only through its plugin, writes that. @returns what the launch is given for it. */
  async hookOrPlugin(subject: Subject): Promise<readonly string[]> {
    if (subject.plugin === undefined) {
      await this.hook(subject);
      return [];
    }
    return subject.plugin(join(await this.plugins(), 'lalia'));
  }

  /** Writes all plugins. @returns the folder of them. */
  async plugins(): Promise<string> {
    const folder = join(this.lalia.folder, 'plugins');
    await this.cli('plugin', '--out', folder);
    return folder;
  }

  /** Waits until this is the one way to wake the one agent that has any. */
  async wakesBy(route: string): Promise<void> {
    await becomes(async () => new RegExp(`, by ${route}(,|$)`, 'm').test(await this.cli('status')));
  }

  /** An agent as the daemon has it at this moment. */
  async agent(name: string): Promise<AgentInfo | undefined> {
    const { agents } = await (await this.lalia.connect()).call('agents', { all: true });
    return agents.find((each) => each.name === name);
  }

  /** Waits until the daemon has heard that an agent has stopped after its model was asked last. */
  async idle(name: string, model: Model): Promise<void> {
    const client = await this.lalia.connect();
    await becomes(async () => {
      const { agents } = await client.call('agents', { all: true });
      const turn = agents.find((agent) => agent.name === name)?.turn;
      return turn?.state === 'idle' && turn.since_ts > model.askedMs;
    });
  }

  /** `lalia run`, in a terminal. */
  async start(subject: Subject, { name, role = 'peer', prompt, args = [] }: StartOptions): Promise<Launched> {
    const bin = await install(subject.package);
    const lead = leadOf(subject);
    const model = this.endpoint.model(subject.id, lead.spoken);
    const led = lead.launch(model.url);
    const prompted = prompt === undefined ? [] : lead.prompt(prompt);
    const own = [...led.args, ...subject.args, ...args, ...prompted];
    const screen = new Terminal(['lalia', 'run', role, subject.flag, '--name', name, '--', ...own], {
      cwd: this.repo,
      env: this.#env({ ...led.env, ...subject.env }, bin),
    });
    this.#screens.push(screen);
    return { model, screen };
  }

  /** What the screens show, and who was asked for what. */
  #report(): string {
    const { refused, others } = this.endpoint;
    const screens = this.#screens.map(({ text }) => text.slice(-SHOWN));
    return `${[...screens, `refused: ${refused.join(' ')}`, `others: ${others.join(' ')}`].join('\n---\n')}\n`;
  }

  async #close(): Promise<void> {
    await Promise.all(this.#screens.map((screen) => screen.close()));
    await this.endpoint[Symbol.asyncDispose]();
    await this.lalia[Symbol.asyncDispose]();
  }

  /** Nothing of the environment of the tests: they may run inside a harness themselves. */
  #env(own: NodeJS.ProcessEnv, ...bins: readonly string[]): NodeJS.ProcessEnv {
    const { LALIA_HOME, LALIA_WORKSPACE, LALIA_SPOOL, LALIA_DAEMON } = this.lalia.env;
    return {
      HOME: this.home,
      LANG: 'C.UTF-8',
      PATH: [programFolder(this.lalia), ...bins, dirname(process.execPath), '/usr/bin', '/bin'].join(':'),
      ...{ LALIA_HOME, LALIA_WORKSPACE, LALIA_SPOOL, LALIA_DAEMON },
      ...this.endpoint.proxies,
      ...own,
    };
  }
}

function leadOf({ id }: Subject): Lead {
  const lead = LEADS.get(id);
  if (lead === undefined) throw new Error(`Nothing leads ${id} to a model.`);
  return lead;
}
