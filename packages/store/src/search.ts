/**
 * Full-text search. The index follows the messages at a distance, because words cost most where each message is its own
 * transaction; a search first takes in what is missing, so that its answer is exact whenever it is asked.
 */
import type { Ulid } from '@lalia/protocol';
import type { Database, Statement } from 'better-sqlite3';

export interface SearchQuery {
  readonly agentId: Ulid;
  /** Each has to occur; of several tokens in their order. At least one letter or digit each, or there is no hit. */
  readonly terms: readonly SearchTerm[];
  readonly sender: Ulid | undefined;
  readonly conversationId: number | undefined;
  /** Accepted at that time or later, in milliseconds since 1970. */
  readonly sinceMs: number | undefined;
  readonly limit: number;
}

export interface SearchTerm {
  readonly text: string;
  /** Words that begin with it count as well. */
  readonly prefix: boolean;
}

export interface SearchHit {
  readonly ord: number;
  /** The part of the body around the hits, each of which stands between `HIT_START` and `HIT_END`. */
  readonly snippet: string;
}

// Characters of the private use area: a body that has them itself only shows a mark too many.
export const HIT_START = '\u{F0000}';
export const HIT_END = '\u{F0001}';

const SNIPPET_TOKENS = 32;

/** Messages indexed at once; their bodies are in memory together with their words. */
const BATCH = 500;

/** Conversations that are looked up in the index; with more of them than this, each hit is checked instead. */
const MAX_SCOPE = 64;

const OWN = `(c.room_id IS NULL AND @agentId IN (c.agent_lo, c.agent_hi)
  OR c.room_id IS NOT NULL AND EXISTS (SELECT 1 FROM room_members r WHERE r.room_id = c.room_id AND r.agent_id = @agentId))`;

const OWN_IDS = `SELECT conversation_id AS id FROM conversations WHERE room_id IS NULL AND agent_lo = @agentId
  UNION ALL SELECT conversation_id FROM conversations WHERE room_id IS NULL AND agent_hi = @agentId
  UNION ALL SELECT c.conversation_id FROM room_members r JOIN conversations c ON c.room_id = r.room_id WHERE r.agent_id = @agentId
  LIMIT @limit`;

interface Bindings {
  readonly agentId: string;
  readonly match: string;
  readonly sender: string | null;
  readonly conversationId: number | null;
  readonly sinceMs: number | null;
  readonly limit: number;
}

export class Search {
  readonly #add: Statement<[{ after: number; upTo: number }]>;
  readonly #batchEnd: Statement<[{ after: number; batch: number }], { ord: number | null }>;
  readonly #progress: Statement<[], { ord: number }>;
  readonly #advance: Statement<[number]>;
  readonly #last: Statement<[], { ord: number | null }>;
  readonly #own: Statement<[{ agentId: string; limit: number }], { id: number }>;
  readonly #find: Statement<[Bindings], SearchHit>;

  constructor(db: Database) {
    this.#add = db.prepare(
      'INSERT INTO message_words (rowid, body, conversation_id) SELECT ord, body, conversation_id FROM messages WHERE ord > @after AND ord <= @upTo',
    );
    this.#batchEnd = db.prepare(
      'SELECT max(ord) AS ord FROM (SELECT ord FROM messages WHERE ord > @after ORDER BY ord LIMIT @batch)',
    );
    this.#progress = db.prepare('SELECT indexed_ord AS ord FROM message_words_progress');
    this.#advance = db.prepare('UPDATE message_words_progress SET indexed_ord = ?');
    this.#last = db.prepare('SELECT max(ord) AS ord FROM messages');
    this.#own = db.prepare(OWN_IDS);
    // CROSS: the words are looked up first, newest message first, and the rest only sorts out.
    this.#find = db.prepare(
      `SELECT w.rowid AS ord, snippet(message_words, 0, '${HIT_START}', '${HIT_END}', '…', ${String(SNIPPET_TOKENS)}) AS snippet
       FROM message_words w CROSS JOIN messages m ON m.ord = w.rowid
       CROSS JOIN conversations c ON c.conversation_id = m.conversation_id
       WHERE message_words MATCH @match AND ${OWN}
         AND m.conversation_id = coalesce(@conversationId, m.conversation_id)
         AND m.sender = coalesce(@sender, m.sender) AND m.accepted_ms >= coalesce(@sinceMs, 0)
       ORDER BY w.rowid DESC LIMIT @limit`,
    );
  }

  /** How many messages are not indexed yet, or a little more. */
  behind(): number {
    return (this.#last.get()?.ord ?? 0) - (this.#progress.get()?.ord ?? 0);
  }

  /** Takes in the next messages, a batch. @returns false when there was none. */
  indexBatch(): boolean {
    const after = this.#progress.get()?.ord ?? 0;
    const upTo = this.#batchEnd.get({ after, batch: BATCH })?.ord ?? null;
    if (upTo === null) return false;
    this.#add.run({ after, upTo });
    this.#advance.run(upTo);
    return true;
  }

  /** The agent's messages that have all the terms, the newest first; exact, because it indexes first what is not yet. */
  find({ terms, sender, conversationId, sinceMs, ...rest }: SearchQuery): SearchHit[] {
    while (this.indexBatch());
    const scope = this.#scope(rest.agentId, conversationId);
    if (scope?.length === 0) return [];
    const words = `body : (${terms.map(quoted).join(' AND ')})`;
    const within = scope?.map((id) => `"${String(id)}"`).join(' OR ');
    return this.#find.all({
      ...rest,
      match: within === undefined ? words : `conversation_id : (${within}) AND ${words}`,
      sender: sender ?? null,
      conversationId: conversationId ?? null,
      sinceMs: sinceMs ?? null,
    });
  }

  #scope(agentId: Ulid, conversationId: number | undefined): number[] | undefined {
    if (conversationId !== undefined) return [conversationId];
    const own = this.#own.all({ agentId, limit: MAX_SCOPE + 1 }).map(({ id }) => id);
    return own.length > MAX_SCOPE ? undefined : own;
  }
}

/** A string of the query language of FTS5, in which nothing but a quote is special (sqlite.org/fts5.html, 3.1). */
function quoted({ text, prefix }: SearchTerm): string {
  return `"${text.replaceAll('"', '""')}"${prefix ? '*' : ''}`;
}
