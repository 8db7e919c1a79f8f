/**
 * One side of a conversation through files, as the byte stream that a socket is.
 *
 * What is written becomes frames, numbered from 1; the reader takes them in order and removes them, and an empty frame is the
 * end. At most MAX_SPOOL_FRAMES lie there untaken in each direction: then the writer waits, as it does at a full socket.
 */
import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { encodeLine, fail, failure, isLaliaError, limits } from '@lalia/protocol';
import { errorCode, NAMES, type Side } from './folder.ts';
import { FolderWatch } from './folder-watch.ts';
import { takeFrame, writeFrame } from './frames.ts';
import { BEAT_MS, beat, Pulse } from './heartbeat.ts';

/** A peer's byte stream, whatever carries it: all that a connection needs of a socket. */
export interface PeerStream extends Duplex {
  /** Closes as soon as what was written is taken. */
  destroySoon(): void;
}

export interface Timer {
  cancel(): void;
}

/** Time, passed in. A client's timers keep its process alive, the daemon's do not. */
export interface SpoolClock {
  nowMs(): number;
  after(delayMs: number, callback: () => void): Timer;
}

export interface SpoolStreamParts {
  readonly folder: string;
  readonly side: Side;
  readonly clock: SpoolClock;
}

/** Both directions full, with a sibling each, and the two files that say who is there. */
const MAX_ENTRIES = 2 * (limits.MAX_SPOOL_FRAMES + 2) + 2;

const END = new Uint8Array(0);

interface Waiting {
  readonly bytes: Uint8Array;
  readonly done: (error?: Error | null) => void;
}

export class SpoolStream extends Duplex implements PeerStream {
  readonly folder: string;
  readonly #side: Side;
  readonly #clock: SpoolClock;
  readonly #watch: FolderWatch;
  readonly #pulse: Pulse;
  readonly #otherAlive: string;
  readonly #accepted = Promise.withResolvers<boolean>();
  #timer: Timer | undefined;
  #nextIn = 1;
  #nextOut = 1;
  #wantsMore = false;
  #waiting: Waiting | undefined;
  #hasSaidEnd = false;
  /** Whether the other side has said that it is through, or is not there any more. */
  isOtherGone = false;

  constructor({ folder, side, clock }: SpoolStreamParts) {
    super({ allowHalfOpen: false });
    this.folder = folder;
    this.#side = side;
    this.#clock = clock;
    this.#otherAlive = NAMES[side === 'client' ? 'daemon' : 'client'].alive;
    this.#pulse = new Pulse(folder, this.#otherAlive);
    this.#watch = new FolderWatch({ folder, clock, onChange: (name) => this.#onChange(name) });
    this.#beat();
  }

  /** Resolves when the other side has taken the conversation: true; false when it never did. */
  get accepted(): Promise<boolean> {
    this.#noticeAccepted();
    return this.#accepted.promise;
  }

  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  override _read(): void {
    this.#wantsMore = true;
    this.#takeSome();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Waiting['done']): void {
    this.#waiting = { bytes: chunk, done };
    this.#sendSome();
  }

  override _writev(chunks: { readonly chunk: Buffer }[], done: Waiting['done']): void {
    this.#waiting = { bytes: Buffer.concat(chunks.map(({ chunk }) => chunk)), done };
    this.#sendSome();
  }

  override _final(done: Waiting['done']): void {
    this.#sayEnd();
    done();
  }

  override _destroy(error: Error | null, done: Waiting['done']): void {
    this.#watch.close();
    this.#timer?.cancel();
    this.#accepted.resolve(false);
    this.#sayEnd();
    // The daemon removes what it served; a client that heard the daemon's end is the only one who is left to do it.
    if (this.#side === 'client' && this.isOtherGone) rmSync(this.folder, { recursive: true, force: true });
    done(error);
  }

  #onChange(name: string | undefined): void {
    if (this.destroyed) return;
    const isAny = name === undefined;
    if (isAny || name === NAMES[this.#side].alive) this.#noticeRemoval();
    if (isAny || name === this.#otherAlive) this.#noticeAccepted();
    if (isAny || name === this.#nameIn()) this.#takeSome();
    if (isAny || name === this.#blockingName()) this.#sendSome();
  }

  /** Somebody took the conversation away: it is over, and there is nobody to tell. */
  #noticeRemoval(): void {
    if (existsSync(join(this.folder, NAMES[this.#side].alive))) return;
    this.isOtherGone = true;
    this.destroy();
  }

  #noticeAccepted(): void {
    if (lstatSync(join(this.folder, this.#otherAlive), { throwIfNoEntry: false }))
      this.#accepted.resolve(true);
  }

  #takeSome(): void {
    while (this.#wantsMore && !this.destroyed) {
      const frame = this.#take();
      if (frame === undefined) return;
      this.#nextIn += 1;
      if (frame.length === 0) {
        this.isOtherGone = true;
        this.#wantsMore = false;
        this.push(null);
      } else {
        this.#wantsMore = this.push(frame);
      }
    }
  }

  #take(): Uint8Array | undefined {
    try {
      return takeFrame(this.folder, this.#nameIn());
    } catch (error) {
      this.#wantsMore = false;
      if (this.#side === 'daemon' && isLaliaError(error)) this.#refuse(error);
      else this.#lose(error);
      return undefined;
    }
  }

  /** Says what was wrong, and takes no more. */
  #refuse(error: Parameters<typeof failure>[1]): void {
    this.end(encodeLine(failure(null, error)));
    this.destroySoon();
  }

  #sendSome(): void {
    while (this.#waiting !== undefined && !this.destroyed) {
      if (this.#isBlocked()) return;
      const { bytes, done } = this.#waiting;
      const size = Math.min(bytes.length, limits.MAX_SPOOL_FRAME_BYTES);
      try {
        writeFrame(this.folder, this.#nameOut(), bytes.subarray(0, size));
      } catch (error) {
        this.#waiting = undefined;
        this.#lose(error);
        return;
      }
      this.#nextOut += 1;
      this.#waiting = size === bytes.length ? undefined : { bytes: bytes.subarray(size), done };
      if (this.#waiting === undefined) done();
    }
  }

  #sayEnd(): void {
    if (this.#hasSaidEnd) return;
    this.#hasSaidEnd = true;
    try {
      writeFrame(this.folder, this.#nameOut(), END);
    } catch {
      // The folder is gone, or full: the other side notices that this one is not touched any more.
    }
  }

  #beat(): void {
    this.#timer = this.#clock.after(BEAT_MS, () => {
      this.#live();
      if (!this.destroyed) this.#beat();
    });
  }

  /** Once a beat: says that this side is there, looks after the other one, and for what no event told of. */
  #live(): void {
    try {
      beat(this.folder, NAMES[this.#side].alive, this.#clock);
      if (this.#pulse.isGone()) {
        this.isOtherGone = true;
        this.destroy();
        return;
      }
      if (this.#side === 'daemon') this.#checkEntries();
    } catch (error) {
      this.#lose(error);
      return;
    }
    this.#onChange(undefined);
  }

  #checkEntries(): void {
    if (readdirSync(this.folder).length <= MAX_ENTRIES) return;
    this.#refuse(
      fail('bad_frame', 'There are more files in a conversation than both sides may write.', {
        context: { max_frames: limits.MAX_SPOOL_FRAMES },
      }),
    );
  }

  /** A folder that was removed is the end that a closed socket is; everything else is told. */
  #lose(error: unknown): void {
    const code = errorCode(error);
    this.isOtherGone ||= code === 'ENOENT';
    this.destroy(code === 'ENOENT' ? undefined : (error as Error));
  }

  #isBlocked(): boolean {
    const name = this.#blockingName();
    return name !== undefined && lstatSync(join(this.folder, name), { throwIfNoEntry: false }) !== undefined;
  }

  /** The frame that has to be taken before the next one is written. */
  #blockingName(): string | undefined {
    const number = this.#nextOut - limits.MAX_SPOOL_FRAMES;
    return number < 1 ? undefined : `${NAMES[this.#side].frames}-${String(number)}`;
  }

  #nameOut(): string {
    return `${NAMES[this.#side].frames}-${String(this.#nextOut)}`;
  }

  #nameIn(): string {
    return `${NAMES[this.#side === 'client' ? 'daemon' : 'client'].frames}-${String(this.#nextIn)}`;
  }
}
