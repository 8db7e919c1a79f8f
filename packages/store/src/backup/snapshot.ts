/** A copy of the database while it is in use. */

import type { Database } from 'better-sqlite3';
import { translateSqliteError } from '../sqlite-errors.ts';

/** Copied in one go, between two turns of the daemon: some milliseconds. */
const PAGES_A_STEP = 256;

/**
 * Copies a database into a new file. What is written through the same connection meanwhile is in the copy as well
 * (sqlite.org/backup.html), so it ends also under load, and is as the database was when it ended.
 */
export async function snapshot(
  db: Database,
  { file, signal }: { readonly file: string; readonly signal: AbortSignal },
): Promise<void> {
  try {
    await db.backup(file, {
      progress: () => {
        signal.throwIfAborted();
        return PAGES_A_STEP;
      },
    });
  } catch (error) {
    throw translateSqliteError(error);
  }
}
