/** Whether a database is sound: SQLite's own check, and what Lalia knows that must be so. */
import type { Database } from 'better-sqlite3';
import SqliteDatabase from 'better-sqlite3';
import { MIGRATIONS } from './migrations.ts';
import { isSqliteError } from './sqlite-errors.ts';

/** So many sentences tell that it is bad; more do not tell more. */
const MAX_PROBLEMS = 20;

/** What must hold, each as a count of what breaks it. */
const MUST_BE_NONE: readonly { readonly sentence: string; readonly sql: string }[] = [
  {
    sentence: 'conversations have gaps in their numbers',
    sql: `SELECT count(*) AS n FROM conversations c
      WHERE last_seq <> (SELECT count(*) FROM messages m WHERE m.conversation_id = c.conversation_id)`,
  },
  {
    sentence: 'counts of unread messages are wrong',
    sql: `SELECT count(*) AS n FROM unread_counts u WHERE unread <> (SELECT count(*) FROM mailbox b
      WHERE b.agent_id = u.agent_id AND b.conversation_id = u.conversation_id AND b.state = 'unread')`,
  },
  {
    sentence: 'rows refer to something that is not there',
    sql: 'SELECT count(*) AS n FROM pragma_foreign_key_check',
  },
];

/** What is wrong in an open database, a sentence each; empty when nothing is. */
export function databaseProblems(db: Database): string[] {
  try {
    const found = db.pragma(`quick_check(${String(MAX_PROBLEMS)})`) as { readonly quick_check: string }[];
    const sentences = found
      .map(({ quick_check: sentence }) => sentence)
      .filter((sentence) => sentence !== 'ok');
    if (sentences.length > 0 || Number(db.pragma('user_version', { simple: true })) !== MIGRATIONS.length)
      return sentences;
    return MUST_BE_NONE.flatMap(({ sentence, sql }) => {
      const count = db.prepare<[], { n: number }>(sql).get()?.n ?? 0;
      return count === 0 ? [] : [`${String(count)} ${sentence}`];
    });
  } catch (error) {
    if (error instanceof SqliteDatabase.SqliteError) return [`${error.message} (${error.code})`];
    throw error;
  }
}

/** The size of an open database, with what is still in the log only. */
export function databaseBytes(db: Database): number {
  const [count, size] = ['page_count', 'page_size'].map((name) => Number(db.pragma(name, { simple: true })));
  return (count ?? 0) * (size ?? 0);
}

/** A database without its daemon, as it was found. */
export type Examination =
  | { readonly kind: 'missing' }
  /** A daemon has it. */
  | { readonly kind: 'locked' }
  /** It cannot be opened for writing, so nothing could be found out. */
  | { readonly kind: 'closed'; readonly code: string }
  | {
      readonly kind: 'examined';
      readonly problems: readonly string[];
      readonly schema: number;
      readonly knownSchema: number;
      readonly bytes: number;
      readonly newestMs: number | null;
      readonly backlog: number;
      readonly transcriptId: string | null;
      readonly databaseId: string | null;
      readonly agents: readonly ExaminedAgent[];
    };

export interface ExaminedAgent {
  readonly agentId: string;
  readonly name: string;
  readonly kind: string;
  readonly publicKey: Uint8Array;
}

/**
 * Takes the lock of a database, as a daemon does, so that none can start on it.
 * @returns what gives it back; undefined when a daemon has it. What is no database has no lock, and no daemon either.
 */
export function lockDatabase(path: string): (() => void) | undefined {
  try {
    const db = openAlone(path);
    return () => db.close();
  } catch (error) {
    if (isLocked(error)) return undefined;
    if (error instanceof SqliteDatabase.SqliteError) return () => undefined;
    throw error;
  }
}

/**
 * Takes a lock that ends with this process, however it ends: that of a database which is there for nothing else.
 * @param path a file in a folder that is there; made where it is missing.
 * @returns what gives it back; undefined while another process has it.
 */
export function takeProcessLock(path: string): (() => void) | undefined {
  try {
    const db = openAlone(path, { fileMustExist: false });
    return () => db.close();
  } catch (error) {
    if (isLocked(error)) return undefined;
    throw error;
  }
}

/** Looks at the database of a home that no daemon serves; changes nothing in it, and keeps daemons out meanwhile. */
export function examineDatabase(path: string): Examination {
  let db: Database | undefined;
  try {
    db = openAlone(path);
    const problems = databaseProblems(db);
    const schema = Number(db.pragma('user_version', { simple: true }));
    const nothing = { newestMs: null, backlog: 0, transcriptId: null, databaseId: null, agents: [] };
    const known = problems.length === 0 && schema === MIGRATIONS.length ? factsOf(db) : nothing;
    return {
      kind: 'examined',
      problems,
      schema,
      knownSchema: MIGRATIONS.length,
      bytes: databaseBytes(db),
      ...known,
    };
  } catch (error) {
    return failedExamination(error);
  } finally {
    db?.close();
  }
}

function failedExamination(error: unknown): Examination {
  if (!(error instanceof SqliteDatabase.SqliteError)) throw error;
  if (isLocked(error)) return { kind: 'locked' };
  if (isSqliteError(error, 'SQLITE_CANTOPEN') || isSqliteError(error, 'SQLITE_READONLY'))
    return { kind: 'closed', code: error.code };
  return {
    kind: 'examined',
    problems: [`${error.message} (${error.code})`],
    schema: 0,
    knownSchema: MIGRATIONS.length,
    bytes: 0,
    newestMs: null,
    backlog: 0,
    transcriptId: null,
    databaseId: null,
    agents: [],
  };
}

function openAlone(path: string, { fileMustExist = true } = {}): Database {
  const db = new SqliteDatabase(path, { timeout: 0, fileMustExist });
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE; COMMIT');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function isLocked(error: unknown): boolean {
  return isSqliteError(error, 'SQLITE_BUSY') || isSqliteError(error, 'SQLITE_LOCKED');
}

function factsOf(db: Database) {
  const identity = db
    .prepare<[], { databaseId: string; transcriptId: string | null }>(
      'SELECT database_id AS databaseId, transcript_id AS transcriptId FROM database_identity',
    )
    .get();
  const newest = db.prepare<[], { ms: number | null }>('SELECT max(accepted_ms) AS ms FROM messages').get();
  const backlog = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM outbox').get();
  const agents = db
    .prepare<[], ExaminedAgent>(
      'SELECT agent_id AS agentId, name, kind, public_key AS publicKey FROM agents WHERE unregistered_ms IS NULL',
    )
    .all();
  return {
    databaseId: identity?.databaseId ?? null,
    transcriptId: identity?.transcriptId ?? null,
    newestMs: newest?.ms ?? null,
    backlog: backlog?.n ?? 0,
    agents,
  };
}
