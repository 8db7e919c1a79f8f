/**
 * Many packs as one (gitformat-pack). Bytes are copied as they are: a delta names its base by distance, which stays the same
 * where a whole pack is copied. Where an object is in several packs the first one keeps it; the entries of the others are then
 * copied one by one. No delta comes to stand on itself: its base is in the same pack or in one before it, as it was there.
 *
 * What is held is 16 bytes an object, so the caller bounds how much is merged at once.
 */
import { DecodedObjects } from './decoded-objects.ts';
import type { Oid } from './object-id.ts';
import { checkPack } from './pack-check.ts';
import { copyEntries, type Placing } from './pack-copy.ts';
import { PACK_HEADER_BYTES, PACK_SUM_BYTES, PackFile } from './pack-file.ts';
import type { PackEntry } from './pack-index.ts';
import { FirstBytes, PackIndexWriter } from './pack-index-writer.ts';
import { SummedFileWriter } from './summed-file.ts';

const PIECE_BYTES = 64 * 1024;

export interface Drafts {
  readonly pack: string;
  readonly index: string;
}

/**
 * Makes one pack of several, as two new files, and reads back what was written.
 * @param stems the packs, without extension, each below 2 GiB together; the first ones are copied fastest.
 * @returns the name of the new pack.
 * @throws RangeError when one of them, or what was written, is damaged.
 */
export function mergePacks(stems: readonly string[], drafts: Drafts): Oid {
  using stack = new DisposableStack();
  const decoded = new DecodedObjects();
  const packs = stems.map((stem) => stack.use(new PackFile(stem, decoded)));
  const { firstBytes, twice } = survey(packs);
  const { sum, placings } = writePack(packs, { path: drafts.pack, firstBytes, twice });
  const places = writeIndex(packs, { path: drafts.index, firstBytes, placings, sum });
  checkPack(drafts.pack, places);
  return sum.toString('hex');
}

interface MergedEntry {
  readonly entry: PackEntry;
  /** Positions of the packs that have the object, the first one first. */
  readonly packs: readonly number[];
}

/** The objects of all packs, sorted by name, each once. */
function* mergedEntries(packs: readonly PackFile[]): Generator<MergedEntry> {
  const lists = packs.map((pack) => pack.index.entries());
  const heads = lists.map(nextOf);
  while (true) {
    let least: PackEntry | undefined;
    let holders: number[] = [];
    for (let at = 0; at < heads.length; at++) {
      const head = heads[at];
      if (head === undefined || (least !== undefined && head.oid > least.oid)) continue;
      if (head.oid === least?.oid) holders.push(at);
      else {
        least = head;
        holders = [at];
      }
    }
    if (least === undefined) return;
    yield { entry: least, packs: holders };
    for (const at of holders) heads[at] = nextOf(lists[at]);
  }
}

function nextOf(list: Iterator<PackEntry> | undefined): PackEntry | undefined {
  const next = list?.next();
  return next?.done === false ? next.value : undefined;
}

interface Survey {
  readonly firstBytes: FirstBytes;
  /** What each pack leaves to one before it. */
  readonly twice: readonly ReadonlySet<Oid>[];
}

function survey(packs: readonly PackFile[]): Survey {
  const twice = packs.map(() => new Set<Oid>());
  const firstBytes = new FirstBytes();
  for (const { entry, packs: holders } of mergedEntries(packs)) {
    firstBytes.count(entry.oid);
    for (const at of holders.slice(1)) twice[at]?.add(entry.oid);
  }
  return { firstBytes, twice };
}

function writePack(
  packs: readonly PackFile[],
  { path, firstBytes, twice }: Survey & { readonly path: string },
): { readonly sum: Buffer; readonly placings: Placing[] } {
  using file = new SummedFileWriter(path);
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  header.writeUInt32BE(firstBytes.total, 8);
  file.write(header);
  const placings = packs.map((pack, at) => {
    const left = twice[at];
    return left === undefined || left.size === 0 ? copyWhole(pack, file) : copyEntries(pack, left, file);
  });
  return { sum: file.finish(), placings };
}

function copyWhole(pack: PackFile, to: SummedFileWriter): Placing {
  const shift = to.lengthBytes - PACK_HEADER_BYTES;
  const end = pack.sizeBytes - PACK_SUM_BYTES;
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  for (let at = PACK_HEADER_BYTES; at < end; at += PIECE_BYTES)
    to.write(pack.readInto(piece.subarray(0, Math.min(PIECE_BYTES, end - at)), at));
  return ({ oid, offset, crc }) => ({ oid, offset: offset + shift, crc });
}

interface IndexFacts {
  readonly path: string;
  readonly firstBytes: FirstBytes;
  readonly placings: readonly Placing[];
  /** The pack's. */
  readonly sum: Buffer;
}

/** @returns where each entry is and its checksum, as `checkPack` takes them. */
function writeIndex(
  packs: readonly PackFile[],
  { path, firstBytes, placings, sum }: IndexFacts,
): BigUint64Array {
  using index = new PackIndexWriter(path, firstBytes);
  const places = new BigUint64Array(firstBytes.total);
  let at = 0;
  for (const { entry, packs: holders } of mergedEntries(packs)) {
    const placed = placings[holders[0] ?? 0]?.(entry) ?? entry;
    index.add(placed);
    places[at++] = (BigInt(placed.offset) << 32n) | BigInt(placed.crc);
  }
  index.finish(sum);
  return places.sort();
}
