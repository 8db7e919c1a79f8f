/**
 * What Lalia did to a file, kept in its home: the text from before, so that uninstalling gives it back byte for byte.
 * It may hold what the settings hold, so it is for its owner alone.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fail } from '@lalia/client';

export interface FileRecord {
  readonly path: string;
  /** What was there before; null where there was no file. */
  readonly before: string | null;
  /** The digest of what was written. */
  readonly after: string;
  /** Folders that were made for it, outermost first. */
  readonly folders: readonly string[];
}

/** How long another `lalia hooks` is waited for, and how often it is looked for. */
const LOCK_PATIENCE_MS = 10_000;
const LOCK_LOOK_MS = 25;

export class Records {
  readonly #folder: string;

  /** @param home Lalia's own. */
  constructor(home: string) {
    this.#folder = join(home, 'hooks');
  }

  /** Where the record of a file is: the backup, for who wants to see it. */
  placeOf(path: string): string {
    return join(this.#folder, `${digest(path).slice(0, 16)}.json`);
  }

  get(path: string): FileRecord | undefined {
    try {
      const record = JSON.parse(readFileSync(this.placeOf(path), 'utf8')) as FileRecord;
      return record.path === path ? record : undefined;
    } catch {
      // None, or not one of ours any more: then nothing is known of the file.
      return undefined;
    }
  }

  put(record: FileRecord): void {
    const place = this.placeOf(record.path);
    const sibling = `${place}.${randomBytes(6).toString('hex')}`;
    writeFileSync(sibling, `${JSON.stringify(record)}\n`, { mode: 0o600, flag: 'wx', flush: true });
    renameSync(sibling, place);
  }

  remove(path: string): void {
    rmSync(this.placeOf(path), { force: true });
  }

  /**
   * Does something while nobody else of this home does.
   * @throws LaliaError `file_refused` when another one does not come to an end.
   */
  async alone<T>(step: () => T): Promise<T> {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const lock = join(this.#folder, 'lock');
    const giveUpMs = Date.now() + LOCK_PATIENCE_MS;
    while (!take(lock)) {
      if (Date.now() > giveUpMs) {
        throw fail('file_refused', 'Another `lalia hooks` is at work and does not end.', {
          context: { path: lock },
          hint: `Wait for it; if there is none, remove ${lock}.`,
        });
      }
      await new Promise((resolve) => {
        setTimeout(resolve, LOCK_LOOK_MS);
      });
    }
    try {
      return step();
    } finally {
      rmSync(lock, { force: true });
    }
  }
}

/** What tells whether a text is still the same. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function take(lock: string): boolean {
  try {
    const descriptor = openSync(lock, 'wx', 0o600);
    writeSync(descriptor, String(process.pid));
    closeSync(descriptor);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (isLeftOver(lock)) rmSync(lock, { force: true });
    return false;
  }
}

/** Whether whoever took it has ended without giving it back. */
function isLeftOver(lock: string): boolean {
  try {
    const pid = Number(readFileSync(lock, 'latin1'));
    // Without a number it is being written this moment.
    if (!(pid > 0)) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
