/** Writes a backup: one archive of database, keys and repository, of the same moment. */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from '../journal/system-errors.ts';
import { ABOUT, type AboutBackup, DATABASE, jsonBytes, KEYS, MANIFEST, REPOSITORY } from './manifest.ts';
import { listObjects, readSmallFiles } from './repository-files.ts';
import { type AddedFile, type TarSource, TarWriter } from './tar.ts';

export interface BackupParts {
  readonly about: AboutBackup;
  /** A copy of the database, which nobody writes to. */
  readonly database: string;
  /** Each private key as its file holds it. */
  readonly keys: ReadonlyMap<string, string>;
  /** The transcript's repository, which the journal leaves alone meanwhile; none where there is no transcript. */
  readonly gitDir: string | undefined;
}

/**
 * Writes the archive into a new file, mode 0600. Safe when it returns.
 * @returns its size in bytes.
 * @throws the signal's reason, or the system's error; what was written by then is left to the caller.
 */
export async function writeBackup(file: string, parts: BackupParts, signal: AbortSignal): Promise<number> {
  await using archive = await open(file, 'wx', 0o600);
  const writer = new BackupWriter(new TarWriter(archive, signal), parts.about.created_ts);
  await writer.add(ABOUT, jsonBytes(parts.about));
  await writer.addFile(DATABASE, parts.database);
  for (const [agentId, text] of parts.keys) await writer.add(`${KEYS}${agentId}.key`, Buffer.from(text));
  if (parts.gitDir !== undefined) await writer.addRepository(parts.gitDir);
  // Before the archive is closed.
  return await writer.finish();
}

class BackupWriter {
  readonly #tar: TarWriter;
  readonly #tsMs: number;
  readonly #added: AddedFile[] = [];

  constructor(tar: TarWriter, tsMs: number) {
    this.#tar = tar;
    this.#tsMs = tsMs;
  }

  async add(name: string, source: TarSource, mode = 0o600): Promise<void> {
    this.#added.push(await this.#tar.add({ name, mode, tsMs: this.#tsMs, source }));
  }

  async addFile(name: string, path: string): Promise<void> {
    await using file = await open(path);
    await this.add(name, file);
  }

  /**
   * What names objects first, then the objects, twice: somebody's own `git gc` writes the pack before it takes away what went in,
   * so what is gone at the first look is in a file that the second one finds.
   */
  async addRepository(gitDir: string): Promise<void> {
    for (const { name, mode, content } of readSmallFiles(gitDir))
      await this.add(`${REPOSITORY}${name}`, content, mode);
    const seen = new Set<string>();
    const vanished = await this.#addObjects(gitDir, seen);
    if (vanished > 0 && (await this.#addObjects(gitDir, seen)) > 0)
      throw new Error(`${gitDir} changes too fast to be copied; wait for the git command that runs there.`);
  }

  async finish(): Promise<number> {
    await this.#tar.add({
      name: MANIFEST,
      mode: 0o600,
      tsMs: this.#tsMs,
      source: jsonBytes({ files: this.#added }),
    });
    await this.#tar.finish();
    return this.#tar.bytes;
  }

  /** @returns how many were gone when their turn came. */
  async #addObjects(gitDir: string, seen: Set<string>): Promise<number> {
    let vanished = 0;
    for (const name of listObjects(gitDir)) {
      if (seen.has(name)) continue;
      seen.add(name);
      const object = await openIfThere(join(gitDir, name));
      if (object === undefined) vanished += 1;
      else await this.#addObject(name, object);
    }
    return vanished;
  }

  async #addObject(name: string, object: FileHandle): Promise<void> {
    await using file = object;
    await this.add(`${REPOSITORY}${name}`, file, 0o400);
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
