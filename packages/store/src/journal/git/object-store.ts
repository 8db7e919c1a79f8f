/** Every object of a repository, loose or packed, also those it borrows (`objects/info/alternates`). Reading only. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isMissing } from '../system-errors.ts';
import { DecodedObjects } from './decoded-objects.ts';
import { loosePath, readLoose } from './loose-objects.ts';
import type { GitObject, ObjectType, Oid } from './object-id.ts';
import { PackFile } from './pack-file.ts';
import { SummedFileReader } from './summed-file.ts';

/** Alternates of alternates; git stops at five levels too. */
const MAX_BORROWING = 5;

export class ObjectStore implements Disposable {
  /** Its own folder first, then those that it borrows from. */
  readonly folders: readonly string[];
  readonly #decoded = new DecodedObjects();
  #packs: PackFile[] | undefined;

  /** @param objects the `objects` folder of a repository. */
  constructor(objects: string) {
    this.folders = withAlternates(objects, MAX_BORROWING);
  }

  /** Reads an object. @throws RangeError when it is missing or damaged. */
  read(oid: Oid): GitObject {
    const object = this.#fromPacks(oid) ?? this.#fromLoose(oid) ?? this.#afterRepacking(oid);
    if (object === undefined) throw new RangeError(`The object ${oid} is missing.`);
    return object;
  }

  /** Reads an object that must be of this type. @throws RangeError when it is not, or is missing or damaged. */
  readAs(oid: Oid, type: ObjectType): Buffer {
    const object = this.read(oid);
    if (object.type !== type) throw new RangeError(`The object ${oid} is a ${object.type}, not a ${type}.`);
    return object.content;
  }

  /** Whether an object is there, damaged or not. */
  has(oid: Oid): boolean {
    if (this.#isThere(oid)) return true;
    this[Symbol.dispose]();
    return this.#isThere(oid);
  }

  /** Reads packs and their indexes as bytes. @returns the paths, without extension, of those that are not as they were written. */
  damagedPacks(): string[] {
    return this.folders
      .flatMap(packStems)
      .filter((stem) => !isAsWritten(`${stem}.pack`) || !isAsWritten(`${stem}.idx`));
  }

  /** Gives back the memory and the open files of packs; the next read opens them again. */
  [Symbol.dispose](): void {
    for (const pack of this.#packs ?? []) pack[Symbol.dispose]();
    this.#packs = undefined;
    this.#decoded.clear();
  }

  #isThere(oid: Oid): boolean {
    return (
      this.#openPacks().some((pack) => pack.index.offsetOf(oid) !== undefined) ||
      this.folders.some((folder) => existsSync(loosePath(folder, oid)))
    );
  }

  #openPacks(): readonly PackFile[] {
    this.#packs ??= this.folders.flatMap((folder) => openPacks(folder, this.#decoded));
    return this.#packs;
  }

  #fromLoose(oid: Oid): GitObject | undefined {
    for (const folder of this.folders) {
      const object = readLoose(folder, oid);
      if (object !== undefined) return object;
    }
    return undefined;
  }

  #fromPacks(oid: Oid): GitObject | undefined {
    for (const pack of this.#openPacks()) {
      const object = pack.read(oid, (base) => this.read(base));
      if (object !== undefined) return object;
    }
    return undefined;
  }

  /** Somebody (`git gc`) may have moved the object into a new pack between the two looks. */
  #afterRepacking(oid: Oid): GitObject | undefined {
    this[Symbol.dispose]();
    return this.#fromPacks(oid);
  }
}

function openPacks(objects: string, decoded: DecodedObjects): PackFile[] {
  return packStems(objects).flatMap((stem) => openPack(stem, decoded));
}

/** The paths of packs, without extension. */
function packStems(objects: string): string[] {
  const folder = join(objects, 'pack');
  return namesIn(folder)
    .filter((name) => name.endsWith('.idx'))
    .map((name) => join(folder, name.slice(0, -'.idx'.length)));
}

/** Whether a file has the sum at its end that git gave it; also if it is gone by now. */
function isAsWritten(path: string): boolean {
  try {
    using file = new SummedFileReader(path);
    const { found, wanted } = file.finish();
    return found.equals(wanted);
  } catch (error) {
    if (isMissing(error)) return true;
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** A pack can be gone again: merged into another one, where the object is found at the second look. */
function openPack(stem: string, decoded: DecodedObjects): PackFile[] {
  try {
    return [new PackFile(stem, decoded)];
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function withAlternates(objects: string, levels: number): string[] {
  if (levels === 0) return [objects];
  let listed: string;
  try {
    listed = readFileSync(join(objects, 'info', 'alternates'), 'utf8');
  } catch (error) {
    if (isMissing(error)) return [objects];
    throw error;
  }
  const lines = listed.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return [objects, ...lines.flatMap((line) => withAlternates(resolve(objects, line), levels - 1))];
}
