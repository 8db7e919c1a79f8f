/** The packs of a repository, for writing: each is safe before anything refers to it, or before what it replaces is removed. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { AtomicFs } from './atomic-fs.ts';
import { type GitObject, type Oid, oidOf } from './git/object-id.ts';
import { PackFile } from './git/pack-file.ts';
import { PackWriter } from './git/pack-writer.ts';

/** Packs that are left as they are; more are made into one. Each look-up of an object asks every pack. */
const MAX_SMALL_PACKS = 16;
/** Larger ones are not copied again. */
const SMALL_BYTES = 16 * 1024 * 1024;

/** Writes a pack. @returns its path without the extension. */
export async function writePack(writer: PackWriter, objects: string, atomic: AtomicFs): Promise<string> {
  const { name, pack, index } = writer.finish();
  const stem = join(objects, 'pack', `pack-${name}`);
  // A pack without an index is nothing to git; an index without a pack is damage.
  await atomic.writeAll([{ path: `${stem}.pack`, bytes: pack }]);
  await atomic.writeAll([{ path: `${stem}.idx`, bytes: index }]);
  return stem;
}

/** Reads a pack in full. @throws RangeError when an object in it is not what it should be. */
export function readBack(stem: string, oids: Iterable<Oid>): void {
  using pack = new PackFile(stem);
  for (const oid of oids) {
    const object = pack.read(oid, missing);
    if (object === undefined || oidOf(object.type, object.content) !== oid)
      throw new RangeError(`The pack ${stem} is damaged.`);
  }
}

/** Makes many small packs into one. @returns how many there were; 0 when nothing was done. */
export async function mergeSmallPacks(
  objects: string,
  atomic: AtomicFs,
  most = MAX_SMALL_PACKS,
): Promise<number> {
  const small = smallPacks(join(objects, 'pack'));
  if (small.length <= most) return 0;
  const writer = new PackWriter();
  const merged = small.filter((stem) => addPack(writer, stem));
  const stem = await writePack(writer, objects, atomic);
  readBack(stem, writer.oids);
  for (const old of merged) {
    if (old === stem) continue;
    rmSync(`${old}.idx`, { force: true });
    rmSync(`${old}.pack`, { force: true });
  }
  return merged.length;
}

/** An object that is in two packs would be in the new one twice, which git does not like: such a pack stays. */
function addPack(writer: PackWriter, stem: string): boolean {
  using pack = new PackFile(stem);
  if (writer.sizeBytes > SMALL_BYTES || pack.entries().some(({ oid }) => writer.has(oid))) return false;
  writer.addPack(pack);
  return true;
}

/** Packs with more than a pack and an index beside each other (bitmaps, keep files) are somebody's arrangement. */
function smallPacks(folder: string): string[] {
  const names = readdirSync(folder);
  const stems = new Set(names.map((name) => name.replace(/\.[^.]+$/, '')));
  return [...stems]
    .filter((stem) => names.filter((name) => name.startsWith(`${stem}.`)).length === 2)
    .filter((stem) => names.includes(`${stem}.pack`) && names.includes(`${stem}.idx`))
    .map((stem) => join(folder, stem))
    .filter((stem) => statSync(`${stem}.pack`).size < SMALL_BYTES);
}

function missing(oid: Oid): GitObject {
  throw new RangeError(`The object ${oid} is not in its own pack.`);
}
