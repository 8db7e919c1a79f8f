/** The one place where SQLite's error codes become Lalia's. */
import { fail, isLaliaError } from '@lalia/protocol';

/** Codes after which a statement failed for want of space or of a working disk; sqlite.org/rescode.html. */
const STORAGE = /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN)/;
/** Codes of a file that is no sound database: no space helps. */
const DAMAGED = /^SQLITE_(CORRUPT|NOTADB)/;

/** Whether an error is the driver's, with this code or one of its extensions. */
export function isSqliteError(error: unknown, code: string): boolean {
  return codeOf(error)?.startsWith(code) === true;
}

/** What to throw instead of something that came out of the driver; everything else is passed on as it is. */
export function translateSqliteError(error: unknown): unknown {
  const code = codeOf(error);
  if (isLaliaError(error) || code === undefined) return error;
  if (DAMAGED.test(code))
    return fail('database_damaged', `The database is damaged (${code}).`, {
      cause: error,
      context: { sqlite: code },
    });
  if (!STORAGE.test(code)) return error;
  const reason = code.startsWith('SQLITE_FULL')
    ? 'The disk is full.'
    : `The database cannot be written (${code}).`;
  return fail('storage_full', reason, { cause: error, context: { sqlite: code } });
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return error.code.startsWith('SQLITE_') ? error.code : undefined;
}
