/**
 * The journal as the main thread sees it: takes entries from the outbox, has the worker write them, and forgets them when
 * they are safe. It holds one group of entries at most; the backlog is in the database.
 *
 *             notify                              backlog empty
 *   idle ────────────────────► writing ─────────────────────────► idle
 *                               │   ▲
 *        failed, caught up with │   │ pause over, flush
 *                               ▼   │
 *                             waiting
 *
 * `close` ends each of them, after the group that is being written.
 */
import { fail } from '@lalia/protocol';
import { backoffMs } from './backoff.ts';
import type { BatchLimits, JournalEntry } from './entry.ts';
import { sentenceOf } from './system-errors.ts';
import { WorkerThread } from './worker-thread.ts';

/** The worker needs several times these bytes while it writes them. */
const LIMITS: BatchLimits = { maxEntries: 256, maxBytes: 1024 * 1024 };

/**
 * So long it leaves the disk to the messages once it has caught up with them: a group costs some fifteen syncs, whether it
 * has one entry or a hundred, and each holds up the syncs of the database.
 */
const REST_MS = 100;

export interface OutboxSource {
  /** Says which copy of the transcript is written to; one that is not the copy of last time needs everything. */
  begin(transcriptId: string): Promise<void>;
  /** The oldest entries, at least one if there is any. */
  next(limits: BatchLimits): JournalEntry[];
  /** Forgets entries; resolves when that is safe. */
  done(throughOrd: number): Promise<void>;
  backlog(): number;
}

export interface JournalOptions {
  readonly workspace: string;
  /** The database's id: a workspace belongs to one database. Undefined takes any workspace of Lalia's. */
  readonly owner?: string | undefined;
  /** A file that says how far the transcript is safe, for `verify`; undefined for none. */
  readonly safePoint?: string | undefined;
  readonly source: OutboxSource;
  /** Called on this thread, at `journal.before_done` and `journal.after_done`. */
  readonly failpoint: (name: string) => void;
  /** The spec of the failpoints in the worker. */
  readonly failpoints: string;
  readonly log: (event: string, fields: object) => void;
  readonly nowMs: () => number;
}

export interface JournalStatus {
  /** When the last group became safe; null since the start of this process. */
  readonly lastCommitMs: number | null;
  /** Why the backlog does not shrink, in one sentence; null while all is well. */
  readonly error: string | null;
}

export class Journal implements AsyncDisposable {
  readonly #options: JournalOptions;
  readonly #worker: WorkerThread;
  #lastCommitMs: number | null = null;
  #error: string | null = null;
  #failures = 0;
  #isDue = false;
  #isClosing = false;
  #isFlushing = false;
  /** Nothing is begun while somebody copies the repository. */
  #isHeld = false;
  /** Who holds it one after the other. */
  #holders: Promise<unknown> = Promise.resolve();
  /** The loop that empties the backlog, while it runs. */
  #writing: Promise<void> | undefined;
  /** Until it ends nothing is written. */
  #pause: NodeJS.Timeout | undefined;
  readonly #idleWaiters = new Set<() => void>();

  private constructor(options: JournalOptions) {
    this.#options = options;
    this.#worker = new WorkerThread(options);
  }

  /**
   * Opens or makes the workspace and begins to write what the outbox holds. A full or read-only disk does not fail it:
   * that is in `status()` and tried again.
   * @throws LaliaError `foreign_workspace`.
   */
  static async open(options: JournalOptions): Promise<Journal> {
    const journal = new Journal(options);
    const answer = await journal.#worker.request({ kind: 'open', nowMs: options.nowMs() });
    if (answer.kind === 'refused') {
      await journal.#worker.close();
      throw fail('foreign_workspace', answer.message, { context: { workspace: answer.workspace } });
    }
    if (answer.kind === 'opened') await options.source.begin(answer.transcriptId);
    if (answer.kind === 'failed') journal.#failed(answer.message);
    else journal.notify();
    return journal;
  }

  /** Says that the outbox may have something new. Cheap: call it after every commit of the database. */
  notify(): void {
    this.#isDue = true;
    const mayStart = !this.#isClosing && !this.#isHeld;
    if (this.#writing === undefined && this.#pause === undefined && mayStart) this.#start();
  }

  status(): JournalStatus {
    return { lastCommitMs: this.#lastCommitMs, error: this.#error };
  }

  /**
   * Writes all there is, now, also if it failed before and would wait.
   * @returns whether the backlog is empty; false when `deadlineMs` milliseconds passed first, or it failed again.
   */
  async flush(deadlineMs: number): Promise<boolean> {
    const { promise: deadline, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, deadlineMs);
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#isFlushing = true;
    this.notify();
    await Promise.race([deadline, this.#idle()]);
    this.#isFlushing = false;
    clearTimeout(timer);
    return this.#writing === undefined && this.#options.source.backlog() === 0;
  }

  /**
   * Does something while the repository stays as it is. What is accepted meanwhile waits in the outbox.
   * @returns what the work returned.
   */
  held<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#holders.then(() => this.#hold(work));
    this.#holders = result.catch(() => undefined);
    return result;
  }

  /** Ends after the group that is being written; the rest stays in the outbox. */
  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#pause);
    await this.#writing;
    await this.#worker.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #hold<T>(work: () => Promise<T>): Promise<T> {
    this.#isHeld = true;
    try {
      await this.#idle();
      await this.#worker.request({ kind: 'hold' });
      return await work();
    } finally {
      if (!this.#isClosing) await this.#worker.request({ kind: 'release' });
      this.#isHeld = false;
      this.notify();
    }
  }

  #start(): void {
    this.#writing = this.#writeAll().finally(() => {
      this.#writing = undefined;
      // A flush may have ended the pause that was just begun.
      if (this.#isDue) this.notify();
      for (const wake of this.#idleWaiters) wake();
      this.#idleWaiters.clear();
    });
  }

  /** Resolves when nothing is being written and nothing can be written now. */
  async #idle(): Promise<void> {
    while (this.#writing !== undefined) {
      await new Promise<void>((resolve) => this.#idleWaiters.add(resolve));
    }
  }

  /** Never rejects. */
  async #writeAll(): Promise<void> {
    // What called `notify` goes on first: this reads from the database.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      while (this.#isDue && !this.#isClosing && !this.#isHeld) {
        const entries = this.#options.source.next(LIMITS);
        this.#isDue = entries.length > 0;
        if (!this.#isDue) return;
        if (!(await this.#writeGroup(entries))) return;
        if (!isFull(entries) && !this.#isFlushing) {
          this.#waitFor(REST_MS);
          return;
        }
      }
    } catch (error) {
      this.#failed(sentenceOf(error));
    }
  }

  async #writeGroup(entries: readonly JournalEntry[]): Promise<boolean> {
    const answer = await this.#worker.request({ kind: 'write', entries, nowMs: this.#options.nowMs() });
    if (answer.kind === 'done') {
      await this.#done(entries.at(-1)?.ord);
      this.#succeeded();
      return true;
    }
    if (answer.kind === 'failed') await this.#done(answer.writtenThrough);
    this.#failed('message' in answer ? answer.message : 'the worker gave another answer');
    return false;
  }

  async #done(throughOrd: number | undefined): Promise<void> {
    if (throughOrd === undefined) return;
    this.#options.failpoint('journal.before_done');
    await this.#options.source.done(throughOrd);
    this.#options.failpoint('journal.after_done');
  }

  #succeeded(): void {
    if (this.#error !== null) this.#options.log('journal_recovered', { failures: this.#failures });
    this.#lastCommitMs = this.#options.nowMs();
    this.#error = null;
    this.#failures = 0;
  }

  /** Keeps everything, says why, and tries again later. */
  #failed(sentence: string): void {
    if (this.#error !== sentence) this.#options.log('journal_failed', { error: sentence });
    this.#error = sentence;
    this.#waitFor(backoffMs(this.#failures++));
  }

  #waitFor(pauseMs: number): void {
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.notify();
    }, pauseMs).unref();
  }
}

/** Whether there may be as much again: then it is a backlog, which is written without rest. */
function isFull(entries: readonly JournalEntry[]): boolean {
  const bytes = entries.reduce((sum, { content }) => sum + content.length, 0);
  return entries.length >= LIMITS.maxEntries || 2 * bytes >= LIMITS.maxBytes;
}
