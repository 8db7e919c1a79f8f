/**
 * Telling that the other side is gone, which no file system does. Each side touches a file of its own; the other one looks
 * whether it changes. Only changes count, and only looks of one's own: neither a wrong clock nor a machine that slept ends a
 * conversation.
 */
import { lstatSync, lutimesSync } from 'node:fs';
import { join } from 'node:path';
import type { SpoolClock } from './stream.ts';

/** How often a side touches its file, and looks at the other's. */
export const BEAT_MS = 1000;

/** So many looks without a change, and the other side is gone. */
const MISSED_BEATS = 6;

/** @throws an error of `node:fs` when the file, or the whole conversation, is gone. */
export function beat(folder: string, alive: string, clock: SpoolClock): void {
  const seconds = clock.nowMs() / 1000;
  lutimesSync(join(folder, alive), seconds, seconds);
}

/** What is seen of the other side's file. */
export class Pulse {
  readonly #file: string;
  #last: number | undefined;
  #missed = 0;

  constructor(folder: string, alive: string) {
    this.#file = join(folder, alive);
  }

  /** Looks, once a beat. @returns whether the other side is gone. */
  isGone(): boolean {
    const seen = lstatSync(this.#file, { throwIfNoEntry: false })?.mtimeMs;
    this.#missed = seen === this.#last ? this.#missed + 1 : 0;
    this.#last = seen;
    return this.#missed >= MISSED_BEATS;
  }
}
