/** Brings a database to the newest schema. Forward only; `user_version` says how many migrations it has had. */
import { fail } from '@lalia/protocol';
import type { Database } from 'better-sqlite3';
import { MIGRATIONS } from './migrations.ts';

/**
 * Runs the migrations that a database has not had, each in its own transaction.
 * @param migrations those of this version; a test has its own.
 * @throws LaliaError `database_newer` for a database that a newer version wrote: nothing is touched.
 */
export function migrate(db: Database, migrations: readonly string[] = MIGRATIONS): void {
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version > migrations.length) {
    throw fail(
      'database_newer',
      `The database has schema ${String(version)}; this version of Lalia knows ${String(migrations.length)}.`,
      {
        context: { schema: version, known: migrations.length },
      },
    );
  }
  for (const [index, sql] of migrations.entries()) {
    if (index < version) continue;
    db.transaction(() => {
      db.exec(sql);
      db.pragma(`user_version = ${String(index + 1)}`);
    })();
  }
}
