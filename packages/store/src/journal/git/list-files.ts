/** Every file of a tree and of the trees below it. */
import type { Oid } from './object-id.ts';
import { FOLDER_MODE, parseTree } from './tree.ts';

export interface ListedFile {
  readonly path: string;
  /** Octal, as in the tree: `100644` for an ordinary file. */
  readonly mode: string;
  readonly oid: Oid;
}

/** @param read gives the bytes of a tree object. */
export function* listFiles(read: (tree: Oid) => Buffer, tree: Oid, prefix = ''): Generator<ListedFile> {
  for (const { mode, name, oid } of parseTree(read(tree))) {
    const path = `${prefix}${name}`;
    if (mode === FOLDER_MODE) yield* listFiles(read, oid, `${path}/`);
    else yield { path, mode, oid };
  }
}
