import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { migrate } from '../src/migrate.ts';
import { MIGRATIONS } from '../src/migrations.ts';
import { openStore } from '../src/open.ts';

const nothing = { beforeCommit: () => undefined, afterCommit: () => undefined, failpoint: () => undefined };

describe('the schema', () => {
  it('is the one that was reviewed (update with -u)', async () => {
    const db = new Database(':memory:');
    migrate(db);
    await expect(dump(db)).toMatchFileSnapshot('../sql/schema.sql');
  });

  it('comes from the files in sql/, through scripts/build-sql-module.mjs', () => {
    const files = MIGRATIONS.map((_, index) => `${String(index + 1).padStart(6, '0')}.sql`);
    const texts = files.map((file) => readFileSync(new URL(`../sql/${file}`, import.meta.url), 'utf8'));
    expect(MIGRATIONS).toEqual(texts);
  });

  it('is made once, and left alone by whoever opens it again', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'schema-')), 'lalia.db');
    const first = openStore(path, nothing);
    const id = first?.databaseId;
    first?.close();
    const second = openStore(path, nothing);
    expect(second?.databaseId).toBe(id);
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    second?.close();
  });

  it('of a newer version is refused in a sentence, and not touched', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'schema-')), 'lalia.db');
    const db = new Database(path);
    db.pragma(`user_version = ${String(MIGRATIONS.length + 1)}`);
    db.close();
    expect(() => openStore(path, nothing)).toThrow(/schema 2; this version of Lalia knows 1/);
    const after = new Database(path);
    expect(dump(after)).toBe('');
    after.close();
  });

  it('has one owner: a second opening finds the database taken, until the first is closed', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'schema-')), 'lalia.db');
    const first = openStore(path, nothing);
    expect(openStore(path, nothing)).toBeUndefined();
    first?.close();
    const second = openStore(path, nothing);
    expect(second).toBeDefined();
    second?.close();
  });
});

/** Every table, index and trigger, in a fixed order; without those that SQLite makes itself for a full-text index. */
function dump(db: Database.Database): string {
  const rows = db
    .prepare<[], { sql: string }>(
      `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
         AND tbl_name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY tbl_name, type DESC, name`,
    )
    .all();
  return rows.map(({ sql }) => `${sql};\n`).join('\n');
}
