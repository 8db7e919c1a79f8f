/** The commits of a transcript: no message file may ever change or go, no agent's key, and each commit is as the journal made it. */
import type { Oid } from '../journal/git/object-id.ts';
import { diffTrees, EMPTY_TREE, FOLDER_MODE, type TreeEntry } from '../journal/git/tree.ts';
import type { CloneFacts } from './clone-facts.ts';
import { type Commit, type Fault, faultOf, faultOfFirst, parseCommit, shortOf } from './commit-form.ts';
import { conversationOf, isDocument, isRegistryFile, placeOf } from './layout.ts';
import type { ProvenObjects } from './proven-objects.ts';
import { parseAgent } from './registry.ts';
import type { ProblemKind, ProblemList } from './report.ts';
import { TakingBack } from './taking-back.ts';

/** The earliest of the commits with the same fault: a history that was rewritten is so from one commit on. */
interface Found {
  readonly fault: Fault;
  readonly path: string;
  readonly count: number;
}

export interface HistoryParts {
  readonly objects: ProvenObjects;
  readonly problems: ProblemList;
  readonly facts: CloneFacts;
  /** The paths that are committed at the end. */
  readonly files: Iterable<string>;
}

export class HistoryCheck {
  readonly #objects: ProvenObjects;
  readonly #problems: ProblemList;
  readonly #facts: CloneFacts;
  readonly #takingBack: TakingBack;
  /** Commits back from HEAD, of each that was looked at. */
  readonly #seen = new Map<Oid, number>();
  /** Read already, for what they had before a commit that was looked at. */
  readonly #ahead = new Map<Oid, Commit>();
  readonly #found = new Map<ProblemKind, Found>();
  /** The lowest number that came later, of each conversation. */
  readonly #lowest = new Map<string, number>();
  readonly #misplaced = new Map<
    string,
    { readonly path: string; readonly seq: number; readonly lowest: number }
  >();
  #looked = 0;

  constructor({ objects, problems, facts, files }: HistoryParts) {
    this.#objects = objects;
    this.#problems = problems;
    this.#facts = facts;
    this.#takingBack = new TakingBack(objects, files);
  }

  /** Walks back from a commit. @returns how many commits there are. */
  check(head: Oid, onCommit: (count: number) => void): number {
    const next = [head];
    this.#seen.set(head, 0);
    try {
      for (let oid = next.pop(); oid !== undefined; oid = next.pop()) {
        const commit = this.#ahead.get(oid) ?? this.commit(oid);
        this.#ahead.delete(oid);
        this.#look(commit);
        for (const parent of this.#facts.cutOff.has(oid) ? [] : commit.parents) {
          if (!this.#seen.has(parent)) next.push(parent);
          this.#seen.set(parent, this.#seen.get(parent) ?? this.#seen.size);
        }
        onCommit(++this.#looked);
      }
    } finally {
      this.#reportFound();
    }
    return this.#seen.size;
  }

  /** Whether a commit, which may be shortened, is in the history that was walked. */
  has(commit: string): boolean {
    return this.#seen.has(commit) || [...this.#seen.keys()].some((oid) => oid.startsWith(commit));
  }

  /**
   * The first message that commits bring which are not in the history, if their objects are still there.
   * @param end the last of them.
   */
  firstLost(end: Oid): string | undefined {
    let first: string | undefined;
    try {
      for (let oid: Oid | undefined = end; oid !== undefined && !this.#seen.has(oid); ) {
        const commit: Commit = this.commit(oid);
        first = this.#changesIn(commit).find((path) => placeOf(path) !== undefined) ?? first;
        oid = commit.parents[0];
      }
    } catch (error) {
      // Git has thrown the commits away since: what they brought cannot be told any more.
      if (!(error instanceof RangeError)) throw error;
    }
    return first;
  }

  commit(oid: Oid): Commit {
    return parseCommit(oid, this.#objects.readAs(oid, 'commit'));
  }

  #look(commit: Commit): void {
    if (this.#facts.cutOff.has(commit.oid)) return;
    const paths = this.#withinPartial(() => this.#changesIn(commit)) ?? [];
    this.#note(paths, commit);
    const fault = commit.parents.length === 0 ? faultOfFirst(commit, paths) : this.#faultOf(commit, paths);
    if (fault !== undefined) this.#find(fault, firstOf(paths));
    if (!this.#facts.replaced.has(commit.oid)) return;
    const sentence = `came with commit ${shortOf(commit.oid)}, for which git shows another one here (replaced or grafted)`;
    this.#problems.add({ kind: 'replaced_commit', path: firstOf(paths), sentence });
  }

  #faultOf(commit: Commit, paths: readonly string[]): Fault | undefined {
    return paths.length > 0 || commit.parents.length > 1 ? faultOf(commit, paths) : undefined;
  }

  #find(fault: Fault, path: string): void {
    const count = (this.#found.get(fault.kind)?.count ?? 0) + 1;
    this.#found.set(fault.kind, { fault, path, count });
  }

  #reportFound(): void {
    for (const { fault, path, count } of this.#found.values()) {
      const more =
        count === 1 ? '' : `; so did ${String(count - 1)} later ${count === 2 ? 'commit' : 'commits'}`;
      this.#problems.add({ kind: fault.kind, path, sentence: `${fault.sentence}${more}` });
    }
    for (const { path, lowest } of this.#misplaced.values()) {
      this.#problems.add({
        kind: 'wrong_order',
        path,
        sentence: `was committed before message ${String(lowest)}`,
      });
    }
  }

  /** Remembers when files came, and whether an earlier message came after one of them. */
  #note(paths: readonly string[], commit: Commit): void {
    const lowest = new Map<string, number>();
    for (const path of paths) {
      this.#problems.cameAt(path, -(this.#seen.get(commit.oid) ?? 0));
      this.#takingBack.forget(path);
      const place = placeOf(path);
      if (place === undefined) continue;
      const { conversation, seq } = place;
      lowest.set(conversation, Math.min(seq, lowest.get(conversation) ?? seq));
      const later = this.#lowest.get(conversation) ?? seq;
      if (seq > later && seq <= (this.#misplaced.get(conversation)?.seq ?? seq))
        this.#misplaced.set(conversation, { path, seq, lowest: later });
    }
    // Only now: a group brings several messages at once.
    for (const [conversation, seq] of lowest)
      this.#lowest.set(conversation, Math.min(seq, this.#lowest.get(conversation) ?? seq));
  }

  /** What a commit adds to the transcript, and the documents that it changes; reports what it must not change. */
  #changesIn(commit: Commit): string[] {
    const { oid, tree, parents } = commit;
    const before = parents.map((parent) => this.#parent(parent).tree);
    const [only] = before;
    if (only !== undefined && before.length === 1) {
      if (only === tree) return [];
      const messages = this.#takingBack.messagesIn(commit, only, (left) => {
        this.#expectThere(left);
      });
      if (messages !== undefined) return messages;
    }
    const paths: string[] = [];
    const at = { commit: oid, path: '', paths };
    for (const one of before.length === 0 ? [EMPTY_TREE] : before.map((each) => this.#objects.tree(each)))
      this.#compare(at, one, this.#objects.tree(tree));
    return paths;
  }

  #parent(oid: Oid): Commit {
    const commit = this.commit(oid);
    if (!this.#seen.has(oid)) this.#ahead.set(oid, commit);
    return commit;
  }

  /** A tree that need not be read has to be there all the same: without it git cannot show what was then. */
  #expectThere(tree: Oid): void {
    if (!this.#facts.isPartial && !this.#objects.has(tree))
      throw new RangeError(`The object ${tree} is missing.`);
  }

  #compare(at: At, before: Buffer, after: Buffer): void {
    if (before === after) return;
    for (const change of diffTrees(before, after)) {
      const inside = { ...at, path: `${at.path}${change.name}` };
      const [wasFolder, isFolder] = [isTree(change.before), isTree(change.after)];
      if (wasFolder || isFolder) {
        const [left, right] = [this.#folder(change.before), this.#folder(change.after)];
        this.#compare({ ...inside, path: `${inside.path}/` }, left, right);
      }
      this.#compareFiles(inside, wasFolder ? undefined : change.before, isFolder ? undefined : change.after);
    }
  }

  #compareFiles(at: At, before: TreeEntry | undefined, after: TreeEntry | undefined): void {
    const { path, paths, commit } = at;
    const isMessage = conversationOf(path) !== undefined;
    const where = `in commit ${shortOf(commit)}`;
    if (before === undefined) {
      if (after !== undefined && (isMessage || isRegistryFile(path) || isDocument(path))) paths.push(path);
    } else if (isMessage) {
      const sentence = after === undefined ? `was deleted ${where}` : `was changed ${where}`;
      this.#problems.add({ kind: 'changed_later', path, sentence });
    } else if (isRegistryFile(path)) {
      this.#compareAgents(at, before, after);
    } else if (isDocument(path)) {
      paths.push(path);
    }
  }

  #compareAgents({ path, paths, commit }: At, before: TreeEntry, after: TreeEntry | undefined): void {
    const keys = this.#withinPartial(() => [this.#keyIn(before), after && this.#keyIn(after)] as const);
    if (keys === undefined || keys[0] === keys[1]) paths.push(path);
    else {
      const sentence = `lost or changed its key in commit ${shortOf(commit)}`;
      this.#problems.add({ kind: 'changed_later', path, sentence });
    }
  }

  /** @returns undefined where a partial clone has not got what has to be read. */
  #withinPartial<Result>(look: () => Result): Result | undefined {
    try {
      return look();
    } catch (error) {
      if (this.#facts.isPartial && error instanceof RangeError) return undefined;
      throw error;
    }
  }

  #keyIn({ oid }: TreeEntry): string | undefined {
    return parseAgent(this.#objects.readAs(oid, 'blob'))?.publicKey;
  }

  #folder(entry: TreeEntry | undefined): Buffer {
    return entry !== undefined && isTree(entry) ? this.#objects.tree(entry.oid) : EMPTY_TREE;
  }
}

interface At {
  readonly commit: Oid;
  readonly path: string;
  /** What was found so far. */
  readonly paths: string[];
}

function isTree(entry: TreeEntry | undefined): boolean {
  return entry?.mode === FOLDER_MODE;
}

/** A message before anything else. */
function firstOf(paths: readonly string[]): string {
  return paths.find((path) => placeOf(path) !== undefined) ?? paths[0] ?? '';
}
