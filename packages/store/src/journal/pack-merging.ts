/**
 * Keeps the number of packs small: each look-up of an object asks every pack, and git gets slow with more than fifty.
 *
 * Sizes stay geometric: packs are merged from the smallest up until the next one is twice as large as all of them together.
 * So an object is copied again only after the pack around it has about doubled, and the work for a history of n messages is
 * that of n · log n. The new pack is safe, and was read back, before an old one is removed; a crash in between leaves
 * objects twice, which git allows and the next merge mends.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { mergePacks } from './git/pack-merge.ts';
import { draftsOf, type PackFolderOptions, placePack, removeDrafts, removePack } from './pack-folder.ts';

/** Packs that are left as they are. */
export const MAX_PACKS = 32;
/** One that has become so large is not copied again: a merge holds the worker up, and some bytes an object. */
const FULL_BYTES = 32 * 1024 * 1024;

interface Pack {
  readonly stem: string;
  readonly bytes: number;
}

/**
 * Makes small packs into one.
 * @param most do nothing for no more.
 * @returns how many there were; 0 when nothing was done.
 * @throws RangeError when one of them is damaged; nothing has changed then.
 */
export async function mergeSmallPacks(options: PackFolderOptions, most = MAX_PACKS): Promise<number> {
  const packs = mergeablePacks(join(options.objects, 'pack'));
  if (packs.length <= most) return 0;
  // The largest first: it is copied whole.
  const stems = smallest(packs)
    .map(({ stem }) => stem)
    .toReversed();
  if (stems.length < 2) return 0;
  const drafts = draftsOf(options.atomic);
  try {
    const name = mergePacks(stems, drafts);
    options.failpoint('journal.merge_written');
    const merged = await placePack(drafts, name, options);
    options.failpoint('journal.merge_placed');
    for (const stem of stems) if (stem !== merged) removePack(stem, options);
    return stems.length;
  } finally {
    removeDrafts(drafts);
  }
}

/** From the smallest up, so many that each of the others is twice as large as all that are smaller. */
function smallest(packs: readonly Pack[]): Pack[] {
  const rising = packs.toSorted((a, b) => a.bytes - b.bytes);
  let count = rising.length;
  while (count > 1 && sizeAt(rising, count - 1) >= 2 * sizeAt(rising, count - 2)) count--;
  let bytes = 0;
  const chosen: Pack[] = [];
  for (const pack of rising) {
    const isApart = chosen.length >= count && pack.bytes >= 2 * bytes;
    if (isApart || bytes >= FULL_BYTES) break;
    chosen.push(pack);
    bytes += pack.bytes;
  }
  return chosen;
}

function sizeAt(packs: readonly Pack[], position: number): number {
  return packs[position]?.bytes ?? 0;
}

/** Packs with more than a pack and an index beside each other (bitmaps, keep files) are somebody's arrangement. */
function mergeablePacks(folder: string): Pack[] {
  const extensions = new Map<string, string[]>();
  for (const name of readdirSync(folder)) {
    const [, stem = name, extension = ''] = /^(.+)\.([^.]+)$/.exec(name) ?? [];
    extensions.set(stem, [...(extensions.get(stem) ?? []), extension]);
  }
  return Array.from(extensions)
    .filter(([, found]) => found.toSorted().join() === 'idx,pack')
    .map(([name]) => ({ stem: join(folder, name), bytes: statSync(join(folder, `${name}.pack`)).size }))
    .filter(({ bytes }) => bytes < FULL_BYTES);
}
