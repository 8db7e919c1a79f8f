/**
 * Git's index, kept true without writing all of it for every message: a split index (gitformat-index, "Split index").
 * Message files, which never change, move in groups into a shared file; `index` itself holds the newest ones and all
 * documents, so nothing in the shared file is ever replaced or deleted by us.
 *
 * The cost of a message is that of writing `index`: at most `foldAt` entries, which grows with the square root of the history.
 *
 * The index can be made again from HEAD at any time, so it is not synced. `.git/lalia/index` says which commit it was
 * true for; where that does not fit after a restart, and where somebody else has written the index, it is read in full.
 */
import { lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AtomicFs } from './atomic-fs.ts';
import { readText } from './git/git-folder.ts';
import {
  encodeIndex,
  type IndexEntry,
  indexEntry,
  indexKey,
  mergeShared,
  oidOfEntry,
  parseIndex,
} from './git/index-file.ts';
import type { ListedFile } from './git/list-files.ts';
import { type Oid, oidOf } from './git/object-id.ts';
import { checkShared, extendShared, type SharedIndex } from './git/shared-index.ts';
import { isMissing } from './system-errors.ts';
import type { WorkTree } from './work-tree.ts';

/** A message file: its number and its sender. Only these are never changed. */
const MESSAGE_FILE = /\/\d{6,}-[^/]+\.md$/;
const MIN_FOLD = 512;
/** Changes held while a git command has the lock; beyond it the index is made from HEAD afterwards. */
const MAX_PENDING = 4096;

export interface IndexChange {
  readonly path: string;
  readonly oid: Oid;
  /** It was in HEAD before this group, so it may be in the shared file. */
  readonly isKnown: boolean;
}

export interface IndexKeeperOptions {
  readonly gitDir: string;
  readonly atomic: AtomicFs;
  readonly workTree: WorkTree;
  /** Every file of HEAD. */
  readonly listHead: () => Iterable<ListedFile>;
}

/** What the index holds, beside its shared file. */
interface State {
  readonly own: Map<string, IndexEntry>;
  readonly base: SharedIndex | undefined;
}

export class IndexKeeper {
  readonly #options: IndexKeeperOptions;
  readonly #path: string;
  readonly #marker: string;
  readonly #pending = new Map<string, IndexEntry>();
  #state: State | undefined;
  /** Which file on the disk `#state` describes. */
  #identity: string | undefined;
  #mustRebuild = false;

  constructor(options: IndexKeeperOptions) {
    this.#options = options;
    this.#path = join(options.gitDir, 'index');
    this.#marker = join(options.gitDir, 'lalia', 'index');
  }

  /** Whether something waits for a git command to give back the lock. */
  get isBehind(): boolean {
    return this.#pending.size > 0 || this.#mustRebuild;
  }

  /** Picks up the index that the last run left, or finds that it must be made again. */
  restore(head: Oid): void {
    const split = this.#read(this.#path);
    const wanted = split === undefined ? undefined : `${head} ${split.checksum}`;
    this.#mustRebuild = wanted === undefined || readText(this.#marker)?.trim() !== wanted;
    if (this.#mustRebuild || split === undefined) return;
    const base = split.link && checkShared(this.#sharedPath(split.link.base));
    if (split.link !== undefined && base === undefined) this.#mustRebuild = true;
    // Somebody else's changes of the shared file are kept only by reading everything.
    else if (
      split.link === undefined ||
      (split.link.deleted.length === 0 && split.link.replaced.length === 0)
    ) {
      this.#state = {
        own: new Map(split.entries.map((entry) => [entry.key, detached(entry)])),
        base,
      };
      this.#identity = this.#identityNow();
    }
  }

  /**
   * Notes what changed in HEAD and the work tree, and writes the index.
   * @returns false when a git command has the lock: call again later, with no changes.
   */
  async update(changes: readonly IndexChange[], head: Oid): Promise<boolean> {
    for (const { path, oid, isKnown } of changes) {
      this.#pending.set(indexKey(path), indexEntry({ path, oid, stat: this.#options.workTree.stat(path) }));
      if (isKnown) this.#identity = undefined;
    }
    if (this.#pending.size > MAX_PENDING) {
      this.#pending.clear();
      this.#mustRebuild = true;
    }
    const lock = this.#options.atomic.lock(this.#path);
    if (lock === undefined) return false;
    try {
      const { own, base } = await this.#folded(this.#withPending());
      const { bytes, checksum } = encodeIndex(own.values(), base?.checksum);
      lock.commit(bytes, { sync: false });
      this.#state = { own, base };
      this.#identity = this.#identityNow();
      this.#pending.clear();
      this.#mustRebuild = false;
      writeFileSync(this.#marker, `${head} ${checksum}\n`);
      return true;
    } catch (error) {
      lock.release();
      this.#identity = undefined;
      throw error;
    }
  }

  #withPending(): State {
    const state = this.#mustRebuild ? this.#rebuilt() : this.#current();
    const own = new Map(state.own);
    for (const [key, entry] of this.#pending) own.set(key, entry);
    return { own, base: state.base };
  }

  /** The state in memory while it describes the file on the disk; else that file, read in full. */
  #current(): State {
    if (this.#state !== undefined && this.#identity !== undefined && this.#identity === this.#identityNow())
      return this.#state;
    const entries = this.#readWhole();
    return entries === undefined ? this.#rebuilt() : { own: entries, base: undefined };
  }

  /** The index that HEAD calls for; what it has beyond HEAD was put there by a person and stays. */
  #rebuilt(): State {
    const own = this.#readWhole() ?? new Map<string, IndexEntry>();
    for (const { path, mode, oid } of this.#options.listHead()) {
      const key = indexKey(path);
      const present = own.get(key);
      if (present === undefined || oidOfEntry(present) !== oid)
        own.set(key, this.#entryFor({ path, mode, oid }));
    }
    return { own, base: undefined };
  }

  /** With stat data only if the file has the content, because git believes stat data. */
  #entryFor({ path, mode, oid }: ListedFile): IndexEntry {
    const stat = this.#options.workTree.stat(path);
    const content = this.#options.workTree.read(path);
    const isSame = content !== undefined && oidOf('blob', content) === oid;
    return indexEntry({ path, oid, stat: isSame ? stat : undefined, mode: Number.parseInt(mode, 8) });
  }

  /** Moves message files into the shared file when `index` has become too long. */
  async #folded({ own, base }: State): Promise<State> {
    const movable = Array.from(own).filter(
      ([, entry]) => MESSAGE_FILE.test(entry.key.slice(0, -2)) && entry.key.endsWith('0'),
    );
    if (movable.length <= foldAt(base?.count ?? 0)) return { own, base };
    const draft = this.#options.atomic.draftName();
    const folded = extendShared({
      base: base && this.#sharedPath(base.checksum),
      entries: movable.map(([, entry]) => entry),
      draft,
    });
    // The shared file is gone or damaged.
    if (folded === undefined) {
      rmSync(draft, { force: true });
      return this.#folded(this.#rebuilt());
    }
    await this.#options.atomic.place(draft, this.#sharedPath(folded.checksum));
    this.#removeShared([folded.checksum, base?.checksum]);
    const left = new Map(Array.from(own, ([key, entry]) => [key, detached(entry)]));
    for (const [key] of movable) left.delete(key);
    return { own: left, base: folded };
  }

  /** The one before stays: a git command may have begun to read the index that names it. */
  #removeShared(keep: readonly (Oid | undefined)[]): void {
    const inUse = this.#read(this.#path)?.link?.base;
    for (const name of readdirSync(this.#options.gitDir)) {
      const checksum = /^sharedindex\.([0-9a-f]{40})$/.exec(name)?.[1];
      if (checksum !== undefined && checksum !== inUse && !keep.includes(checksum))
        rmSync(this.#sharedPath(checksum), { force: true });
    }
  }

  #readWhole(): Map<string, IndexEntry> | undefined {
    const split = this.#read(this.#path);
    if (split === undefined) return undefined;
    const shared = split.link === undefined ? [] : this.#read(this.#sharedPath(split.link.base))?.entries;
    if (shared === undefined) return undefined;
    return new Map(mergeShared(shared, split).map((entry) => [entry.key, entry]));
  }

  #read(path: string): ReturnType<typeof parseIndex> {
    try {
      return parseIndex(readFileSync(path));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  #sharedPath(checksum: Oid): string {
    return join(this.#options.gitDir, `sharedindex.${checksum}`);
  }

  #identityNow(): string | undefined {
    const stat = lstatSync(this.#path, { bigint: true, throwIfNoEntry: false });
    return stat && [stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(':');
  }
}

/** Balances what every message writes (`index`) against what a fold writes (everything), divided by the messages between folds. */
function foldAt(sharedCount: number): number {
  return Math.max(MIN_FOLD, Math.floor(4 * Math.sqrt(sharedCount)));
}

/** A copy, so that the entry does not keep the whole file it was read from in memory. */
function detached({ key, bytes }: IndexEntry): IndexEntry {
  return { key, bytes: Buffer.from(bytes) };
}
