/**
 * The second way in, for peers whose sandbox refuses the socket. A home is served without it as well: what is wrong with its
 * folder is logged, and shown by `status`.
 */
import { isLaliaError } from '@lalia/protocol';
import { type PeerStream, SpoolServer } from '@lalia/spool';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Log } from './events.ts';

export interface SpoolSurroundings {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
}

export class Spool {
  readonly #server: SpoolServer;
  #error: string | null = null;

  /** Serves the spool of a home, where it can be served. @param accept takes each peer that comes. */
  constructor({ config, clock, log }: SpoolSurroundings, accept: (stream: PeerStream) => void) {
    this.#server = SpoolServer.start({
      folder: config.paths.spool,
      clock,
      about: { pid: process.pid, version: config.version },
      accept,
      onTrouble: (error) => {
        this.#error = isLaliaError(error) ? `${error.message} ${error.hint}` : String(error);
        log('spool_trouble', { error: this.#error });
      },
    });
  }

  /** Why no peer can come in here; null when they can. */
  get error(): string | null {
    return this.#server.isWorking ? null : this.#error;
  }

  /** Takes no further peers; those that are there stay. */
  close(): void {
    this.#server.close();
  }
}
