/**
 * `backup`: everything of a home in one file. Database and transcript are of one moment: while both are copied the journal rests, so
 * what has left the outbox of the copied database is in the copied repository, and nothing else is.
 */
import { existsSync, linkSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, sep } from 'node:path';
import { fail, isLaliaError, type Paths, type Result, toBase64Url, VERSION } from '@lalia/protocol';
import { type AboutBackup, BACKUP_FORMAT, transcriptIdOf, writeBackup } from '@lalia/store';
import type { Context } from './context.ts';
import { fileErrorOf } from './file-refusals.ts';

export interface BackupRequest {
  readonly file: string;
  /** Aborts when whoever asked is gone; what was written by then is removed. */
  readonly signal: AbortSignal;
}

/**
 * Writes a backup. Messages are accepted meanwhile; those that come in before the database's copy has ended are in it.
 * @throws LaliaError `invalid_params`, `path_in_use`, `storage_full`, `cancelled`.
 */
export async function backUp(context: Context, request: BackupRequest): Promise<Result<'backup'>> {
  const { config, lifecycle, background } = context;
  checkPlace(request.file, config.paths);
  const signal = AbortSignal.any([request.signal, lifecycle.stopping]);
  const written = writeAndClean(context, { file: request.file, signal });
  // A stop waits until nothing of it is left.
  background.run('backup', () => written.catch(() => undefined));
  return written;
}

async function writeAndClean(context: Context, request: BackupRequest): Promise<Result<'backup'>> {
  const draft = join(dirname(request.file), `.${basename(request.file)}.part`);
  const drafts = { archive: draft, database: `${draft}-db` };
  try {
    return await context.journal.held(() => write(context, request, drafts));
  } catch (error) {
    throw translated(error, request);
  } finally {
    for (const path of [drafts.archive, drafts.database]) rmSync(path, { force: true });
  }
}

interface Drafts {
  readonly archive: string;
  readonly database: string;
}

async function write(
  context: Context,
  { file, signal }: BackupRequest,
  drafts: Drafts,
): Promise<Result<'backup'>> {
  const { config, store, clock, failpoint } = context;
  // Those of a process that was killed.
  for (const path of [drafts.archive, drafts.database]) rmSync(path, { force: true });
  // Before and after: a key is there before its agent is, and goes only after it.
  const before = await keysOf(context);
  await store.snapshot(drafts.database, signal);
  const counts = { messages: store.conversations.countMessages(), backlog: store.outbox.backlog() };
  const keys = new Map([...before, ...(await keysOf(context))]);
  failpoint('backup.database_copied');
  const gitDir = transcriptOf(context);
  const about: AboutBackup = {
    format: BACKUP_FORMAT,
    lalia: VERSION,
    created_ts: clock.nowMs(),
    database_id: store.databaseId,
    home: config.paths.home,
    workspace: config.paths.workspace,
  };
  const bytes = await writeBackup(drafts.archive, { about, database: drafts.database, keys, gitDir }, signal);
  failpoint('backup.written');
  place(drafts.archive, file);
  const agents = store.registry.list({ all: false }).filter(({ kind }) => kind === 'agent').length;
  return { file, bytes, ...counts, agents, keys: keys.size, has_transcript: gitDir !== undefined };
}

/** Each private key of this home, as its file would hold it. What is no key is left out; `lalia doctor` finds it. */
async function keysOf({ store, keystore }: Context): Promise<Map<string, string>> {
  const keys = new Map<string, string>();
  for (const { agentId, unregisteredMs } of store.registry.everybody()) {
    if (unregisteredMs !== null) continue;
    const key = await keystore.read(agentId).catch((error: unknown) => {
      if (isLaliaError(error) && error.reason === 'key_missing') return undefined;
      throw error;
    });
    if (key !== undefined) keys.set(agentId, `${toBase64Url(key)}\n`);
  }
  return keys;
}

/** The repository, if it is the one that the database has been writing to; another one is of no use to it. */
function transcriptOf({ config, store }: Context): string | undefined {
  const { workspace } = config.paths;
  const id = transcriptIdOf(workspace);
  return id !== undefined && store.outbox.isFor(id) ? join(workspace, '.git') : undefined;
}

/** Never over another file; where the file system has no links, at least not over one that is there now. */
function place(draft: string, file: string): void {
  try {
    linkSync(draft, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || existsSync(file)) throw taken(file);
    renameSync(draft, file);
  }
}

function checkPlace(file: string, { home, workspace }: Paths): void {
  if (!isAbsolute(file)) throw fail('invalid_params', `The backup's path has to be absolute: ${file}.`);
  for (const folder of [home, workspace]) {
    if (!`${file}${sep}`.startsWith(`${folder}${sep}`)) continue;
    throw fail('invalid_params', `A backup in ${folder} would be lost with it.`, {
      hint: 'Name a file outside of the home and of the workspace.',
      context: { file, folder },
    });
  }
  if (existsSync(file)) throw taken(file);
  const folder = dirname(file);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw fail('invalid_params', `There is no folder ${folder}.`, { context: { file, folder } });
}

function taken(file: string): Error {
  return fail('path_in_use', `There is something at ${file} already; a backup is a new file.`, {
    hint: 'Choose another name, or move it away first.',
    context: { file },
  });
}

function translated(error: unknown, { file, signal }: BackupRequest): unknown {
  const stopping: unknown = signal.aborted ? signal.reason : undefined;
  if (isLaliaError(stopping) && stopping.reason === 'daemon_stopping') return stopping;
  if (signal.aborted) return fail('cancelled', 'The backup was not finished; nothing of it is left.');
  return fileErrorOf(error, file);
}
