/**
 * What a commit brought, without reading the trees before it. The message of a journal's commit says which messages it adds: they
 * are taken out of its trees again, and if what is left has the name of the tree before, nothing else was changed. A tree's name is
 * the hash of its content, so this proves as much as a comparison does; and the trees of a long conversation, stored again
 * for every message, are nearly all there is to read.
 */
import { type Oid, oidOf } from '../journal/git/object-id.ts';
import { EMPTY_TREE, FILE_MODE, FOLDER_MODE } from '../journal/git/tree.ts';
import { oidAt, placeOfEntry, withOid, withoutEntry } from '../journal/git/tree-removal.ts';
import { type Commit, messagesSaidBy, type SaidMessage } from './commit-form.ts';
import { placeOf } from './layout.ts';
import type { ProvenObjects } from './proven-objects.ts';

/** What is left of a tree. */
interface Remainder {
  readonly oid: Oid;
  readonly tree: Buffer;
}

export class TakingBack {
  readonly #objects: ProvenObjects;
  /** The messages that are still in the trees, by sender and number. */
  readonly #paths = new Map<string, Set<string>>();

  /** @param paths the files at the end of the history. */
  constructor(objects: ProvenObjects, paths: Iterable<string>) {
    this.#objects = objects;
    for (const path of paths) {
      const place = placeOf(path);
      if (place === undefined) continue;
      const alike = this.#paths.get(keyOf(place));
      if (alike === undefined) this.#paths.set(keyOf(place), new Set([path]));
      else alike.add(path);
    }
  }

  /**
   * The messages that a commit added, if it did nothing else.
   * @param before the tree of its only parent.
   * @param onTree called with each tree of the parent that the commit does not share; none of them was read.
   * @returns undefined when that cannot be told: then the trees have to be compared.
   */
  messagesIn({ tree, message }: Commit, before: Oid, onTree: (oid: Oid) => void): string[] | undefined {
    const paths = messagesSaidBy(message).map((said) => this.#pathOf(said));
    if (paths.length === 0 || !paths.every((path) => path !== undefined)) return undefined;
    const files = paths.map((path) => path.split('/'));
    const made: Remainder[] = [];
    if (this.#without(tree, files, made)?.oid !== before) return undefined;
    for (const { oid, tree: content } of made) {
      this.#objects.holdTree(oid, content);
      onTree(oid);
    }
    return paths;
  }

  /** A file was brought by a commit that was looked at; no earlier one brings it. */
  forget(path: string): void {
    const place = placeOf(path);
    if (place !== undefined) this.#paths.get(keyOf(place))?.delete(path);
  }

  #pathOf(said: SaidMessage): string | undefined {
    const alike = [...(this.#paths.get(keyOf(said)) ?? [])];
    // The name of an agent may have changed since its folder was made, so it decides only where it has to.
    const fitting = alike.length > 1 ? alike.filter((path) => isTo(path, said.to)) : alike;
    return fitting.length === 1 ? fitting[0] : undefined;
  }

  /** @param made gets what is left of this tree and of those in it; a folder that is left empty is none. */
  #without(oid: Oid, files: readonly (readonly string[])[], made: Remainder[]): Remainder | undefined {
    let tree = this.#objects.tree(oid);
    for (const [name, inside] of Map.groupBy(files, ([first = '']) => first)) {
      const isFile = inside.some((segments) => segments.length === 1);
      const place = placeOfEntry(tree, { mode: isFile ? FILE_MODE : FOLDER_MODE, name });
      if (place === undefined) return undefined;
      if (isFile) {
        tree = withoutEntry(tree, place);
        continue;
      }
      const below = inside.map((segments) => segments.slice(1));
      const left = this.#without(oidAt(tree, place), below, made);
      if (left === undefined) return undefined;
      tree = left.tree.length === 0 ? withoutEntry(tree, place) : withOid(tree, place, left.oid);
    }
    const left = { oid: oidOf('tree', tree), tree };
    if (tree.length > EMPTY_TREE.length) made.push(left);
    return left;
  }
}

function keyOf({ from, seq }: Pick<SaidMessage, 'from' | 'seq'>): string {
  return `${from} ${String(seq)}`;
}

/** Whether a message's folder bears a name, of a room or of one of two agents. */
function isTo(path: string, to: string): boolean {
  const [, folder = ''] = path.split('/');
  return folder.replace(/~\d+$/, '').split('--').includes(to);
}
