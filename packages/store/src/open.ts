/**
 * Opens the database. Its exclusive lock is what makes the daemon the only one of its home: the operating system releases it
 * when the process ends, however it ends.
 */
import { fail, invariant } from '@lalia/protocol';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { snapshot } from './backup/snapshot.ts';
import { Conversations } from './conversations.ts';
import { GroupCommit, type GroupCommitOptions } from './group-commit.ts';
import { databaseBytes, databaseProblems } from './health.ts';
import { Mailboxes } from './mailboxes.ts';
import { migrate } from './migrate.ts';
import { Nicknames } from './nicknames.ts';
import { Nonces } from './nonces.ts';
import { Outbox } from './outbox.ts';
import { Questions } from './questions.ts';
import { Receipts } from './receipts.ts';
import { Registry } from './registry.ts';
import { RetentionStore } from './retention.ts';
import { Rooms } from './rooms.ts';
import { Search } from './search.ts';
import { isSqliteError, translateSqliteError } from './sqlite-errors.ts';
import { Tasks } from './tasks.ts';
import { Turns } from './turns.ts';
import { Wakes } from './wakes.ts';
import { Watching } from './watching.ts';

/** Everything that is kept, by noun. Writing is done inside `commits.run`. */
export interface Store {
  /** Made with the database; the transcript's repository names it as its owner. */
  readonly databaseId: string;
  readonly commits: GroupCommit;
  readonly registry: Registry;
  readonly nicknames: Nicknames;
  readonly rooms: Rooms;
  readonly conversations: Conversations;
  readonly mailboxes: Mailboxes;
  readonly receipts: Receipts;
  readonly questions: Questions;
  readonly search: Search;
  readonly watching: Watching;
  readonly retention: RetentionStore;
  readonly outbox: Outbox;
  readonly nonces: Nonces;
  readonly tasks: Tasks;
  /** What is wrong in the database, a sentence each; empty when nothing is. Reads all of it, so it takes a moment. */
  problems(): string[];
  /** Its size, with what is still in the log only. */
  bytes(): number;
  /**
   * Copies the database as it is at one moment into a new file, while it goes on being used.
   * @throws the signal's reason; the system's or the driver's error.
   */
  snapshot(file: string, signal: AbortSignal): Promise<void>;
  readonly turns: Turns;
  readonly wakes: Wakes;
  /** Writes what is queued, then closes the database and with it gives up the lock. */
  close(): void;
}

/**
 * Opens the database of a home, making or upgrading it.
 * @returns undefined when another process holds it.
 * @throws LaliaError `home_unavailable`, `storage_full`, `database_damaged` or `database_newer`.
 */
export function openStore(path: string, options: GroupCommitOptions): Store | undefined {
  const db = openLocked(path);
  if (db === undefined) return undefined;
  try {
    migrate(db);
    return storeOn(db, options);
  } catch (error) {
    db.close();
    throw translateSqliteError(error);
  }
}

function openLocked(path: string): Database | undefined {
  let db: Database | undefined;
  try {
    db = new SqliteDatabase(path, { timeout: 0 });
    // EXCLUSIVE before the first access in WAL mode: the index of the log lives in this process's memory, and the lock
    // is kept until the database is closed (sqlite.org/pragma.html#pragma_locking_mode).
    db.pragma('locking_mode = EXCLUSIVE');
    // Before anything is written, because it is laid down with the first page: what is given up can be given back in parts.
    db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('journal_mode = WAL');
    // FULL, not the driver's NORMAL: what was acknowledged survives a power loss (spec 6, promise 1).
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    // The driver's default is 16 MiB; the pages of the newest messages are what is needed, and they fit.
    db.pragma('cache_size = -2000');
    // The pages that a savepoint would restore stay in memory; else each member of a group writes its own to a file.
    db.pragma('temp_store = MEMORY');
    // A checkpoint is two syncs and hundreds of pages in the middle of a request: after 16 MiB of log, not after 4.
    db.pragma('wal_autocheckpoint = 4000');
    db.exec('BEGIN EXCLUSIVE; COMMIT');
    return db;
  } catch (error) {
    db?.close();
    if (isSqliteError(error, 'SQLITE_BUSY') || isSqliteError(error, 'SQLITE_LOCKED')) return undefined;
    throw isSqliteError(error, 'SQLITE_CANTOPEN') || isSqliteError(error, 'SQLITE_READONLY')
      ? fail('home_unavailable', `The database ${path} cannot be opened for writing.`, {
          cause: error,
          context: { path },
        })
      : translateSqliteError(error);
  }
}

function storeOn(db: Database, options: GroupCommitOptions): Store {
  const conversations = new Conversations(db);
  const commits = new GroupCommit(db, options);
  const mailboxes = new Mailboxes(db);
  mailboxes.recover();
  const identity = db.prepare<[], { id: string }>('SELECT database_id AS id FROM database_identity').get();
  invariant(identity !== undefined, 'the first migration gives the database its id');
  return {
    databaseId: identity.id,
    commits,
    conversations,
    mailboxes,
    registry: new Registry(db),
    nicknames: new Nicknames(db),
    rooms: new Rooms(db),
    receipts: new Receipts(db),
    questions: new Questions(db),
    search: new Search(db),
    watching: new Watching(db),
    retention: new RetentionStore(db),
    outbox: new Outbox(db),
    nonces: new Nonces(db),
    tasks: new Tasks(db),
    problems: () => databaseProblems(db),
    bytes: () => databaseBytes(db),
    snapshot: (file, signal) => snapshot(db, { file, signal }),
    turns: new Turns(db),
    wakes: new Wakes(db),
    close: () => {
      commits.flush();
      db.close();
    },
  };
}
