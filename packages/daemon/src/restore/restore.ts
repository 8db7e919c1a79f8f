/** `lalia-daemon restore`: a home out of a backup, in a process of its own while no daemon runs. */
import { existsSync, lstatSync, mkdirSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makePrivateFolder } from '@lalia/keystore';
import { fail, type LaliaError, type Restored } from '@lalia/protocol';
import {
  checkOutTranscript,
  examineDatabase,
  failpointsFrom,
  lockDatabase,
  type UnpackedBackup,
  unpackBackup,
} from '@lalia/store';
import type { Config } from '../config.ts';
import { fileErrorOf } from '../file-refusals.ts';
import { recordWorkspace } from '../home.ts';
import {
  type Drafts,
  draftsOf,
  finishInterruptedRestore,
  isBarren,
  isIntended,
  lockRestore,
  place,
  removeDrafts,
  syncFolder,
} from './placing.ts';

export interface RestoreRequest {
  readonly file: string;
  /** Moves aside what is in the way, and does not ask whether the home that was backed up lives on. */
  readonly force: boolean;
}

/**
 * Restores a backup: all of it, or nothing, whatever ends the process.
 * @throws LaliaError `daemon_running`, `needs_force`, `bad_backup`, `database_newer`, `invalid_params`, `storage_full`.
 */
export async function restore(config: Config, request: RestoreRequest): Promise<Restored> {
  const { paths } = config;
  checkFile(request.file);
  finishInterruptedRestore(config);
  const drafts = draftsOf(paths);
  const unlock = lockRestore(drafts);
  let unlockDatabase: (() => void) | undefined;
  try {
    unlockDatabase = lockHome(config);
    checkPlaces(config, request);
    const unpacked = await prepare(config, request, drafts);
    failpointsFrom(config.failpoints)('restore.prepared');
    const aside = place(drafts, paths, failpointsFrom(config.failpoints));
    return reportOf(config, unpacked, aside);
  } catch (error) {
    // With the intent written down it is not ours to take back: the next daemon carries it out.
    if (!isIntended(drafts)) removeDrafts(drafts);
    throw fileErrorOf(error, request.file);
  } finally {
    unlockDatabase?.();
    unlock();
  }
}

/** Unpacks and checks everything beside its place. */
async function prepare(
  config: Config,
  { file, force }: RestoreRequest,
  drafts: Drafts,
): Promise<UnpackedBackup> {
  const { paths } = config;
  for (const draft of [drafts.home, drafts.workspace]) rmSync(draft, { recursive: true, force: true });
  makePrivateFolder(dirname(paths.workspace));
  mkdirSync(join(drafts.home, 'keys'), { recursive: true, mode: 0o700 });
  const unpacked = await unpackBackup(file, drafts);
  if (!force) refuseTwin(config, unpacked);
  if (unpacked.hasTranscript) await checkOutTranscript(drafts.workspace);
  recordWorkspace(config, drafts.home);
  for (const draft of [drafts.home, drafts.workspace]) syncFolders(draft);
  return unpacked;
}

/** Keeps daemons out until the new home is in place. @throws LaliaError `daemon_running`. */
function lockHome({ paths }: Config): (() => void) | undefined {
  if (!existsSync(paths.database)) return undefined;
  const unlock = lockDatabase(paths.database);
  if (unlock !== undefined) return unlock;
  throw fail('daemon_running', `A daemon is running in ${paths.home}.`, { context: { home: paths.home } });
}

function checkPlaces({ paths }: Config, { force }: RestoreRequest): void {
  for (const folder of [paths.home, paths.workspace]) refuseMountPoint(folder);
  if (force) return;
  for (const folder of [paths.home, paths.workspace]) {
    if (isFree(folder)) continue;
    throw fail('needs_force', `${folder} is not empty.`, {
      hint: '--force moves home and workspace aside, beside their places; nothing is deleted.',
      context: { path: folder },
    });
  }
}

/** Into its place comes a folder from beside it. */
function refuseMountPoint(folder: string): void {
  const [place, above] = [folder, dirname(folder)].map(
    (path) => lstatSync(path, { throwIfNoEntry: false })?.dev,
  );
  if (place === undefined || above === undefined || place === above) return;
  throw fail('invalid_params', `${folder} is a file system of its own and cannot be replaced.`, {
    hint: 'Restore into another folder with LALIA_HOME and LALIA_WORKSPACE, such as one below it.',
    context: { path: folder },
  });
}

function isFree(folder: string): boolean {
  return !existsSync(folder) || (statSync(folder).isDirectory() && isBarren(folder));
}

/**
 * Two homes with one database write two histories that can never be made one. What can be seen of that is the home that the backup
 * was taken from, where it is still in its place.
 */
function refuseTwin({ paths }: Config, { about }: UnpackedBackup): void {
  const database = join(about.home, 'lalia.db');
  if (!existsSync(database) || realPath(about.home) === realPath(paths.home)) return;
  const found = examineDatabase(database);
  const isTwin =
    found.kind === 'locked' || (found.kind === 'examined' && found.databaseId === about.database_id);
  if (isTwin) throw twin(about.home);
}

function twin(home: string): LaliaError {
  return fail('needs_force', `${home}, which this backup was taken from, is still there.`, {
    hint: 'Two homes with one database become two histories: move that one away, or add --force and never use both.',
    context: { home },
  });
}

function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

function checkFile(file: string): void {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) throw fail('invalid_params', `There is no file ${file}.`, { context: { file } });
  if (!stat.isFile()) throw fail('invalid_params', `${file} is not a file.`, { context: { file } });
}

function reportOf(
  { paths }: Config,
  { about, counts, hasTranscript }: UnpackedBackup,
  aside: string[],
): Restored {
  return {
    home: paths.home,
    workspace: paths.workspace,
    created_ts: about.created_ts,
    ...counts,
    has_transcript: hasTranscript,
    moved_aside: aside,
  };
}

function syncFolders(folder: string): void {
  if (!existsSync(folder)) return;
  for (const item of readdirSync(folder, { withFileTypes: true })) {
    if (item.isDirectory()) syncFolders(join(folder, item.name));
  }
  syncFolder(folder);
}
