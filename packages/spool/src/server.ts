/**
 * The daemon's end of the spool: takes the conversations that clients make, and removes what they leave.
 *
 * There is one daemon a home, and a spool is one home's: whatever lies there at the start is left from an earlier daemon.
 */
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { encodeLine, fail, failure, limits } from '@lalia/protocol';
import {
  errorCode,
  isConversation,
  isHalfMade,
  isOwnFolder,
  makeSpoolFolder,
  NAMES,
  SERVING,
} from './folder.ts';
import { FolderWatch } from './folder-watch.ts';
import { Pulse } from './heartbeat.ts';
import { type PeerStream, type SpoolClock, SpoolStream, type Timer } from './stream.ts';

/** How often is looked for what no event told of. */
const LOOK_MS = 2000;

export interface SpoolServerParts {
  readonly folder: string;
  /** Whether the folder that it lies in is somebody else's: then it is served while that is there, and never made. */
  readonly isGuest?: boolean;
  readonly clock: SpoolClock;
  /** What is in the file that says that somebody serves. */
  readonly about: { readonly pid: number; readonly version: string };
  readonly accept: (stream: PeerStream) => void;
  /** Told of a spool that stopped working; it is tried again with every look. */
  readonly onTrouble: (error: unknown) => void;
}

export class SpoolServer {
  readonly #parts: SpoolServerParts;
  readonly #open = new Map<string, SpoolStream>();
  /** Ended by the daemon, and perhaps not read to the end by their clients; or never made to the end. */
  readonly #leaving = new Map<string, Pulse>();
  #watch: FolderWatch | undefined;
  #timer: Timer | undefined;
  #hasBegun = false;
  #isTroubled = false;

  private constructor(parts: SpoolServerParts) {
    this.#parts = parts;
  }

  /** Serves a spool; what is left in it from before is removed. Where it cannot be served yet it is tried again. */
  static start(parts: SpoolServerParts): SpoolServer {
    const server = new SpoolServer(parts);
    server.#look();
    server.#lookAgain();
    return server;
  }

  /** Whether clients can come in. */
  get isWorking(): boolean {
    return !this.#isTroubled;
  }

  /** Takes no more conversations; those that are open stay. */
  close(): void {
    this.#watch?.close();
    this.#timer?.cancel();
    if (!this.#hasBegun) return;
    rmSync(join(this.#parts.folder, SERVING), { force: true });
    try {
      rmdirSync(this.#parts.folder);
    } catch {
      // Clients that are still there need it; the next daemon finds it.
    }
  }

  #begin(): void {
    const { folder, clock, about } = this.#parts;
    makeSpoolFolder(folder);
    const leftovers = readdirSync(folder).filter((name) => !this.#open.has(name));
    this.#watch?.close();
    this.#watch = new FolderWatch({
      folder,
      clock,
      onChange: (name) => {
        if (name === undefined) this.#look();
        else this.#admit(name);
      },
    });
    const sibling = join(folder, `${SERVING}.new`);
    writeFileSync(sibling, `${JSON.stringify(about)}\n`, { mode: 0o600 });
    renameSync(sibling, join(folder, SERVING));
    this.#hasBegun = true;
    // Only now: a client whose conversation goes looks at once for somebody who serves.
    for (const name of leftovers) if (isConversation(name) || isHalfMade(name)) this.#remove(name);
  }

  #lookAgain(): void {
    this.#timer = this.#parts.clock.after(LOOK_MS, () => {
      this.#look();
      this.#lookAgain();
    });
  }

  #look(): void {
    const { folder, isGuest, onTrouble } = this.#parts;
    if (isGuest && !existsSync(dirname(folder))) return;
    try {
      // What cleans /tmp may have taken it away.
      if (!this.#hasBegun || !existsSync(join(folder, SERVING))) this.#begin();
      const names = new Set(readdirSync(folder));
      for (const name of names) this.#admit(name);
      this.#clean(names);
      this.#isTroubled = false;
    } catch (error) {
      if (!this.#isTroubled) onTrouble(error);
      this.#isTroubled = true;
    }
  }

  #clean(names: ReadonlySet<string>): void {
    for (const name of names) {
      if (isHalfMade(name) && !this.#leaving.has(name)) this.#leaving.set(name, this.#pulseOf(name));
    }
    for (const [name, pulse] of this.#leaving) {
      if (names.has(name) && !pulse.isGone()) continue;
      this.#leaving.delete(name);
      this.#remove(name);
    }
  }

  #admit(name: string): void {
    if (!isConversation(name) || this.#open.has(name) || this.#leaving.has(name)) return;
    const folder = join(this.#parts.folder, name);
    // Seen when it was removed, or nothing that a client makes.
    if (!isOwnFolder(folder)) return;
    if (this.#open.size + this.#leaving.size >= 2 * limits.MAX_SPOOL_CONVERSATIONS) {
      this.#remove(name);
      return;
    }
    const stream = this.#take(folder);
    if (stream === undefined) return;
    const isTooMany = this.#open.size >= limits.MAX_SPOOL_CONVERSATIONS;
    this.#open.set(name, stream);
    stream.once('close', () => {
      this.#ended(name, stream);
    });
    if (isTooMany) refuse(stream);
    else this.#parts.accept(stream);
  }

  #take(folder: string): SpoolStream | undefined {
    try {
      closeSync(openSync(join(folder, NAMES.daemon.alive), 'wx', 0o600));
      return new SpoolStream({ folder, side: 'daemon', clock: this.#parts.clock });
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') this.#parts.onTrouble(error);
      return undefined;
    }
  }

  #ended(name: string, stream: SpoolStream): void {
    this.#open.delete(name);
    if (stream.isOtherGone) this.#remove(name);
    else this.#leaving.set(name, this.#pulseOf(name));
  }

  #pulseOf(name: string): Pulse {
    return new Pulse(join(this.#parts.folder, name), NAMES.client.alive);
  }

  #remove(name: string): void {
    try {
      rmSync(join(this.#parts.folder, name), { recursive: true, force: true });
    } catch (error) {
      this.#parts.onTrouble(error);
    }
  }
}

function refuse(stream: SpoolStream): void {
  const many = limits.MAX_SPOOL_CONVERSATIONS;
  const error = fail(
    'daemon_unavailable',
    `The spool has ${String(many)} clients, and no room for another.`,
    {
      context: { max_conversations: many },
      hint: 'Wait until one of the commands that run in sandboxes has ended, then try again.',
    },
  );
  stream.on('error', () => undefined);
  stream.resume();
  stream.end(encodeLine(failure(null, error)));
  stream.destroySoon();
}
