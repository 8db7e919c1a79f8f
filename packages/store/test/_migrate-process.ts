/**
 * Migrates a database with given migrations, for tests that kill: in their SQL `kill_now()` ends the process.
 *
 *   node _migrate-process.ts <database> <migrations as JSON>
 */
import Database from 'better-sqlite3';
import { migrate } from '../src/migrate.ts';

const [path = '', migrations = '[]'] = process.argv.slice(2);
const db = new Database(path);
db.pragma('journal_mode = WAL');
db.function('kill_now', { directOnly: false }, () => {
  process.kill(process.pid, 'SIGKILL');
  return null;
});
migrate(db, JSON.parse(migrations) as string[]);
db.close();
