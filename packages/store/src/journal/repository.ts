/**
 * The workspace's repository, for writing: the only file that imports isomorphic-git.
 *
 * The library writes a loose object in place, without a sync, and believes any file that exists; so it is handed a file
 * system that collects objects in memory, and `flush` writes them as `atomic-fs.ts` does, also those that are there already.
 * Nothing refers to an object before `flush` has returned. Blobs and trees are collected here directly: the library would
 * parse and sort a tree of a thousand entries, and deflate each object through a stream of its own.
 */
import { mkdirSync, promises, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CommitObject, PromiseFsClient } from 'isomorphic-git';
import * as git from 'isomorphic-git';
import type { AtomicFs } from './atomic-fs.ts';
import { type Head, MAIN, readHead, readRef } from './git/git-folder.ts';
import { encodeLoose, loosePath, parseLoose } from './git/loose-objects.ts';
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

export interface CommitInput {
  readonly tree: Oid;
  readonly parent: Oid | undefined;
  readonly message: string;
  readonly author: string;
  readonly tsMs: number;
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
    this.#client = { promises: this.#stagingFs() };
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

  /** Collects a blob or a tree for the next `flush`. */
  stage(type: 'blob' | 'tree', content: Buffer): Oid {
    const oid = oidOf(type, content);
    this.#staged.set(oid, { type, content });
    return oid;
  }

  /** Collects a commit for the next `flush`. */
  stageCommit({ tree, parent, message, author, tsMs }: CommitInput): Promise<Oid> {
    const person: CommitObject['author'] = {
      name: author,
      email: `${author}@lalia.local`,
      timestamp: Math.floor(tsMs / 1000),
      timezoneOffset: 0,
    };
    const commit = {
      tree,
      parent: parent === undefined ? [] : [parent],
      message,
      author: person,
      committer: person,
    };
    return git.writeCommit({ fs: this.#client, gitdir: this.gitDir, commit });
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

  #stagingFs(): PromiseFsClient['promises'] {
    return {
      ...promises,
      stat: (path: string) => this.#stat(path),
      writeFile: (path: string, bytes: Uint8Array | string) => this.#writeFile(path, bytes),
      // A folder that is missing here means that the workspace was deleted; it must not come back half.
      mkdir: (path: string) => Promise.reject(this.#lastFailure ?? new Error(`${path} is missing.`)),
    };
  }

  #causeOf(error: unknown): unknown {
    return this.#lastFailure ?? error;
  }

  /** No object counts as there already. */
  #stat(path: string): Promise<Stats> {
    if (!path.startsWith(this.#objectsFolder)) return promises.stat(path);
    return Promise.reject(Object.assign(new Error(`${path} is written anew.`), { code: 'ENOENT' }));
  }

  #writeFile(path: string, bytes: Uint8Array | string): Promise<void> {
    const content = Buffer.from(bytes as Uint8Array);
    if (path.startsWith(this.#objectsFolder)) {
      const oid = path.slice(this.#objectsFolder.length).replaceAll('/', '');
      this.#staged.set(oid, parseLoose(content, oid));
      return Promise.resolve();
    }
    try {
      this.#replace(path, content);
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
