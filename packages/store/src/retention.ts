/**
 * Giving up bodies that the transcript has. A message stays a row for ever, with its id and its number, so that sending it again
 * changes nothing and order holds; what goes is its text and its words in the index. Invariant: a body goes only when it is in git,
 * nobody has it still to read, it is no open question, and no bundle of a task.
 */
import { createHash } from 'node:crypto';
import type { Database, Statement } from 'better-sqlite3';

export interface RetentionRecord {
  /** Milliseconds; null: for ever. */
  readonly keepMs: number | null;
  readonly pruned: number;
  readonly prunedBeforeMs: number | null;
}

/** Where a pass over the messages stands. */
export interface PrunePlace {
  /** Everything up to here was looked at. */
  readonly throughOrd: number;
  /** Nothing up to here has a body. */
  readonly isClean: boolean;
}

interface Look {
  readonly ord: number;
  readonly acceptedMs: number;
  /** Of its body; null where that went already. */
  readonly bytes: number | null;
  readonly mayGo: number;
}

/** Messages that one transaction looks at. */
const WINDOW = 500;

/** Bytes of bodies that one transaction gives up, or one body. */
const MAX_BYTES = 1024 * 1024;

/** The value of `PRAGMA auto_vacuum` for a file whose unused pages can be given back a few at a time. */
const INCREMENTAL = 2;

/** Pages that one transaction gives back to the file system: 1 MiB. */
const PAGES = 256;

const MAY_GO = `m.accepted_ms < @beforeMs
  AND m.ord < coalesce((SELECT message_ord FROM outbox WHERE message_ord IS NOT NULL ORDER BY ord LIMIT 1), m.ord + 1)
  AND m.ord <= (SELECT indexed_ord FROM message_words_progress)
  AND NOT (m.seq = 1 AND EXISTS (SELECT 1 FROM conversations c JOIN tasks t ON t.room_id = c.room_id
    WHERE c.conversation_id = m.conversation_id))
  AND NOT EXISTS (SELECT 1 FROM open_questions q WHERE q.message_ord = m.ord)
  AND NOT EXISTS (SELECT 1 FROM mailbox b WHERE b.message_ord = m.ord
    AND (b.state = 'unread' OR b.state = 'delivered' OR b.state = 'dropped' AND b.told_ms IS NULL))`;

export class RetentionStore {
  readonly #db: Database;
  readonly #get: Statement<[], RetentionRecord & { cleanOrd: number }>;
  readonly #setKeep: Statement<[number | null]>;
  readonly #look: Statement<[{ after: number; beforeMs: number; limit: number }], Look>;
  readonly #body: Statement<[number], { body: string }>;
  readonly #forgetWords: Statement<[number]>;
  readonly #prune: Statement<[{ ord: number; sha256: Uint8Array }]>;
  readonly #note: Statement<[{ pruned: number; beforeMs: number | null; cleanOrd: number }]>;
  readonly #mergeWords: Statement<[]>;
  readonly #changes: Statement<[], { changes: number }>;

  constructor(db: Database) {
    this.#db = db;
    this.#get = db.prepare(
      'SELECT keep_ms AS keepMs, pruned, pruned_before_ms AS prunedBeforeMs, clean_ord AS cleanOrd FROM retention',
    );
    this.#setKeep = db.prepare('UPDATE retention SET keep_ms = ?');
    this.#look = db.prepare(
      `SELECT m.ord, m.accepted_ms AS acceptedMs, octet_length(m.body) AS bytes, ${MAY_GO} AS mayGo FROM messages m WHERE m.ord > @after ORDER BY m.ord LIMIT @limit`,
    );
    this.#body = db.prepare('SELECT body FROM messages WHERE ord = ? AND body IS NOT NULL');
    // An index without its own copy is told what to forget (sqlite.org/fts5.html, 6.6); from the row, because it has to be the same
    // to the type.
    this.#forgetWords = db.prepare(
      `INSERT INTO message_words (message_words, rowid, body, conversation_id)
       SELECT 'delete', ord, body, conversation_id FROM messages WHERE ord = ?`,
    );
    this.#prune = db.prepare('UPDATE messages SET body = NULL, body_sha256 = @sha256 WHERE ord = @ord');
    this.#note = db.prepare(
      `UPDATE retention SET pruned = pruned + @pruned, clean_ord = max(clean_ord, @cleanOrd),
         pruned_before_ms = nullif(max(coalesce(pruned_before_ms, 0), coalesce(@beforeMs, 0)), 0)`,
    );
    this.#mergeWords = db.prepare(`INSERT INTO message_words (message_words, rank) VALUES ('merge', 500)`);
    this.#changes = db.prepare('SELECT total_changes() AS changes');
  }

  get(): RetentionRecord {
    const { keepMs = null, pruned = 0, prunedBeforeMs = null } = this.#get.get() ?? {};
    return { keepMs, pruned, prunedBeforeMs };
  }

  setKeep(keepMs: number | null): void {
    this.#setKeep.run(keepMs);
  }

  /** Where a pass begins. */
  start(): PrunePlace {
    return { throughOrd: this.#get.get()?.cleanOrd ?? 0, isClean: true };
  }

  /**
   * Gives up the next bodies of a pass, a bounded number of them.
   * @param beforeMs only of what was accepted earlier.
   * @returns where the pass stands then; undefined at its end.
   */
  pruneNext(place: PrunePlace, beforeMs: number): PrunePlace | undefined {
    let { throughOrd, isClean } = place;
    let cleanOrd = 0;
    const gone: Look[] = [];
    let bytes = 0;
    const looks = this.#look.all({ after: throughOrd, beforeMs, limit: WINDOW });
    for (const look of looks) {
      if (look.mayGo === 1 && look.bytes !== null) {
        bytes += look.bytes;
        if (gone.length > 0 && bytes > MAX_BYTES) break;
        this.#giveUp(look.ord);
        gone.push(look);
      } else if (look.bytes !== null) isClean = false;
      throughOrd = look.ord;
      if (isClean) cleanOrd = look.ord;
    }
    const newestMs = gone.length === 0 ? null : Math.max(...gone.map(({ acceptedMs }) => acceptedMs)) + 1;
    this.#note.run({ pruned: gone.length, beforeMs: newestMs, cleanOrd });
    return looks.length === 0 || (looks.length < WINDOW && throughOrd === looks.at(-1)?.ord)
      ? undefined
      : { throughOrd, isClean };
  }

  /** Whether the file has pages that it does not use. */
  hasFreePages(): boolean {
    const isIncremental = this.#db.pragma('auto_vacuum', { simple: true }) === INCREMENTAL;
    return isIncremental && Number(this.#db.pragma('freelist_count', { simple: true })) > 0;
  }

  /** Gives some unused pages back to the file system. */
  shrink(): void {
    this.#db.pragma(`incremental_vacuum(${String(PAGES)})`);
  }

  /** Merges a part of the index of words, so that what was forgotten leaves it. @returns false when there was nothing to merge. */
  mergeWords(): boolean {
    const before = this.#totalChanges();
    this.#mergeWords.run();
    // The statement itself counts as one change (sqlite.org/fts5.html, 6.8).
    return this.#totalChanges() - before > 1;
  }

  /** The size of the database's file, in bytes; what is still in its log not counted. */
  databaseBytes(): number {
    const pages = Number(this.#db.pragma('page_count', { simple: true }));
    return pages * Number(this.#db.pragma('page_size', { simple: true }));
  }

  #giveUp(ord: number): void {
    const message = this.#body.get(ord);
    if (message === undefined) return;
    this.#forgetWords.run(ord);
    this.#prune.run({ ord, sha256: createHash('sha256').update(message.body, 'utf8').digest() });
  }

  #totalChanges(): number {
    return this.#changes.get()?.changes ?? 0;
  }
}
