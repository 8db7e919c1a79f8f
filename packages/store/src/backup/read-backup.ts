/** Unpacks a backup into a folder of its own, and finds out whether it is whole and right. Nothing outside of that folder is touched. */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fail, type LaliaError } from '@lalia/protocol';
import SqliteDatabase from 'better-sqlite3';
import { MIGRATIONS } from '../migrations.ts';
import {
  ABOUT,
  type AboutBackup,
  BACKUP_FORMAT,
  DATABASE,
  isBackupName,
  MANIFEST,
  type Manifest,
  parseAbout,
  parseManifest,
  REPOSITORY,
} from './manifest.ts';
import { type AddedFile, bytesOf, readTar, type TarEntry, TarError } from './tar.ts';

/** A backup, unpacked: `home` and, where it has a transcript, `workspace` are below the folder. */
export interface UnpackedBackup {
  readonly about: AboutBackup;
  readonly hasTranscript: boolean;
  readonly counts: {
    readonly messages: number;
    readonly agents: number;
    readonly unread: number;
    readonly keys: number;
  };
}

/**
 * Unpacks a backup, and checks it: each file against its sum, the database with SQLite's own check. Everything is synced.
 * @param places where its two parts go: folders that do not exist yet, in folders that do.
 * @throws LaliaError `bad_backup` when it is damaged, cut off, or something else; `database_newer` for one of a newer Lalia.
 */
export async function unpackBackup(
  file: string,
  places: { readonly home: string; readonly workspace: string },
): Promise<UnpackedBackup> {
  try {
    await using archive = await open(file);
    const about = await aboutOf(file, archive);
    const { found, manifest } = await unpack(archive, places);
    checkAgainst(file, manifest, found);
    const keys = found.filter(({ name }) => name.endsWith('.key')).length;
    const hasTranscript = found.some(({ name }) => name === `${REPOSITORY}HEAD`);
    const counts = { ...checkDatabase(file, join(places.home, 'lalia.db'), about), keys };
    return { about, hasTranscript, counts };
  } catch (error) {
    if (error instanceof TarError) throw bad(file, error.message);
    throw error;
  }
}

async function aboutOf(file: string, archive: FileHandle): Promise<AboutBackup> {
  const [first] = await firstOf(readTar(archive));
  if (first?.name !== ABOUT) throw bad(file, 'it is no backup of Lalia');
  const about = parseAbout(await textOf(archive, first));
  if (about === undefined) throw bad(file, `its ${ABOUT} cannot be read`);
  if (about.format <= BACKUP_FORMAT) return about;
  throw fail(
    'database_newer',
    `${file} was written by Lalia ${about.lalia}, in a format that this version does not know.`,
    {
      context: { file, format: about.format, known: BACKUP_FORMAT },
    },
  );
}

/** The first of a sequence, if it has one. */
async function firstOf(entries: AsyncIterable<TarEntry>): Promise<TarEntry[]> {
  for await (const entry of entries) return [entry];
  return [];
}

async function unpack(
  archive: FileHandle,
  places: { readonly home: string; readonly workspace: string },
): Promise<{ found: AddedFile[]; manifest: Manifest | undefined }> {
  const found: AddedFile[] = [];
  let manifest: Manifest | undefined;
  for await (const entry of readTar(archive)) {
    if (!isBackupName(entry.name))
      throw new TarError(`it holds ${JSON.stringify(entry.name)}, which no backup has`);
    if (entry.name === MANIFEST) manifest = parseManifest(await textOf(archive, entry));
    else found.push(await unpackFile(archive, entry, placeOf(entry.name, places)));
  }
  return { found, manifest };
}

function placeOf(
  name: string,
  { home, workspace }: { readonly home: string; readonly workspace: string },
): string {
  if (name === DATABASE) return join(home, 'lalia.db');
  if (name.startsWith(REPOSITORY)) return join(workspace, '.git', name.slice(REPOSITORY.length));
  // For who looks later, what the home was restored from.
  return join(home, name === ABOUT ? 'restored.json' : name);
}

async function unpackFile(archive: FileHandle, entry: TarEntry, path: string): Promise<AddedFile> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const hash = createHash('sha256');
  await using target = await open(path, 'wx', entry.mode & 0o700);
  for await (const piece of bytesOf(archive, entry)) {
    hash.update(piece);
    await target.writeFile(piece);
  }
  await target.sync();
  return { name: entry.name, size: entry.size, sha256: hash.digest('hex') };
}

function checkAgainst(file: string, manifest: Manifest | undefined, found: readonly AddedFile[]): void {
  if (manifest === undefined) throw bad(file, 'its end is missing');
  const expected = new Map(manifest.files.map((added) => [added.name, added]));
  for (const { name, size, sha256 } of found) {
    const added = expected.get(name);
    if (added?.sha256 !== sha256 || added.size !== size) throw bad(file, `its ${name} is damaged`);
    expected.delete(name);
  }
  for (const name of expected.keys()) throw bad(file, `its ${name} is missing`);
}

type Counts = Omit<UnpackedBackup['counts'], 'keys'>;

function checkDatabase(file: string, path: string, about: AboutBackup): Counts {
  let db: SqliteDatabase.Database | undefined;
  try {
    db = new SqliteDatabase(path, { fileMustExist: true });
    if (db.pragma('integrity_check', { simple: true }) !== 'ok') throw bad(file, 'its database is damaged');
    const schema = Number(db.pragma('user_version', { simple: true }));
    if (schema > MIGRATIONS.length) {
      throw fail(
        'database_newer',
        `The database in ${file} has schema ${String(schema)}; this version knows ${String(MIGRATIONS.length)}.`,
      );
    }
    const id = db.prepare<[], { id: string }>('SELECT database_id AS id FROM database_identity').get()?.id;
    if (id !== about.database_id) throw bad(file, 'its database is not the one that it names');
    return countsOf(db);
  } catch (error) {
    if (error instanceof SqliteDatabase.SqliteError)
      throw bad(file, `its database is damaged (${error.code})`);
    throw error;
  } finally {
    db?.close();
  }
}

function countsOf(db: SqliteDatabase.Database): Counts {
  const count = (sql: string): number => db.prepare<[], { n: number }>(sql).get()?.n ?? 0;
  return {
    messages: count('SELECT count(*) AS n FROM messages'),
    agents: count("SELECT count(*) AS n FROM agents WHERE unregistered_ms IS NULL AND kind = 'agent'"),
    // A delivery that nobody acknowledged is unread again when a daemon starts.
    unread: count("SELECT count(*) AS n FROM mailbox WHERE state IN ('unread', 'delivered')"),
  };
}

async function textOf(archive: FileHandle, entry: TarEntry): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of bytesOf(archive, entry)) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

function bad(file: string, why: string): LaliaError {
  return fail('bad_backup', `${file} cannot be restored: ${why}.`, { context: { file } });
}
