/**
 * The tree of the next commit: the last one with files put into it. Only folders that were used lately are held, so
 * memory does not grow with history; only folders that changed are written, so cost does not either.
 */
import { posix } from 'node:path';
import { GrowingTree } from './git/growing-tree.ts';
import type { Oid } from './git/object-id.ts';
import { EMPTY_TREE, FILE_MODE, FOLDER_MODE, type TreeEntry } from './git/tree.ts';
import { PathConflictError } from './journal-errors.ts';

/** About fifty full folders: only the last one of a conversation is written to. */
const CACHE_BYTES = 2 * 1024 * 1024;
const ROOT = '';

interface Folder {
  readonly tree: GrowingTree;
  isChanged: boolean;
}

export class TranscriptTree {
  readonly #read: (tree: Oid) => Buffer;
  /** Used last comes last. */
  readonly #folders = new Map<string, Folder>();
  #root: Oid | undefined;

  /** @param read gives the bytes of a tree object. */
  constructor(read: (tree: Oid) => Buffer) {
    this.#read = read;
  }

  /** Starts again from this tree; undefined is the empty one. */
  reset(root: Oid | undefined): void {
    this.#folders.clear();
    this.#root = root;
  }

  /** The file at a path. @throws PathConflictError when a file stands where a folder should be. */
  find(path: string): TreeEntry | undefined {
    const { dir, base } = posix.parse(path);
    return this.#folder(dir).tree.find(base);
  }

  /** Puts a file there, or changes it. */
  put(path: string, oid: Oid): void {
    const { dir, base } = posix.parse(path);
    this.#put(dir, { mode: FILE_MODE, name: base, oid });
  }

  /** Writes every folder that changed, the deepest first. @returns the tree of the whole. */
  write(writeTree: (tree: Buffer) => Oid): Oid {
    for (let path = this.#deepestChanged(); path !== undefined; path = this.#deepestChanged()) {
      const folder = this.#folder(path);
      const oid = writeTree(folder.tree.content());
      folder.isChanged = false;
      if (path === ROOT) this.#root = oid;
      else this.#put(parentOf(path), { mode: FOLDER_MODE, name: posix.basename(path), oid });
    }
    if (this.#root === undefined) throw new TypeError('A transcript is never empty.');
    return this.#root;
  }

  #put(path: string, entry: TreeEntry): void {
    const folder = this.#folder(path);
    folder.tree.put(entry);
    folder.isChanged = true;
  }

  #folder(path: string): Folder {
    const known = this.#folders.get(path) ?? { tree: new GrowingTree(this.#load(path)), isChanged: false };
    this.#folders.delete(path);
    this.#folders.set(path, known);
    return known;
  }

  #load(path: string): Buffer {
    if (path === ROOT) return this.#root === undefined ? EMPTY_TREE : this.#read(this.#root);
    const entry = this.#folder(parentOf(path)).tree.find(posix.basename(path));
    if (entry === undefined) return EMPTY_TREE;
    if (entry.mode !== FOLDER_MODE) throw new PathConflictError(path);
    return this.#read(entry.oid);
  }

  #deepestChanged(): string | undefined {
    let deepest: string | undefined;
    for (const [path, { isChanged }] of this.#folders) {
      if (isChanged && (deepest === undefined || depthOf(path) > depthOf(deepest))) deepest = path;
    }
    return deepest;
  }

  /** Gives memory back. Only after all trees that were written can be read again. */
  forgetOldest(): void {
    let bytes = 0;
    for (const { tree } of this.#folders.values()) bytes += tree.heldBytes;
    for (const [path, { tree }] of this.#folders) {
      if (bytes <= CACHE_BYTES) return;
      this.#folders.delete(path);
      bytes -= tree.heldBytes;
    }
  }
}

function parentOf(path: string): string {
  const parent = posix.dirname(path);
  return parent === '.' ? ROOT : parent;
}

function depthOf(path: string): number {
  return path === ROOT ? 0 : path.split('/').length;
}
