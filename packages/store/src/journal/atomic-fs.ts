/**
 * Writing to disk so that a reader, also one after a crash or on a disk that was full for a while, sees a whole file or none:
 * a file of its own name, sync, rename, and a sync of the folder.
 *
 * Unfinished files lie in `<gitDir>/lalia/tmp`, on the same file system as everything they become, so that neither git nor
 * a person meets one and a crash leaves all of them in one place.
 */
import { closeSync, fsync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { hasCode } from './system-errors.ts';

/** Syncs wait for the disk, not for the processor; a disk takes several together for the price of one. */
const PARALLEL_WRITES = 8;

/** The one step that waits. All others are done at once: handing each to another thread costs more than doing it. */
const syncing = promisify(fsync);

export interface FileToWrite {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export class AtomicFs {
  readonly #tmp: string;
  #counter = 0;

  /** @param tmp an existing folder of this process alone, on the file system of all files to be written. */
  constructor(tmp: string) {
    this.#tmp = tmp;
  }

  /**
   * Writes files so that all are safe when it returns. Each is whole at any time; they do not appear together.
   * @throws the system's error; some of the files may be written then.
   */
  async writeAll(files: readonly FileToWrite[]): Promise<void> {
    await inParallel(files, (file) => this.#write(file));
    await this.syncFolders(new Set(files.map(({ path }) => dirname(path))));
  }

  /** Writes unfinished files so that their content is safe when it returns. Their paths are of `draftName`. */
  async writeDrafts(files: readonly FileToWrite[]): Promise<void> {
    await inParallel(files, writeSynced);
  }

  /** Makes a draft, which is safe, the file. Safe when it returns. */
  async place(draft: string, path: string): Promise<void> {
    renameSync(draft, path);
    await syncFolder(dirname(path));
  }

  /** A path for a file that is not finished, in the folder of those. */
  draftName(): string {
    return join(this.#tmp, String(++this.#counter));
  }

  /** Makes names in these folders safe: new, renamed and removed ones. */
  async syncFolders(folders: Iterable<string>): Promise<void> {
    await inParallel([...folders], syncFolder);
  }

  /**
   * Takes the lock that git itself takes before it changes a file: `<path>.lock`.
   * @returns undefined while somebody else has it.
   */
  lock(path: string): FileLock | undefined {
    return FileLock.take(path, this.draftName());
  }

  async #write({ path, bytes }: FileToWrite): Promise<void> {
    const draft = this.draftName();
    try {
      await writeSynced({ path: draft, bytes });
      renameSync(draft, path);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
  }
}

/**
 * A lock that is also the new file. It has a second name in the folder of unfinished files; that is how a restart knows
 * a lock that its own crash left behind from one that a running git holds.
 */
export class FileLock {
  readonly #path: string;
  readonly #draft: string;
  readonly #fd: number;
  #isHeld = true;

  private constructor(path: string, draft: string, fd: number) {
    this.#path = path;
    this.#draft = draft;
    this.#fd = fd;
  }

  static take(path: string, draft: string): FileLock | undefined {
    const fd = openSync(draft, 'wx');
    try {
      linkSync(draft, lockOf(path));
      return new FileLock(path, draft, fd);
    } catch (error) {
      closeSync(fd);
      rmSync(draft, { force: true });
      if (hasCode(error, 'EEXIST')) return undefined;
      throw error;
    }
  }

  /** Makes the lock the file. @param sync whether it must be safe when this returns. */
  commit(bytes: Uint8Array, { sync }: { sync: boolean }): void {
    try {
      writeWhole(this.#fd, bytes);
      if (sync) fsyncSync(this.#fd);
      renameSync(lockOf(this.#path), this.#path);
    } catch (error) {
      this.release();
      throw error;
    }
    this.#end();
    if (sync) syncFolderNow(dirname(this.#path));
  }

  /** Gives the lock back; the file stays as it was. Does nothing after `commit`: a lock there is somebody else's. */
  release(): void {
    if (!this.#isHeld) return;
    rmSync(lockOf(this.#path), { force: true });
    this.#end();
  }

  /** Once only: the number of a closed file soon belongs to another file, maybe one of another thread. */
  #end(): void {
    this.#isHeld = false;
    closeSync(this.#fd);
    rmSync(this.#draft, { force: true });
  }
}

/** The name of git's lock for a file. */
export function lockOf(path: string): string {
  return `${path}.lock`;
}

async function writeSynced({ path, bytes }: FileToWrite): Promise<void> {
  const fd = openSync(path, 'wx');
  try {
    writeWhole(fd, bytes);
    await syncing(fd);
  } finally {
    closeSync(fd);
  }
}

function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

async function syncFolder(path: string): Promise<void> {
  const fd = openSync(path, 'r');
  try {
    await syncing(fd);
  } finally {
    closeSync(fd);
  }
}

function syncFolderNow(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Waits for all, also after one has failed, so that nothing still writes when the caller goes on. */
async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const queue = items.values();
  const lanes = Array.from({ length: Math.min(PARALLEL_WRITES, items.length) }, async () => {
    for (const item of queue) await work(item);
  });
  const failed = (await Promise.allSettled(lanes)).find((lane) => lane.status === 'rejected');
  if (failed !== undefined) throw failed.reason as Error;
}
