/**
 * The workspace's repository, for writing: the only file that imports isomorphic-git.
 *
 * The library writes an object in place, without a sync, believes any file that exists, parses and sorts a tree of a thousand
 * entries to add one, and deflates through the streams of the web, which take a new thread some 30 ms to load. So objects are
 * collected here, and `flush` writes them as `atomic-fs.ts` does, also those that are there already; for refs the library is
 * handed a file system that writes like that too. Nothing refers to an object before `flush` has returned.
 */
import { mkdirSync, promises } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PromiseFsClient } from 'isomorphic-git';
import * as git from 'isomorphic-git';
import type { AtomicFs } from './atomic-fs.ts';
import { type Head, MAIN, readHead, readRef } from './git/git-folder.ts';
import { encodeLoose, loosePath } from './git/loose-objects.ts';
import { type GitObject, type ObjectType, type Oid, oidOf } from './git/object-id.ts';
import { ObjectStore } from './git/object-store.ts';
import { PackWriter } from './git/pack-writer.ts';
import { LockedError } from './journal-errors.ts';
import { type PackFolderOptions, writePack } from './pack-folder.ts';
import { hasCode } from './system-errors.ts';

/** So many objects at once become a pack, which takes two syncs instead of two for each. */
const PACK_FROM = 100;

/** Makes the folders and the HEAD of a new repository at `gitDir`. */
export async function initRepository(gitDir: string): Promise<void> {
  await git.init({ fs: { promises }, dir: dirname(gitDir), gitdir: gitDir, defaultBranch: 'main' });
}

export class Repository implements Disposable {
  readonly gitDir: string;
  readonly packFolder: PackFolderOptions;
  readonly #atomic: AtomicFs;
  readonly #objectsFolder: string;
  readonly #staged = new Map<Oid, GitObject>();
  readonly #objects: ObjectStore;
  readonly #client: PromiseFsClient;
  /** Why the last write failed: isomorphic-git goes on to make folders then, and reports that instead. */
  #lastFailure: Error | undefined;

  constructor(gitDir: string, { atomic, failpoint }: Pick<PackFolderOptions, 'atomic' | 'failpoint'>) {
    this.gitDir = gitDir;
    this.#atomic = atomic;
    this.#objectsFolder = join(gitDir, 'objects');
    this.packFolder = { objects: this.#objectsFolder, atomic, failpoint };
    this.#objects = new ObjectStore(this.#objectsFolder);
    this.#client = { promises: this.#refsFs() };
  }

  /** What HEAD names now; a person may have moved it. */
  head(): Head {
    return readHead({ gitDir: this.gitDir, commonDir: this.gitDir });
  }

  /** The commit of `main`, also while HEAD is elsewhere. */
  main(): Oid | undefined {
    return readRef(this.gitDir, MAIN);
  }

  /** Reads an object that is on the disk. */
  read(oid: Oid, type: ObjectType): Buffer {
    return this.#objects.readAs(oid, type);
  }

  /** The tree of a commit. */
  treeOf(commit: Oid): Oid {
    return this.read(commit, 'commit').toString('latin1', 'tree '.length, 'tree '.length + 40);
  }

  /** The first parent of a commit. */
  parentOf(commit: Oid): Oid | undefined {
    return /^parent ([0-9a-f]{40})$/m.exec(this.read(commit, 'commit').toString('latin1'))?.[1];
  }

  /** Collects an object for the next `flush`. */
  stage(type: ObjectType, content: Buffer): Oid {
    const oid = oidOf(type, content);
    this.#staged.set(oid, { type, content });
    return oid;
  }

  /** Makes all that was collected safe. On an error nothing is kept: collect it again. */
  async flush(): Promise<void> {
    const staged = Array.from(this.#staged);
    this.#staged.clear();
    if (staged.length < PACK_FROM) await this.#writeLoose(staged);
    else await this.#writePack(staged);
  }

  /** Forgets what was collected. */
  discard(): void {
    this.#staged.clear();
  }

  /** Moves `main` to a commit that is safe. @throws LockedError while a git command holds the branch. */
  async updateMain(commit: Oid): Promise<void> {
    this.#lastFailure = undefined;
    try {
      await git.writeRef({ fs: this.#client, gitdir: this.gitDir, ref: MAIN, value: commit, force: true });
    } catch (error) {
      throw this.#causeOf(error);
    }
  }

  /** Gives back the memory of packs that were read. */
  [Symbol.dispose](): void {
    this.#objects[Symbol.dispose]();
  }

  async #writeLoose(objects: readonly (readonly [Oid, GitObject])[]): Promise<void> {
    const files = objects.map(([oid, { type, content }]) => ({
      path: loosePath(this.#objectsFolder, oid),
      bytes: encodeLoose(type, content),
    }));
    const folders = new Set(files.map(({ path }) => dirname(path)));
    const made = [...folders].filter(makeFolder);
    await this.#atomic.writeAll(files);
    if (made.length > 0) await this.#atomic.syncFolders([this.#objectsFolder]);
  }

  async #writePack(objects: readonly (readonly [Oid, GitObject])[]): Promise<void> {
    const writer = new PackWriter();
    for (const [oid, object] of objects) writer.add(oid, object);
    await writePack(writer, this.packFolder);
  }

  #refsFs(): PromiseFsClient['promises'] {
    return {
      ...promises,
      writeFile: (path: string, bytes: Uint8Array | string) => this.#writeFile(path, bytes),
      // A folder that is missing here means that the workspace was deleted; it must not come back half.
      mkdir: (path: string) => Promise.reject(this.#lastFailure ?? new Error(`${path} is missing.`)),
    };
  }

  #causeOf(error: unknown): unknown {
    return this.#lastFailure ?? error;
  }

  #writeFile(path: string, bytes: Uint8Array | string): Promise<void> {
    try {
      this.#replace(path, Buffer.from(bytes as Uint8Array));
      return Promise.resolve();
    } catch (error) {
      this.#lastFailure = error instanceof Error ? error : new Error(String(error));
      return Promise.reject(this.#lastFailure);
    }
  }

  #replace(path: string, content: Buffer): void {
    const lock = this.#atomic.lock(path);
    if (lock === undefined) throw new LockedError(path);
    lock.commit(content, { sync: true });
  }
}

/** @returns whether the folder is new. */
function makeFolder(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}
