/** A repository's objects, each proved to be what its name says. */
import { type ObjectType, type Oid, oidOf } from '../journal/git/object-id.ts';
import { ObjectStore } from '../journal/git/object-store.ts';

/** Trees of neighbouring commits are nearly the same; each is looked at twice, as the later and as the earlier one. */
const HELD_TREES = 64;

export class ProvenObjects implements Disposable {
  readonly #objects: ObjectStore;
  readonly #trees = new Map<Oid, Buffer>();

  /** @param objects the `objects` folder of a repository. */
  constructor(objects: string) {
    this.#objects = new ObjectStore(objects);
  }

  /** @throws RangeError when the object is missing, of another type or damaged. */
  readAs(oid: Oid, type: ObjectType): Buffer {
    const content = this.#objects.readAs(oid, type);
    if (oidOf(type, content) !== oid) throw new RangeError(`The object ${oid} is damaged.`);
    return content;
  }

  /** A tree, which is held for a while. @throws RangeError as `readAs` does. */
  tree(oid: Oid): Buffer {
    const tree = this.#trees.get(oid) ?? this.readAs(oid, 'tree');
    this.holdTree(oid, tree);
    return tree;
  }

  /** Holds a tree that is known without reading it. */
  holdTree(oid: Oid, tree: Buffer): void {
    this.#trees.delete(oid);
    this.#trees.set(oid, tree);
    for (const oldest of this.#trees.keys()) {
      if (this.#trees.size <= HELD_TREES) break;
      this.#trees.delete(oldest);
    }
  }

  /** Whether an object is there, damaged or not. */
  has(oid: Oid): boolean {
    return this.#objects.has(oid);
  }

  /** @returns the paths of packs whose bytes are not those that were written. */
  damagedPacks(): string[] {
    return this.#objects.damagedPacks();
  }

  [Symbol.dispose](): void {
    this.#objects[Symbol.dispose]();
    this.#trees.clear();
  }
}
