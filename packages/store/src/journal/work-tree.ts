/**
 * The files of the transcript as a person sees them. Never follows a link out of the workspace: each folder on the way
 * to a file is looked at before something is written into it.
 */
import { type BigIntStats, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import type { AtomicFs } from './atomic-fs.ts';
import { WorkspaceError } from './journal-errors.ts';
import { hasCode } from './system-errors.ts';

export class WorkTree {
  readonly root: string;
  readonly #atomic: AtomicFs;

  constructor(root: string, atomic: AtomicFs) {
    this.root = root;
    this.#atomic = atomic;
  }

  /**
   * Writes files so that they are safe when it returns; a file that has the content already is left alone.
   * @throws WorkspaceError when a folder on the way is something else.
   */
  async write(files: ReadonlyMap<string, Buffer>): Promise<void> {
    const folders = new FolderMaker(this.root);
    for (const path of files.keys()) folders.make(posix.dirname(path));
    const changed = Array.from(files, ([path, bytes]) => ({ path: join(this.root, path), bytes })).filter(
      ({ path, bytes }) => !hasContent(path, bytes),
    );
    await this.#atomic.writeAll(changed);
    await this.#atomic.syncFolders(folders.changed);
  }

  /** What the system says about a file. @returns undefined when it is not an ordinary file. */
  stat(path: string): BigIntStats | undefined {
    const stat = lstatSync(join(this.root, path), { bigint: true, throwIfNoEntry: false });
    return stat?.isFile() === true ? stat : undefined;
  }

  /** The content of an ordinary file. */
  read(path: string): Buffer | undefined {
    return this.stat(path) === undefined ? undefined : readFileSync(join(this.root, path));
  }
}

/** Makes the folders of one group of files; trusts what it has seen only that long. */
class FolderMaker {
  readonly #root: string;
  readonly #seen = new Set<string>(['.']);
  /** Folders that got a new folder inside. */
  readonly changed = new Set<string>();

  constructor(root: string) {
    this.#root = root;
  }

  make(folder: string): void {
    if (this.#seen.has(folder)) return;
    this.make(posix.dirname(folder));
    const path = join(this.#root, folder);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) this.#create(path);
    else if (!stat.isDirectory())
      throw new WorkspaceError(`${path} must be a folder; move what stands there`);
    this.#seen.add(folder);
  }

  #create(path: string): void {
    try {
      mkdirSync(path);
    } catch (error) {
      // Something appeared there meanwhile; the next attempt looks at it.
      if (hasCode(error, 'EEXIST'))
        throw new WorkspaceError(`${path} changed while it was used`, { cause: error });
      throw error;
    }
    this.changed.add(dirname(path));
  }
}

function hasContent(path: string, bytes: Buffer): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true && stat.size === bytes.length && readFileSync(path).equals(bytes);
}
