/**
 * Packs loose objects while nobody writes: a tree of a full conversation is stored again for each message, and as a delta
 * against its successor it takes a hundred bytes.
 *
 * The newest version of a folder is stored whole and each older one as a delta against the next newer, so HEAD is read
 * without a chain. The pack is safe, and every object in it was read back, before the first loose one is removed; a crash
 * in between leaves objects twice, which git allows.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loosePath } from './git/loose-objects.ts';
import type { Oid } from './git/object-id.ts';
import { ObjectStore } from './git/object-store.ts';
import { PackWriter } from './git/pack-writer.ts';
import { diffTrees, EMPTY_TREE, FOLDER_MODE } from './git/tree.ts';
import { type PackFolderOptions, readBack, writePack } from './pack-folder.ts';

/** Loose commits that are worth a pack. */
const MIN_COMMITS = 128;
/**
 * Commits in one pack; the rest comes with the next, and small packs are merged. The folders of all these commits are held at
 * once, outside of V8's heap: a thousand commits took 300 MiB, which the process never gave back.
 */
const MAX_COMMITS = 64;
/** It is held in memory until it is written. */
const MAX_PACK_BYTES = 4 * 1024 * 1024;
/** Commits of a backlog are packed at once, between loose ones; a row this long was packed here before. */
const MAX_PACKED_ROW = 64;
/** Git itself makes no longer chains. */
const MAX_CHAIN = 50;
/** A group of commits is looked for only when this folder, one of 256, has so many objects. */
const SAMPLE_FOLDER = '17';
const MIN_SAMPLE = 4;

/** Whether there may be enough loose objects; a cheap guess. */
export function isPackingDue(objects: string): boolean {
  const sample = join(objects, SAMPLE_FOLDER);
  return existsSync(sample) && readdirSync(sample).length >= MIN_SAMPLE;
}

/**
 * Packs the oldest loose commits with everything that came with them.
 * @param head the newest commit.
 * @param minCommits do nothing for fewer.
 * @returns how many objects were packed.
 */
export async function packLooseObjects(
  head: Oid,
  options: PackFolderOptions,
  minCommits = MIN_COMMITS,
): Promise<number> {
  using store = new ObjectStore(options.objects);
  const commits = looseCommits(store, head, options.objects);
  if (commits.length < minCommits) return 0;
  const packing = new Packing(store, options.objects);
  for (const commit of commits.slice(-MAX_COMMITS)) {
    if (packing.writer.sizeBytes > MAX_PACK_BYTES) break;
    packing.add(commit);
  }
  await storePack(packing.writer, options);
  return packing.writer.oids.size;
}

interface LooseCommit {
  readonly oid: Oid;
  readonly tree: Oid;
  readonly parent: Oid | undefined;
}

/** The loose commits from HEAD back, the newest first. Ends where a long row of packed ones begins. */
function looseCommits(store: ObjectStore, head: Oid, objects: string): LooseCommit[] {
  const commits: LooseCommit[] = [];
  let packedInRow = 0;
  for (let next: Oid | undefined = head; next !== undefined && packedInRow < MAX_PACKED_ROW; ) {
    const commit = readCommit(store, next);
    const isLoose = existsSync(loosePath(objects, next));
    if (isLoose) commits.push(commit);
    packedInRow = isLoose ? 0 : packedInRow + 1;
    next = commit.parent;
  }
  return commits;
}

function readCommit(store: ObjectStore, oid: Oid): LooseCommit {
  const text = store.readAs(oid, 'commit').toString('latin1');
  return { oid, tree: text.slice(5, 45), parent: /^parent ([0-9a-f]{40})$/m.exec(text)?.[1] };
}

/** The version of a folder that was packed last, for the older one to be a delta against. */
interface Version {
  readonly oid: Oid;
  readonly content: Buffer;
  readonly chain: number;
}

class Packing {
  readonly writer = new PackWriter();
  readonly #store: ObjectStore;
  readonly #objects: string;
  readonly #newer = new Map<string, Version>();

  constructor(store: ObjectStore, objects: string) {
    this.#store = store;
    this.#objects = objects;
  }

  /** Adds a commit and what it brought. Commits come from the newest to the oldest. */
  add({ oid, tree, parent }: LooseCommit): void {
    this.#add(oid);
    const before = parent === undefined ? undefined : readCommit(this.#store, parent).tree;
    if (before !== tree) this.#addTree('', tree, before);
  }

  #addTree(path: string, oid: Oid, before: Oid | undefined): void {
    const content = this.#store.readAs(oid, 'tree');
    this.#addVersion(path, oid, content);
    const old = before === undefined ? EMPTY_TREE : this.#store.readAs(before, 'tree');
    for (const change of diffTrees(old, content)) {
      if (change.after === undefined) continue;
      const wasFolder = change.before?.mode === FOLDER_MODE;
      if (change.after.mode !== FOLDER_MODE) this.#add(change.after.oid);
      else
        this.#addTree(`${path}/${change.name}`, change.after.oid, wasFolder ? change.before.oid : undefined);
    }
  }

  #addVersion(path: string, oid: Oid, content: Buffer): void {
    if (!this.#isLoose(oid)) return;
    const newer = this.#newer.get(path);
    const isChained = newer !== undefined && newer.chain < MAX_CHAIN && this.writer.has(newer.oid);
    this.writer.add(oid, { type: 'tree', content }, isChained ? newer : undefined);
    this.#newer.set(path, { oid, content, chain: isChained ? newer.chain + 1 : 0 });
  }

  #add(oid: Oid): void {
    if (this.#isLoose(oid)) this.writer.add(oid, this.#store.read(oid));
  }

  #isLoose(oid: Oid): boolean {
    return existsSync(loosePath(this.#objects, oid));
  }
}

async function storePack(writer: PackWriter, options: PackFolderOptions): Promise<void> {
  const { objects, failpoint } = options;
  const stem = await writePack(writer, options);
  failpoint('journal.pack_written');
  readBack(stem, writer.oids);
  for (const oid of writer.oids) rmSync(loosePath(objects, oid), { force: true });
  failpoint('journal.loose_removed');
}
