/** The packs of a repository, for writing: each is safe before anything refers to it, or before what it replaces is removed. */
import { existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AtomicFs } from './atomic-fs.ts';
import { DecodedObjects } from './git/decoded-objects.ts';
import { type GitObject, type Oid, oidOf } from './git/object-id.ts';
import { PackFile } from './git/pack-file.ts';
import type { Drafts } from './git/pack-merge.ts';
import type { PackWriter } from './git/pack-writer.ts';

export interface PackFolderOptions {
  readonly objects: string;
  readonly atomic: AtomicFs;
  readonly failpoint: (name: string) => void;
}

/** Writes a pack. @returns its path without the extension. */
export async function writePack(writer: PackWriter, options: PackFolderOptions): Promise<string> {
  const { name, pack, index } = writer.finish();
  const drafts = draftsOf(options.atomic);
  try {
    await options.atomic.writeDrafts([
      { path: drafts.pack, bytes: pack },
      { path: drafts.index, bytes: index },
    ]);
    return await placePack(drafts, name, options);
  } finally {
    removeDrafts(drafts);
  }
}

/** Names for a pack that is not finished. */
export function draftsOf(atomic: AtomicFs): Drafts {
  return { pack: atomic.draftName(), index: atomic.draftName() };
}

export function removeDrafts({ pack, index }: Drafts): void {
  rmSync(pack, { force: true });
  rmSync(index, { force: true });
}

/**
 * Puts a pack that is safe in its place. A pack without an index is nothing to git; an index without a pack is damage. Until
 * it has its index the pack keeps its draft as a second name, so that a restart knows it from one that git is just making.
 * @returns its path without the extension.
 */
export async function placePack(drafts: Drafts, name: Oid, options: PackFolderOptions): Promise<string> {
  const stem = join(options.objects, 'pack', `pack-${name}`);
  const folder = [dirname(stem)];
  // The name says what is in it; this may be the second attempt.
  if (!existsSync(`${stem}.pack`)) linkSync(drafts.pack, `${stem}.pack`);
  await options.atomic.syncFolders(folder);
  options.failpoint('journal.pack_placed');
  renameSync(drafts.index, `${stem}.idx`);
  await options.atomic.syncFolders(folder);
  return stem;
}

/** Removes a pack whose objects are all elsewhere; a crash in between leaves what `placePack` may leave. */
export function removePack(stem: string, { atomic, failpoint }: PackFolderOptions): void {
  const draft = atomic.draftName();
  linkSync(`${stem}.pack`, draft);
  rmSync(`${stem}.idx`, { force: true });
  failpoint('journal.pack_unindexed');
  rmSync(`${stem}.pack`, { force: true });
  rmSync(draft);
}

/** Reads a pack in full. @throws RangeError when an object in it is not what it should be. */
export function readBack(stem: string, oids: Iterable<Oid>): void {
  using pack = new PackFile(stem, new DecodedObjects());
  for (const oid of oids) {
    const object = pack.read(oid, missing);
    if (object === undefined || oidOf(object.type, object.content) !== oid)
      throw new RangeError(`The pack ${stem} is damaged.`);
  }
}

function missing(oid: Oid): GitObject {
  throw new RangeError(`The object ${oid} is not in its own pack.`);
}
