/** A spool in a temporary folder, served in this process, with a clock that the test turns. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dialSpool, type PeerStream, type SpoolClock, SpoolServer } from '../src/index.ts';

/** Time that passes when a test says so. */
export class HandClock implements SpoolClock {
  #nowMs = 1_800_000_000_000;
  readonly #timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): { cancel(): void } {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  /** Lets time pass, a step after the other, as many as there are. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    while (true) {
      const due = [...this.#timers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#nowMs = due.atMs;
      due.callback();
    }
    this.#nowMs = untilMs;
  }
}

export class TestSpool implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 's-'));
  readonly folder = join(this.root, 'test.spool');
  readonly clock = new HandClock();
  readonly troubles: unknown[] = [];
  readonly #served: PeerStream[] = [];
  readonly #wanted: ((stream: PeerStream) => void)[] = [];
  readonly #servers: SpoolServer[] = [];

  serve(options: { readonly isGuest?: boolean } = {}): SpoolServer {
    const server = SpoolServer.start({
      ...options,
      folder: this.folder,
      clock: this.clock,
      about: { pid: process.pid, version: '0' },
      accept: (stream) => {
        const wanted = this.#wanted.shift();
        if (wanted === undefined) this.#served.push(stream);
        else wanted(stream);
      },
      onTrouble: (error) => this.troubles.push(error),
    });
    this.#servers.push(server);
    return server;
  }

  /** The daemon's end of the next conversation. */
  accepted(): Promise<PeerStream> {
    const stream = this.#served.shift();
    return stream === undefined
      ? new Promise((resolve) => this.#wanted.push(resolve))
      : Promise.resolve(stream);
  }

  /** A client's end. @param clock a client that never touches its file has one that stands still. */
  async dial(clock: SpoolClock = this.clock): Promise<PeerStream> {
    const outcome = await dialSpool(this.folder, clock);
    if (outcome.kind !== 'connected') throw new Error(`Not connected: ${outcome.kind}`);
    return outcome.stream;
  }

  /** Both ends of a conversation. */
  async pair(clock: SpoolClock = this.clock): Promise<{ client: PeerStream; daemon: PeerStream }> {
    const [client, daemon] = await Promise.all([this.dial(clock), this.accepted()]);
    return { client, daemon };
  }

  /** The conversations that lie there. */
  get conversations(): string[] {
    return readdirSync(this.folder).filter((name) => /^[0-9a-f]{32}/.test(name));
  }

  [Symbol.dispose](): void {
    for (const server of this.#servers) server.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}
