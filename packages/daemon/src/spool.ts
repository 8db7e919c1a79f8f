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
  readonly #servers: readonly [SpoolServer, ...SpoolServer[]];
  #error: string | null = null;

  /** Serves the spools of a home, where they can be served. @param accept takes each peer that comes, with the spool that it came by. */
  constructor(
    { config, clock, log }: SpoolSurroundings,
    accept: (stream: PeerStream, folder: string) => void,
  ) {
    const serve = (folder: string, isGuest: boolean) =>
      SpoolServer.start({
        folder,
        isGuest,
        clock,
        about: { pid: process.pid, version: config.version },
        accept: (stream) => {
          accept(stream, folder);
        },
        onTrouble: (error) => {
          const text = isLaliaError(error) ? `${error.message} ${error.hint}` : String(error);
          if (!isGuest) this.#error = text;
          log('spool_trouble', { folder, error: text });
        },
      });
    const [own, ...others] = config.paths.spools;
    this.#servers = [serve(own, false), ...others.map((folder) => serve(folder, true))];
  }

  /** Why no peer can come in by the daemon's own folder; null when they can. */
  get error(): string | null {
    return this.#servers[0].isWorking ? null : this.#error;
  }

  /** Takes no further peers; those that are there stay. */
  close(): void {
    for (const server of this.#servers) server.close();
  }
}
