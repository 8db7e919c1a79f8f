/** What an agent may see after a place in the order of acceptance. Nothing is noted for who looks: it comes back with the place. */
import type { Ulid } from '@lalia/protocol';
import type { Database, Statement } from 'better-sqlite3';

export interface WatchQuery {
  readonly agentId: Ulid;
  /** Undefined: all of the agent's conversations. */
  readonly conversationId: number | undefined;
  readonly afterOrd: number;
  readonly limit: number;
}

export interface WatchPage {
  readonly ords: readonly number[];
  /** Everything up to here was looked at. */
  readonly throughOrd: number;
  /** Whether that is all there is. */
  readonly isEnd: boolean;
}

/** A message without its body. */
export interface MessageHead {
  readonly id: Ulid;
  readonly seq: number;
  readonly conversationId: number;
  readonly sender: Ulid;
}

/** Messages of others that one look passes over at most, so that it does not hold everybody else up. */
const WINDOW = 5000;

export class Watching {
  readonly #page: Statement<
    [Omit<WatchQuery, 'conversationId'> & { upTo: number; conversationId: number | null }],
    { ord: number }
  >;
  readonly #last: Statement<[], { ord: number | null }>;
  readonly #from: Statement<[number], { ord: number; acceptedMs: number }>;
  readonly #head: Statement<[number], MessageHead>;

  constructor(db: Database) {
    this.#page = db.prepare(
      `SELECT m.ord FROM messages m JOIN conversations c USING (conversation_id)
       WHERE m.ord > @afterOrd AND m.ord <= @upTo AND m.conversation_id = coalesce(@conversationId, m.conversation_id)
         AND (c.room_id IS NULL AND @agentId IN (c.agent_lo, c.agent_hi)
           OR c.room_id IS NOT NULL AND EXISTS
             (SELECT 1 FROM room_members r WHERE r.room_id = c.room_id AND r.agent_id = @agentId))
       ORDER BY m.ord LIMIT @limit`,
    );
    this.#last = db.prepare('SELECT max(ord) AS ord FROM messages');
    this.#from = db.prepare(
      'SELECT ord, accepted_ms AS acceptedMs FROM messages WHERE ord >= ? ORDER BY ord LIMIT 1',
    );
    this.#head = db.prepare(
      'SELECT id, seq, conversation_id AS conversationId, sender FROM messages WHERE ord = ?',
    );
  }

  /** The last message there is, anybody's. */
  lastOrd(): number {
    return this.#last.get()?.ord ?? 0;
  }

  /** The place before what was accepted at a time or later: the order of acceptance is that of time. */
  placeBefore(sinceMs: number): number {
    let low = 1;
    let high = this.lastOrd() + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const message = this.#from.get(middle);
      if (message === undefined || message.acceptedMs >= sinceMs) high = middle;
      else low = message.ord + 1;
    }
    return low - 1;
  }

  /** The agent's next messages, its own ones as well, in order. */
  page({ agentId, conversationId, afterOrd, limit }: WatchQuery): WatchPage {
    const last = this.lastOrd();
    const upTo = Math.min(last, afterOrd + WINDOW);
    const ords = this.#page
      .all({ agentId, conversationId: conversationId ?? null, afterOrd, upTo, limit })
      .map(({ ord }) => ord);
    const throughOrd = ords.length < limit ? Math.max(upTo, afterOrd) : (ords.at(-1) ?? afterOrd);
    return { ords, throughOrd, isEnd: throughOrd >= last };
  }

  head(ord: number): MessageHead | undefined {
    return this.#head.get(ord);
  }
}
