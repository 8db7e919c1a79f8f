/** Hearing of changes in a folder: at once where the system tells, else by looking often. */
import { type FSWatcher, watch } from 'node:fs';
import type { SpoolClock, Timer } from './stream.ts';

/** How often is looked where the system has no room for another watch, or none at all. */
const LOOK_MS = 50;

export interface FolderWatchParts {
  readonly clock: SpoolClock;
  readonly folder: string;
  /** Called with the name that changed; undefined when it may be any. */
  readonly onChange: (name: string | undefined) => void;
}

export class FolderWatch {
  readonly #parts: FolderWatchParts;
  #watcher: FSWatcher | undefined;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(parts: FolderWatchParts) {
    this.#parts = parts;
    const { folder, onChange } = parts;
    try {
      this.#watcher = watch(folder, { persistent: false }, (_event, name) => {
        onChange(name ?? undefined);
      });
      this.#watcher.on('error', () => {
        this.#lookInstead();
      });
    } catch {
      this.#lookInstead();
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#watcher?.close();
    this.#timer?.cancel();
  }

  #lookInstead(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    if (this.#isClosed) return;
    this.#timer = this.#parts.clock.after(LOOK_MS, () => {
      this.#parts.onChange(undefined);
      this.#lookInstead();
    });
  }
}
