/**
 * A tree object that is added to. New messages have the highest number of their folder, so their entries come last: one
 * of those costs what it is long itself, not what the folder is.
 */
import { encodeEntry, findEntry, lastEntryAt, sortsAfter, type TreeEntry, withEntry } from './tree.ts';

/** Room for about fifty entries of messages. */
const ROOM_BYTES = 4 * 1024;

export class GrowingTree {
  /** The tree is its beginning; what follows is room. */
  #buffer: Buffer;
  #length: number;
  /** Where the last entry begins; undefined while nobody has looked, or there is none. */
  #lastAt: number | undefined;

  /** @param tree stays as it is. */
  constructor(tree: Buffer) {
    this.#buffer = tree;
    this.#length = tree.length;
  }

  /** Memory that it holds. */
  get heldBytes(): number {
    return this.#buffer.length;
  }

  /** The tree as it is now, in bytes of its own. */
  content(): Buffer {
    return Buffer.from(this.#tree);
  }

  /** The entry with this name, whatever it is. */
  find(name: string): TreeEntry | undefined {
    return this.#isBehindAll(name) ? undefined : findEntry(this.#tree, name);
  }

  /** Adds an entry, or changes it if the name is there already. */
  put(entry: TreeEntry): void {
    if (this.#isBehindAll(entry.name)) {
      this.#append(encodeEntry(entry));
      return;
    }
    this.#buffer = withEntry(this.#tree, entry);
    this.#length = this.#buffer.length;
    this.#lastAt = undefined;
  }

  get #tree(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #isBehindAll(name: string): boolean {
    if (this.#length === 0) return true;
    this.#lastAt ??= lastEntryAt(this.#tree);
    return sortsAfter(name, this.#tree, this.#lastAt);
  }

  #append(bytes: Buffer): void {
    const length = this.#length + bytes.length;
    // Never into bytes that were given: they end where the tree ends.
    if (length > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(length + Math.max(ROOM_BYTES, length >> 3));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#length);
    this.#lastAt = this.#length;
    this.#length = length;
  }
}
