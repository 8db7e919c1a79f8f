/** Work that nobody waits for, tracked so that a stop can: nothing floats. */
import type { Log } from './events.ts';

export class Background {
  readonly #log: Log;
  readonly #running = new Set<Promise<void>>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Starts work; its failure is logged under its name. */
  run(name: string, work: () => Promise<unknown>): void {
    const done = this.#logged(name, work).finally(() => {
      this.#running.delete(done);
    });
    this.#running.add(done);
  }

  /** Waits for everything that runs. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #logged(name: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#log('background_failed', { name, error });
    }
  }
}
