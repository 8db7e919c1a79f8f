/**
 * Databases of earlier versions. Each version of the schema has one in databases/, as data for the tables that its own SQL makes;
 * today's code opens it and finds everything. How to add a version: CONTRIBUTING.md, "A new version of the database".
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it, test } from 'vitest';
import { migrate } from '../src/migrate.ts';
import { MIGRATIONS } from '../src/migrations.ts';
import { openStore, type Store } from '../src/open.ts';

const folder = mkdtempSync(join(tmpdir(), 'upgrades-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const nothing = { beforeCommit: () => undefined, afterCommit: () => undefined, failpoint: () => undefined };
const VERSIONS = MIGRATIONS.map((_, index) => index + 1);
const [ALICE, BOB] = ['01K0000000000000000000000A', '01K0000000000000000000000B'];

function fileOf(version: number): string {
  return `${String(version).padStart(6, '0')}.sql`;
}

function textOf(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
}

/** A database as a home of that version has it. */
function databaseOf(version: number): string {
  const path = join(folder, `version-${String(version)}.db`);
  fill(new Database(path), version).close();
  return path;
}

function fill(db: Database.Database, version: number): Database.Database {
  migrate(db, MIGRATIONS.slice(0, version));
  return db.exec(textOf(`databases/${fileOf(version)}`));
}

function opened(path: string): Store {
  const store = openStore(path, nothing);
  if (store === undefined) throw new Error('Another process has this database.');
  return store;
}

describe.each(VERSIONS)('a database of schema %i', (version) => {
  const store = opened(databaseOf(version));
  afterAll(() => {
    store.close();
  });

  it('is whole after the upgrade', () => {
    const db = fill(new Database(':memory:'), version);
    migrate(db);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.pragma('foreign_key_check')).toEqual([]);
    expect(db.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
    db.close();
  });

  it('has its agents, their former names, and what the person calls them', () => {
    expect(store.databaseId).toBe('00112233445566778899aabbccddeeff');
    expect(store.registry.get(ALICE)).toMatchObject({ name: 'alice', role: 'supervisor', project: 'shop' });
    expect(store.registry.get(BOB)).toMatchObject({ name: 'bob', role: 'worker' });
    expect(store.nicknames.list().map(({ nickname }) => nickname)).toEqual(['boss', 'helper']);
    expect(store.rooms.members('01K0000000000000000000000R')).toHaveLength(2);
  });

  it('has its mail: what was with a reader is unread again, in its old place', () => {
    const { mailboxes, conversations } = store;
    const unread = mailboxes.peek({ agentId: BOB, source: { kind: 'any' }, limit: 10 });
    expect(
      unread.map(({ ord, redelivered }) => ({ body: conversations.messages.byOrd(ord)?.body, redelivered })),
    ).toEqual([
      { body: 'delivered, not acknowledged', redelivered: true },
      { body: 'unread, not in git, not indexed: déjà vu\n', redelivered: false },
      { body: 'the bundle', redelivered: false },
    ]);
    expect(mailboxes.unreadOf(BOB)).toBe(3);
    expect(mailboxes.unreadOf(ALICE)).toBe(0);
    expect(conversations.messages.byId('01K00000000000000000000M02')).toMatchObject({
      seq: 2,
      senderName: 'al',
    });
    expect(conversations.channel(ALICE, BOB)?.lastSeq).toBe(4);
  });

  it('has its open questions, its tasks and its nonces', () => {
    expect(store.questions.askedBy(ALICE, 10)).toEqual({ questions: [2], count: 1 });
    expect(store.questions.owedBy(BOB, 10).count).toBe(1);
    expect(store.tasks.list('shop')).toMatchObject([{ slug: 'parser', status: 'in-progress', owner: BOB }]);
    expect(store.nonces.use({ agentId: ALICE, nonce: 'nonce-4', expiresMs: 304_400 })).toBe(false);
  });

  it('has what git is still to get, as the files that they will be', () => {
    expect(store.outbox.isFor('copy-1')).toBe(true);
    const due = store.outbox.next({ maxEntries: 10, maxBytes: 1_000_000 });
    expect(due.map(({ ord, path }) => [ord, path])).toEqual([
      [7, `registry/${ALICE}.json`],
      [8, 'peers/alice--bob/000004-alice.md'],
      [9, 'rooms/parser/000001-alice.md'],
    ]);
  });

  it('is searched, what was indexed and what was not, and goes on', async () => {
    const find = (text: string) =>
      store.search
        .find({
          agentId: BOB,
          terms: [{ text, prefix: false }],
          sender: undefined,
          conversationId: undefined,
          sinceMs: undefined,
          limit: 10,
        })
        .map(({ ord }) => ord);
    expect(find('parser')).toEqual([2]);
    expect(find('deja')).toEqual([4]);
    await store.commits.run(() => {
      store.mailboxes.deliver({ agentId: BOB, deliveryId: '01K0000000000000000000000E', nowMs: 9000 }, [
        { ord: 3, conversationId: 1, redelivered: true },
      ]);
    });
    expect(store.mailboxes.unreadOf(BOB)).toBe(2);
  });
});

test('every version of the schema has a database, and no other', () => {
  expect(readdirSync(new URL('databases', import.meta.url)).sort()).toEqual(VERSIONS.map(fileOf));
});

test('the SQL of a released version is never changed again: a new one is a new file', () => {
  const released = JSON.parse(textOf('../sql/released.json')) as Readonly<Record<string, string>>;
  for (const [file, sha256] of Object.entries(released)) {
    expect({
      file,
      sha256: createHash('sha256')
        .update(textOf(`../sql/${file}`))
        .digest('hex'),
    }).toEqual({ file, sha256 });
  }
  expect(Object.keys(released)).toEqual(VERSIONS.slice(0, Object.keys(released).length).map(fileOf));
});

describe('a migration', () => {
  const FIRST =
    "CREATE TABLE things (name TEXT NOT NULL) STRICT; INSERT INTO things VALUES ('one'), ('two');";
  const SECOND =
    'ALTER TABLE things ADD COLUMN size INTEGER NOT NULL DEFAULT 0; UPDATE things SET size = length(name);';

  function contents(db: Database.Database): unknown[] {
    return db.prepare('SELECT * FROM things').all();
  }

  it('runs once, on what the one before it has left', () => {
    const db = new Database(':memory:');
    migrate(db, [FIRST]);
    migrate(db, [FIRST, SECOND]);
    migrate(db, [FIRST, SECOND]);
    expect(contents(db)).toEqual([
      { name: 'one', size: 3 },
      { name: 'two', size: 3 },
    ]);
    expect(db.pragma('user_version', { simple: true })).toBe(2);
  });

  it('that fails changes nothing, and those before it stay', () => {
    const db = new Database(':memory:');
    expect(() => {
      migrate(db, [FIRST, `${SECOND} INSERT INTO nowhere VALUES (1);`]);
    }).toThrow('nowhere');
    expect(contents(db)).toEqual([{ name: 'one' }, { name: 'two' }]);
    expect(db.pragma('user_version', { simple: true })).toBe(1);
  });

  it('that is killed in the middle is made again by the next start', async () => {
    const path = join(folder, 'killed.db');
    const script = join(import.meta.dirname, '_migrate-process.ts');
    const killing = JSON.stringify([FIRST, `${SECOND} SELECT kill_now();`]);
    const child = spawn(process.execPath, ['--conditions=@lalia/source', script, path, killing], {
      stdio: 'inherit',
    });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    const db = new Database(path);
    expect(contents(db)).toEqual([{ name: 'one' }, { name: 'two' }]);
    migrate(db, [FIRST, SECOND]);
    expect(contents(db)).toHaveLength(2);
    expect(db.pragma('user_version', { simple: true })).toBe(2);
    db.close();
  });

  it('of a newer version is refused, and nothing is touched', () => {
    const db = new Database(':memory:');
    migrate(db, [FIRST, SECOND]);
    expect(() => {
      migrate(db, [FIRST]);
    }).toThrow(/schema 2; this version of Lalia knows 1/);
    expect(contents(db)).toHaveLength(2);
  });
});
