/** The commits of a transcript: no message file may ever change or go, and no agent's key. */
import { join } from 'node:path';
import { readText } from '../journal/git/git-folder.ts';
import type { Oid } from '../journal/git/object-id.ts';
import type { ObjectStore } from '../journal/git/object-store.ts';
import { diffTrees, EMPTY_TREE, FOLDER_MODE, type TreeEntry } from '../journal/git/tree.ts';
import { conversationOf, isRegistryFile } from './layout.ts';
import { parseAgent } from './registry.ts';
import type { ProblemList } from './report.ts';

/** Trees of neighbouring commits are nearly the same; each is looked at twice, as the later and as the earlier one. */
const CACHED_TREES = 64;
const SHORT = 10;

/** The commits at which a shallow clone was cut off. */
export function shallowCommits(commonDir: string): Set<Oid> {
  return new Set(
    readText(join(commonDir, 'shallow'))
      ?.split('\n')
      .filter((line) => line !== ''),
  );
}

export class HistoryCheck {
  readonly #objects: ObjectStore;
  readonly #problems: ProblemList;
  readonly #trees = new Map<Oid, Buffer>();

  constructor(objects: ObjectStore, problems: ProblemList) {
    this.#objects = objects;
    this.#problems = problems;
  }

  /** Walks back from a commit. @returns how many commits there are. */
  check(head: Oid, cutOff: ReadonlySet<Oid>, onCommit: (count: number) => void): number {
    const seen = new Set([head]);
    const next = [head];
    for (let commit = next.pop(); commit !== undefined; commit = next.pop()) {
      const { tree, parents } = this.#commit(commit);
      for (const parent of cutOff.has(commit) ? [] : parents) {
        this.#compare({ commit, path: '' }, this.#tree(this.#commit(parent).tree), this.#tree(tree));
        if (!seen.has(parent)) next.push(parent);
        seen.add(parent);
      }
      onCommit(seen.size - next.length);
    }
    return seen.size;
  }

  #commit(oid: Oid): { readonly tree: Oid; readonly parents: readonly Oid[] } {
    const text = this.#objects.readAs(oid, 'commit').toString('latin1');
    const header = text.slice(0, text.indexOf('\n\n'));
    const parents = Array.from(header.matchAll(/^parent ([0-9a-f]{40})$/gm), ([, parent = '']) => parent);
    return { tree: header.slice('tree '.length, 'tree '.length + 40), parents };
  }

  #compare(at: { readonly commit: Oid; readonly path: string }, before: Buffer, after: Buffer): void {
    if (before === after) return;
    for (const change of diffTrees(before, after)) {
      const path = `${at.path}${change.name}`;
      if (change.before === undefined) continue;
      const wasFolder = change.before.mode === FOLDER_MODE;
      if (wasFolder) this.#compareFolders({ ...at, path: `${path}/` }, change.before, change.after);
      else this.#compareFiles({ ...at, path }, change.before, change.after);
    }
  }

  #compareFolders(
    at: { readonly commit: Oid; readonly path: string },
    before: TreeEntry,
    after: TreeEntry | undefined,
  ): void {
    const isFolder = after?.mode === FOLDER_MODE;
    this.#compare(at, this.#tree(before.oid), isFolder ? this.#tree(after.oid) : EMPTY_TREE);
  }

  #compareFiles(
    at: { readonly commit: Oid; readonly path: string },
    before: TreeEntry,
    after: TreeEntry | undefined,
  ): void {
    const { commit, path } = at;
    const conversation = conversationOf(path);
    const where = `in commit ${commit.slice(0, SHORT)}`;
    if (conversation !== undefined) {
      const sentence = after === undefined ? `was deleted ${where}` : `was changed ${where}`;
      this.#problems.add({ kind: 'changed_later', path, conversation, sentence });
    } else if (isRegistryFile(path) && this.#keyIn(before) !== (after && this.#keyIn(after))) {
      this.#problems.add({ kind: 'changed_later', path, sentence: `lost or changed its key ${where}` });
    }
  }

  #keyIn({ oid }: TreeEntry): string | undefined {
    return parseAgent(this.#objects.readAs(oid, 'blob'))?.publicKey;
  }

  #tree(oid: Oid): Buffer {
    const tree = this.#trees.get(oid) ?? this.#objects.readAs(oid, 'tree');
    this.#trees.delete(oid);
    this.#trees.set(oid, tree);
    for (const oldest of this.#trees.keys()) {
      if (this.#trees.size <= CACHED_TREES) break;
      this.#trees.delete(oldest);
    }
    return tree;
  }
}
