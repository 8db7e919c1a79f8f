/** Attempts to wake idle agents: a row each, written before the attempt, so that a crash in between shows. */
import type { Ulid, WakeAttempt } from '@lalia/protocol';
import type { Database, Statement } from 'better-sqlite3';

export type WakeOutcome = WakeAttempt['outcome'];

export interface WakeRecord {
  readonly wakeId: Ulid;
  readonly agentId: Ulid;
  readonly conversationId: number;
  readonly fromOrd: number;
  readonly throughOrd: number;
  /** Null where the budget kept it from being tried at all. */
  readonly route: string | null;
  readonly isFallback: boolean;
  readonly attemptedMs: number;
  readonly outcome: WakeOutcome;
  /** When it came to that; of one that is suppressed, when it is tried again. */
  readonly outcomeMs: number | null;
  readonly detail: string | null;
}

/** Unread messages for which an agent may be woken. */
export interface WakingMail {
  readonly fromOrd: number;
  readonly throughOrd: number;
  /** The conversations, that with the oldest message first, each with how many messages. */
  readonly conversations: readonly { readonly conversationId: number; readonly messages: number }[];
}

interface WakeRow extends Omit<WakeRecord, 'isFallback'> {
  readonly isFallback: number;
}

interface MailRow {
  readonly conversationId: number;
  readonly messages: number;
  readonly fromOrd: number;
  readonly throughOrd: number;
}

/** How many unread messages are looked at: enough to say that there is mail, whatever has piled up. */
const MAIL_LOOKED_AT = 200;

const WAKE = `wake_id AS wakeId, agent_id AS agentId, conversation_id AS conversationId, from_ord AS fromOrd,
  through_ord AS throughOrd, route, fallback AS isFallback, attempted_ms AS attemptedMs, outcome, outcome_ms AS outcomeMs, detail`;

export class Wakes {
  readonly #insert: Statement<[WakeRow]>;
  readonly #settle: Statement<[Pick<WakeRecord, 'wakeId' | 'outcome' | 'outcomeMs' | 'detail'>]>;
  readonly #extend: Statement<[Pick<WakeRecord, 'wakeId' | 'throughOrd' | 'outcomeMs'>]>;
  readonly #proven: Statement<[number, string, number]>;
  readonly #wokenThrough: Statement<[string], { throughOrd: number }>;
  readonly #since: Statement<[string, number], WakeRow>;
  readonly #last: Statement<[string], WakeRow>;
  readonly #count: Statement<[string, number], { count: number }>;
  readonly #ofMessage: Statement<[{ agentId: string; ord: number }], WakeRow>;
  readonly #mail: Statement<[{ agentId: string; afterOrd: number }], MailRow>;
  readonly #recover: Statement<[number]>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO wakes (wake_id, agent_id, conversation_id, from_ord, through_ord, route, fallback, attempted_ms, outcome, outcome_ms,
         detail) VALUES (@wakeId, @agentId, @conversationId, @fromOrd, @throughOrd, @route, @isFallback, @attemptedMs, @outcome,
         @outcomeMs, @detail)`,
    );
    this.#settle = db.prepare(
      `UPDATE wakes SET outcome = @outcome, outcome_ms = @outcomeMs, detail = @detail
       WHERE wake_id = @wakeId AND outcome IN ('attempting', 'started')`,
    );
    this.#extend = db.prepare(
      'UPDATE wakes SET through_ord = @throughOrd, outcome_ms = @outcomeMs WHERE wake_id = @wakeId',
    );
    this.#proven = db.prepare(
      `UPDATE wakes SET outcome = 'woken', outcome_ms = ?
       WHERE agent_id = ? AND attempted_ms >= ? AND outcome IN ('attempting', 'started', 'held', 'unknown')`,
    );
    this.#wokenThrough = db.prepare(
      `SELECT through_ord AS throughOrd FROM wakes WHERE agent_id = ? AND outcome = 'woken' ORDER BY through_ord DESC LIMIT 1`,
    );
    this.#since = db.prepare(
      `SELECT ${WAKE} FROM wakes WHERE agent_id = ? AND attempted_ms >= ? ORDER BY attempted_ms, wake_id`,
    );
    this.#last = db.prepare(
      `SELECT ${WAKE} FROM wakes WHERE agent_id = ? ORDER BY attempted_ms DESC, wake_id DESC LIMIT 1`,
    );
    this.#count = db.prepare(
      `SELECT count(*) AS count FROM wakes
       WHERE agent_id = ? AND attempted_ms > ? AND route IS NOT NULL AND fallback = 0`,
    );
    this.#ofMessage = db.prepare(
      `SELECT ${WAKE} FROM wakes w WHERE w.agent_id = @agentId AND w.through_ord >= @ord AND w.from_ord <= @ord
         AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.ord = @ord AND m.status = 1)
         AND NOT EXISTS (SELECT 1 FROM mailbox b WHERE b.message_ord = @ord AND b.agent_id = @agentId AND b.read_ms < w.attempted_ms)
       ORDER BY w.attempted_ms, w.wake_id`,
    );
    this.#mail = db.prepare(
      `SELECT conversation_id AS conversationId, count(*) AS messages, min(ord) AS fromOrd, max(ord) AS throughOrd FROM
         (SELECT b.conversation_id, m.ord FROM mailbox b JOIN messages m ON m.ord = b.message_ord
          WHERE b.agent_id = @agentId AND b.state = 'unread' AND b.message_ord > @afterOrd AND m.status = 0
          ORDER BY b.message_ord LIMIT ${String(MAIL_LOOKED_AT)})
       GROUP BY conversation_id ORDER BY fromOrd`,
    );
    this.#recover = db.prepare(
      `UPDATE wakes SET outcome = 'unknown', outcome_ms = ?, detail = 'the daemon ended before it was known' WHERE outcome = 'attempting'`,
    );
  }

  insert(wake: WakeRecord): void {
    this.#insert.run({ ...wake, isFallback: wake.isFallback ? 1 : 0 });
  }

  /** Notes what an attempt came to, unless a turn has proven it meanwhile. */
  settle(wake: Pick<WakeRecord, 'wakeId' | 'outcome' | 'outcomeMs' | 'detail'>): void {
    this.#settle.run(wake);
  }

  /** More mail waits for the budget that one was suppressed by. */
  extend(wake: Pick<WakeRecord, 'wakeId' | 'throughOrd' | 'outcomeMs'>): void {
    this.#extend.run(wake);
  }

  /** A turn has begun: what was attempted since then has led to it. */
  proven(agentId: Ulid, sinceMs: number, nowMs: number): void {
    this.#proven.run(nowMs, agentId, sinceMs);
  }

  /** Attempts of that time or later, the oldest first. */
  since(agentId: Ulid, sinceMs: number): WakeRecord[] {
    return this.#since.all(agentId, sinceMs).map(toRecord);
  }

  last(agentId: Ulid): WakeRecord | undefined {
    const row = this.#last.get(agentId);
    return row && toRecord(row);
  }

  /** How often an agent was woken or was to be since then; another way for the same does not count. */
  count(agentId: Ulid, sinceMs: number): number {
    return this.#count.get(agentId, sinceMs)?.count ?? 0;
  }

  /** The attempts that were made for a message while this recipient had not read it. */
  ofMessage(agentId: Ulid, ord: number): WakeRecord[] {
    return this.#ofMessage.all({ agentId, ord }).map(toRecord);
  }

  /** The mail that an agent may be woken for: unread, not marked as status, and nothing that it was woken for before. */
  mailFor(agentId: Ulid): WakingMail | undefined {
    const afterOrd = this.#wokenThrough.get(agentId)?.throughOrd ?? 0;
    const rows = this.#mail.all({ agentId, afterOrd });
    const [oldest] = rows;
    if (oldest === undefined) return undefined;
    return {
      fromOrd: oldest.fromOrd,
      throughOrd: Math.max(...rows.map(({ throughOrd }) => throughOrd)),
      conversations: rows.map(({ conversationId, messages }) => ({ conversationId, messages })),
    };
  }

  /** What was under way when the last daemon ended may have happened or not. */
  recover(nowMs: number): void {
    this.#recover.run(nowMs);
  }
}

function toRecord({ isFallback, ...wake }: WakeRow): WakeRecord {
  return { ...wake, isFallback: isFallback === 1 };
}
