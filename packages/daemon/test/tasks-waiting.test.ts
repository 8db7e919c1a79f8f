/** Waiting for tasks (spec 8, `--wait` and `--watch`): what ends a wait besides what is waited for. */
import { readFileSync } from 'node:fs';
import type { Anchor } from '@lalia/protocol';
import { expect, test } from 'vitest';
import { RawPeer } from '../../../test/_raw-peer.ts';
import { type Clock, systemClock } from '../src/clock.ts';
import { configFromEnvironment } from '../src/config.ts';
import { Daemon } from '../src/daemon.ts';
import { TestHome } from './_home.ts';
import { errorOf, Member, PROJECT, Project } from './_project.ts';

const ANY = { which: { kind: 'any' }, timeout_ms: 60_000 } as const;

test('a watch is answered when the list has changed, at once when it had before', async () => {
  await using project = await Project.open();
  const [sue, bob] = [await project.supervisor(), await project.member('bob')];
  expect(await project.call('task_list', { project: PROJECT, after_revision: 7 })).toEqual({
    project: PROJECT,
    revision: 0,
    supervisor: null,
    supervisor_presence: null,
    tasks: [],
  });
  await using watcher = await project.peer();
  const first = watcher.send('task_list', { project: PROJECT, after_revision: 0, timeout_ms: 60_000 });
  await project.task(sue, 'auth');
  const list = await watcher.result('task_list', first);
  expect(list.tasks).toMatchObject([{ slug: 'auth', status: 'open', room: { name: 'auth' } }]);
  const params = { project: PROJECT, after_revision: list.revision, timeout_ms: 60_000 };
  const second = watcher.send('task_list', params);
  await bob.claim('auth');
  const changed = await watcher.result('task_list', second);
  expect(changed.revision).not.toBe(list.revision);
  expect(changed.tasks).toMatchObject([{ slug: 'auth', status: 'in-progress', owner: { name: 'bob' } }]);
  expect(await watcher.call('task_list', params)).toEqual(changed);
});

test('a watch ends with its time and with its caller, and another project’s changes are none of it', async () => {
  await using project = await Project.open();
  const sue = await project.supervisor();
  await using watcher = await project.peer();
  for (const timeout_ms of [0, 1]) {
    expect(await watcher.refusal('task_list', { project: 'other', after_revision: 0, timeout_ms })).toBe(
      'timeout',
    );
  }
  const watch = watcher.send('task_list', { project: 'other', after_revision: 0, timeout_ms: 60_000 });
  await project.task(sue, 'auth');
  expect(project.context.taskWaiters.count).toBe(1);
  watcher.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'cancel', params: { id: watch } })}\n`);
  expect(await watcher.reason(watch)).toBe('cancelled');
  expect(project.context.taskWaiters.count).toBe(0);
});

test('a daemon that stops lets claims and watches go', async () => {
  await using running = await RunningDaemon.start(systemClock());
  const bob = await running.member('bob');
  const claim = bob.begin('task_claim', ANY);
  const watch = bob.peer.send('task_list', { project: PROJECT, after_revision: 0, timeout_ms: 60_000 });
  await bob.do('renew', {});
  running.daemon.requestStop('the test is over');
  for (const id of [claim, watch])
    expect(await errorOf(bob.peer, id)).toMatchObject({ reason: 'daemon_stopping', code: 3 });
});

test('a claim that comes in the instant of the stop is let go, too', async () => {
  const clock = new SweptClock();
  await using running = await RunningDaemon.start(clock);
  const bob = await running.member('bob');
  // Its time is looked at when its signature is checked; it waits for its transaction then.
  clock.atNextLook(() => {
    running.daemon.requestStop('the test is over');
  });
  const claim = bob.begin('task_claim', ANY);
  expect(await errorOf(bob.peer, claim)).toMatchObject({ reason: 'daemon_stopping', code: 3 });
});

test('a claim of a session that has ended is let go', async () => {
  const clock = new SweptClock();
  await using running = await RunningDaemon.start(clock);
  const bob = await running.member('bob');
  const claim = bob.begin('task_claim', ANY);
  await bob.do('renew', {});
  clock.passMs(61 * 60 * 1000);
  expect(await errorOf(bob.peer, claim)).toMatchObject({ reason: 'lease_expired', code: 3 });
});

test.runIf(process.platform === 'linux')(
  'a claim ends when another session takes the agent over',
  async () => {
    await using project = await Project.open();
    const bob = await project.member('bob', { anchor: anchorOf(process.pid) });
    const claim = bob.begin('task_claim', ANY);
    await bob.do('renew', {});
    const session = { ...bob.session, anchor: anchorOf(process.ppid), takeover: true };
    await using second = await project.peer();
    await second.result('register', second.send('register', bob.signed('register', session)));
    expect(await errorOf(bob.peer, claim)).toMatchObject({
      reason: 'lease_expired',
      context: { taken_over: true },
    });
  },
);

/** A daemon as a process has it, in a home of its own. */
class RunningDaemon implements AsyncDisposable {
  readonly daemon: Daemon;
  readonly #home: TestHome;
  readonly #socket: string;

  private constructor(daemon: Daemon, home: TestHome, socket: string) {
    this.daemon = daemon;
    this.#home = home;
    this.#socket = socket;
  }

  static async start(clock: Clock): Promise<RunningDaemon> {
    const home = new TestHome();
    const config = configFromEnvironment({ LALIA_HOME: home.home, LALIA_WORKSPACE: home.workspace });
    const daemon = await Daemon.start(config, clock);
    if (daemon === undefined) throw new Error('Another process has this home.');
    return new RunningDaemon(daemon, home, config.paths.socket);
  }

  async member(name: string): Promise<Member> {
    const member = new Member(name, await RawPeer.greeted(this.#socket), {});
    await member.register(member.peer);
    return member;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemon.stop('the test is over');
    this.#home[Symbol.dispose]();
  }
}

/** Time that passes when the test says so. */
class SweptClock implements Clock {
  readonly #system = systemClock();
  readonly #callbacks: (() => void)[] = [];
  #offsetMs = 0;
  #onLook: (() => void) | undefined;

  /** Has something done right behind the call in which somebody next looks at the time. */
  atNextLook(callback: () => void): void {
    this.#onLook = callback;
  }

  nowMs(): number {
    const callback = this.#onLook;
    this.#onLook = undefined;
    if (callback !== undefined) queueMicrotask(callback);
    return this.#system.nowMs() + this.#offsetMs;
  }

  newId(): string {
    return this.#system.newId();
  }

  after(delayMs: number, callback: () => void) {
    // The claim's own time must not be what ends it; the sweep is what is shorter.
    if (delayMs < ANY.timeout_ms) this.#callbacks.push(callback);
    return { cancel: () => undefined };
  }

  /** Lets time pass, and everything happen that was due by then. */
  passMs(ms: number): void {
    this.#offsetMs += ms;
    for (const callback of this.#callbacks.splice(0)) callback();
  }
}

function anchorOf(pid: number): Anchor {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return { pid, started, kind: 'terminal' };
}
