/**
 * Turns a group of outbox entries into commits, files and index: objects, then the branch, then the files, then the index.
 * Each step may be cut off; doing the same group again puts everything right (`recover.ts` has the table).
 */
import { join } from 'node:path';
import { AtomicFs } from './atomic-fs.ts';
import { type CommitPlan, plansOf } from './commit-plan.ts';
import type { JournalEntry } from './entry.ts';
import { findGitFolder } from './git/git-folder.ts';
import { listFiles } from './git/list-files.ts';
import { type Oid, oidOf } from './git/object-id.ts';
import { type IndexChange, IndexKeeper } from './index-keeper.ts';
import { PathConflictError, WorkspaceError } from './journal-errors.ts';
import { removeLeftovers } from './recover.ts';
import { MAIN, Repository } from './repository.ts';
import { TranscriptTree } from './transcript-tree.ts';
import { WorkTree } from './work-tree.ts';
import { claimWorkspace, FIRST_SUBJECT, LALIA } from './workspace.ts';

export interface WriterOptions {
  readonly workspace: string;
  readonly owner: string | undefined;
  readonly nowMs: number;
  readonly failpoint: (name: string) => void;
}

/** An entry with the name of its content. */
interface Blob {
  readonly entry: JournalEntry;
  readonly bytes: Buffer;
  readonly oid: Oid;
}

export class Writer implements Disposable {
  readonly #options: WriterOptions;
  readonly #repository: Repository;
  readonly #tree: TranscriptTree;
  readonly #workTree: WorkTree;
  readonly #index: IndexKeeper;
  /** The commit that `#tree` stands on. */
  #commit: Oid | undefined;
  /** The next group may have been done before, in part or whole. */
  #isRedoing = true;

  private constructor(options: WriterOptions) {
    const gitDir = join(options.workspace, '.git');
    const atomic = new AtomicFs(join(gitDir, 'lalia', 'tmp'));
    this.#options = options;
    this.#repository = new Repository(gitDir, atomic);
    this.#tree = new TranscriptTree((oid) => this.#repository.read(oid, 'tree'));
    this.#workTree = new WorkTree(options.workspace, atomic);
    const listHead = () => this.#listHead();
    this.#index = new IndexKeeper({ gitDir, atomic, workTree: this.#workTree, listHead });
  }

  /**
   * Opens the workspace, making it if there is none.
   * @throws LaliaError `foreign_workspace`, or the system's error, after which it can be tried again.
   */
  static async open(options: WriterOptions): Promise<Writer> {
    await claimWorkspace(options.workspace, options.owner);
    removeLeftovers(join(options.workspace, '.git'));
    const writer = new Writer(options);
    if (writer.#standOnHead() === undefined) await writer.write([firstEntry(options.nowMs)]);
    writer.#index.restore(writer.#standOnHead() ?? '');
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

  get isIndexBehind(): boolean {
    return this.#index.isBehind;
  }

  [Symbol.dispose](): void {
    this.#repository[Symbol.dispose]();
  }

  async #write(blobs: readonly Blob[]): Promise<void> {
    const head = this.#standOnHead();
    const fresh = new Set(this.#notInHead(blobs));
    let commit = head;
    for (const plan of plansOf(blobs.filter((blob) => fresh.has(blob))))
      commit = await this.#stage(plan, commit);
    if (commit !== undefined && commit !== head) {
      await this.#repository.flush();
      this.#options.failpoint('journal.objects_written');
      await this.#repository.updateMain(commit);
      this.#options.failpoint('journal.ref_updated');
      this.#commit = commit;
      this.#tree.forgetOldest();
    }
    if (commit !== undefined) await this.#checkOut({ blobs, fresh, commit });
  }

  /** Files and index, unless a person has checked out something else: then git brings both when they return to main. */
  async #checkOut({
    blobs,
    fresh,
    commit,
  }: {
    blobs: readonly Blob[];
    fresh: Set<Blob>;
    commit: Oid;
  }): Promise<void> {
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

  #stage(plan: CommitPlan<Blob>, parent: Oid | undefined): Promise<Oid> {
    for (const { entry, bytes } of plan.items) {
      this.#tree.put(entry.path, this.#repository.stage('blob', bytes));
    }
    const tree = this.#tree.write((content) => this.#repository.stage('tree', content));
    return this.#repository.stageCommit({ ...plan, tree, parent });
  }

  /** What is left to commit. */
  #notInHead(blobs: readonly Blob[]): Blob[] {
    return blobs.filter(({ entry, oid }, position) => {
      const present = this.#tree.find(entry.path);
      if (present?.oid === oid) return false;
      if (present !== undefined && entry.mode === 'create') throw new PathConflictError(entry.path);
      // After a crash HEAD may hold a later version of the document, out of this same group.
      const isOvertaken = (later: Blob) => later.entry.path === entry.path && later.oid === present?.oid;
      return !(this.#isRedoing && blobs.slice(position + 1).some(isOvertaken));
    });
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
function firstEntry(tsMs: number): JournalEntry {
  const author = { name: LALIA, id: LALIA };
  return {
    ord: 0,
    path: '.gitattributes',
    content: '* -text\n',
    mode: 'create',
    subject: FIRST_SUBJECT,
    author,
    tsMs,
  };
}
