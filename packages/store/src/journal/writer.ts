/**
 * Turns a group of outbox entries into commits, files and index: objects, then the branch, then the files, then the index.
 * Each step may be cut off; doing the same group again puts everything right (`recover.ts` has the table).
 */
import { join } from 'node:path';
import { AtomicFs } from './atomic-fs.ts';
import { type CommitPlan, plansOf } from './commit-plan.ts';
import type { JournalEntry } from './entry.ts';
import { commitContent } from './git/commit.ts';
import { findGitFolder, MAIN } from './git/git-folder.ts';
import { listFiles } from './git/list-files.ts';
import { type Oid, oidOf } from './git/object-id.ts';
import { type IndexChange, IndexKeeper } from './index-keeper.ts';
import { PathConflictError, WorkspaceError } from './journal-errors.ts';
import { MAX_PACKS, mergeSmallPacks } from './pack-merging.ts';
import { isPackingDue, packLooseObjects } from './packing.ts';
import { removeLeftovers } from './recover.ts';
import { Repository } from './repository.ts';
import { SafePointKeeper } from './safe-point.ts';
import { firstSubject, LALIA } from './subjects.ts';
import { TranscriptTree } from './transcript-tree.ts';
import { WorkTree } from './work-tree.ts';
import { claimWorkspace } from './workspace.ts';

/** A merge that failed may fail again: a full disk, a damaged pack. */
const MOST_PACKS_AFTER_FAILURES = 1024;

export interface WriterOptions {
  readonly workspace: string;
  readonly owner: string | undefined;
  /** Where to note how far `main` is safe; undefined for nowhere. */
  readonly safePoint?: string | undefined;
  readonly nowMs: number;
  readonly failpoint: (name: string) => void;
}

/** An entry with the name of its content. */
interface Blob {
  readonly entry: JournalEntry;
  readonly bytes: Buffer;
  readonly oid: Oid;
}

/** Entries that can be written, and which of them HEAD does not have. */
interface Group {
  readonly blobs: readonly Blob[];
  readonly fresh: ReadonlySet<Blob>;
  readonly head: Oid | undefined;
}

export class Writer implements Disposable {
  /** Which copy of the transcript this is. */
  readonly transcriptId: string;
  readonly #options: WriterOptions;
  readonly #repository: Repository;
  readonly #tree: TranscriptTree;
  readonly #workTree: WorkTree;
  readonly #index: IndexKeeper;
  readonly #safePoint: SafePointKeeper | undefined;
  /** The commit that `#tree` stands on. */
  #commit: Oid | undefined;
  /** The next group may have been done before, in part or whole. */
  #isRedoing = true;
  /** Packs that are not too many. */
  #mostPacks = MAX_PACKS;

  private constructor(options: WriterOptions, transcriptId: string) {
    const gitDir = join(options.workspace, '.git');
    const atomic = new AtomicFs(join(gitDir, 'lalia', 'tmp'));
    this.#options = options;
    this.transcriptId = transcriptId;
    this.#repository = new Repository(gitDir, { atomic, failpoint: options.failpoint });
    this.#tree = new TranscriptTree((oid) => this.#repository.read(oid, 'tree'));
    this.#workTree = new WorkTree(options.workspace, atomic);
    const listHead = () => this.#listHead();
    this.#index = new IndexKeeper({ gitDir, atomic, workTree: this.#workTree, listHead });
    const parentOf = (commit: Oid) => this.#repository.parentOf(commit);
    this.#safePoint = options.safePoint
      ? new SafePointKeeper({ path: options.safePoint, transcriptId, parentOf })
      : undefined;
  }

  /**
   * Opens the workspace, making it if there is none.
   * @throws LaliaError `foreign_workspace`, or the system's error, after which it can be tried again.
   */
  static async open(options: WriterOptions): Promise<Writer> {
    const transcriptId = await claimWorkspace(options.workspace, options.owner);
    removeLeftovers(join(options.workspace, '.git'));
    const writer = new Writer(options, transcriptId);
    const first = firstEntry(options);
    if (writer.#isUnwritten(first)) await writer.write([first]);
    const head = writer.#standOnHead();
    if (head !== undefined) writer.#safePoint?.advance(head, undefined);
    writer.#index.restore(head ?? '');
    await writer.catchUpIndex();
    return writer;
  }

  /**
   * Writes a group of entries.
   * @returns after everything that a crash must not take back is safe.
   * @throws PathConflictError, LockedError, WorkspaceError or the system's error: nothing is lost, call again with the same entries.
   */
  async write(entries: readonly JournalEntry[]): Promise<void> {
    try {
      await this.#write(entries.map(blobOf));
      this.#isRedoing = false;
    } catch (error) {
      this.#forget();
      throw error;
    } finally {
      this.#repository[Symbol.dispose]();
    }
  }

  /** Writes the index if a git command had its lock the last time. @returns whether it is true now. */
  async catchUpIndex(): Promise<boolean> {
    const { ref, commit } = this.#repository.head();
    if (!this.#index.isBehind || ref !== MAIN || commit === undefined) return true;
    return this.#index.update([], commit);
  }

  /** Packs loose objects, and makes small packs into one, if there are enough. @returns whether there may be more to do. */
  async pack(): Promise<boolean> {
    const { commit } = this.#repository.head();
    const { packFolder } = this.#repository;
    if (commit === undefined) return false;
    if (isPackingDue(packFolder.objects) && (await packLooseObjects(commit, packFolder)) > 0) return true;
    return this.mergePacks();
  }

  /**
   * Makes small packs into one, if there are many. Should be called after each group: a backlog leaves a pack for each.
   * @returns whether it did. Never rejects: after a failure it waits until there are twice as many.
   */
  async mergePacks(): Promise<boolean> {
    try {
      const merged = await mergeSmallPacks(this.#repository.packFolder, this.#mostPacks);
      if (merged > 0) this.#mostPacks = MAX_PACKS;
      return merged > 0;
    } catch {
      this.#mostPacks = Math.min(2 * this.#mostPacks, MOST_PACKS_AFTER_FAILURES);
      return false;
    }
  }

  get isIndexBehind(): boolean {
    return this.#index.isBehind;
  }

  [Symbol.dispose](): void {
    this.#repository[Symbol.dispose]();
  }

  async #write(blobs: readonly Blob[]): Promise<void> {
    const head = this.#standOnHead();
    const { fresh, conflict } = this.#notInHead(blobs);
    await this.#commitAndCheckOut({ blobs: blobs.slice(0, conflict), fresh, head });
    const taken = blobs[conflict];
    if (taken !== undefined) throw new PathConflictError(taken.entry.path, blobs[conflict - 1]?.entry.ord);
  }

  async #commitAndCheckOut({ blobs, fresh, head }: Group): Promise<void> {
    let commit = head;
    for (const plan of plansOf(blobs.filter((blob) => fresh.has(blob)))) commit = this.#stage(plan, commit);
    if (commit !== undefined && commit !== head) {
      await this.#repository.flush();
      this.#options.failpoint('journal.objects_written');
      await this.#repository.updateMain(commit);
      this.#options.failpoint('journal.ref_updated');
      this.#commit = commit;
      this.#tree.forgetOldest();
    }
    if (commit === undefined) return;
    this.#safePoint?.advance(commit, commit === head ? undefined : head);
    await this.#checkOut({ blobs, fresh, head }, commit);
  }

  /** Files and index, unless a person has checked out something else: then git brings both when they return to main. */
  async #checkOut({ blobs, fresh }: Group, commit: Oid): Promise<void> {
    if (this.#repository.head().ref !== MAIN) return;
    const last = new Map(blobs.map((blob) => [blob.entry.path, blob]));
    await this.#workTree.write(new Map(Array.from(last, ([path, { bytes }]) => [path, bytes])));
    this.#options.failpoint('journal.worktree_written');
    const changes = Array.from(
      last,
      ([path, blob]): IndexChange => ({ path, oid: blob.oid, isKnown: !fresh.has(blob) }),
    );
    await this.#index.update(changes, commit);
    this.#options.failpoint('journal.index_written');
  }

  #stage(plan: CommitPlan<Blob>, parent: Oid | undefined): Oid {
    for (const { entry, bytes } of plan.items) {
      this.#tree.put(entry.path, this.#repository.stage('blob', bytes));
    }
    const tree = this.#tree.write((content) => this.#repository.stage('tree', content));
    return this.#repository.stage('commit', commitContent({ ...plan, tree, parent }));
  }

  /** What is left to commit. Stops before the first entry whose path is taken. */
  #notInHead(blobs: readonly Blob[]): { readonly fresh: Set<Blob>; readonly conflict: number } {
    const fresh = new Set<Blob>();
    const taken = new Map<string, Oid>();
    for (const [position, blob] of blobs.entries()) {
      const { path, mode } = blob.entry;
      const present = taken.get(path) ?? this.#tree.find(path)?.oid;
      if (present === blob.oid) continue;
      if (present !== undefined && mode === 'create') return { fresh, conflict: position };
      // After a crash HEAD may hold a later version of the document, out of this same group.
      const isOvertaken = (later: Blob): boolean => later.entry.path === path && later.oid === present;
      if (this.#isRedoing && blobs.slice(position + 1).some(isOvertaken)) continue;
      fresh.add(blob);
      taken.set(path, blob.oid);
    }
    return { fresh, conflict: blobs.length };
  }

  /** The first entry is in no outbox: a crash may have left it without a commit, or without its file. */
  #isUnwritten(first: JournalEntry): boolean {
    if (this.#standOnHead() === undefined) return true;
    const isCommitted = this.#tree.find(first.path)?.oid === blobOf(first).oid;
    return isCommitted && this.#workTree.stat(first.path) === undefined;
  }

  /** Takes up main where it is now: a person may have committed to it. */
  #standOnHead(): Oid | undefined {
    if (findGitFolder(this.#options.workspace) === undefined) {
      throw new WorkspaceError(
        `the workspace ${this.#options.workspace} is gone; put it back, or restart Lalia to begin a new one`,
      );
    }
    const main = this.#repository.main();
    if (main !== this.#commit || main === undefined) {
      this.#tree.reset(main === undefined ? undefined : this.#repository.treeOf(main));
      this.#commit = main;
    }
    return main;
  }

  #forget(): void {
    this.#repository.discard();
    this.#commit = undefined;
    this.#tree.reset(undefined);
    this.#isRedoing = true;
  }

  *#listHead(): ReturnType<typeof listFiles> {
    const { commit } = this.#repository.head();
    if (commit !== undefined)
      yield* listFiles((oid) => this.#repository.read(oid, 'tree'), this.#repository.treeOf(commit));
  }
}

function blobOf(entry: JournalEntry): Blob {
  const bytes = Buffer.from(entry.content);
  return { entry, bytes, oid: oidOf('blob', bytes) };
}

/** Keeps git from changing line endings anywhere: signatures are over bytes. */
function firstEntry({ owner, nowMs }: WriterOptions): JournalEntry {
  const author = { name: LALIA, id: LALIA };
  return {
    ord: 0,
    path: '.gitattributes',
    content: '* -text\n',
    mode: 'create',
    subject: firstSubject(owner),
    author,
    tsMs: nowMs,
  };
}
