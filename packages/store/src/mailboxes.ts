/** Mailboxes: which messages an agent has not read, has been handed, has read, or has lost to overflow. */
import type { Ulid } from '@lalia/protocol';
import type { Database, Statement } from 'better-sqlite3';
import { type DeliveryEvent, stateAfter, statesChangedBy } from './delivery-state.ts';

/** What a read takes from; rooms and channels are both conversations here. */
export type MailSource =
  | { readonly kind: 'any' }
  | { readonly kind: 'conversation'; readonly conversationId: number }
  | { readonly kind: 'answer'; readonly questionId: Ulid };

export interface MailRef {
  readonly ord: number;
  readonly conversationId: number;
  readonly redelivered: boolean;
}

export interface MailQuery {
  readonly agentId: Ulid;
  readonly source: MailSource;
  readonly limit: number;
}

/** Messages that were dropped and that the reader was not told of. */
export interface Dropped {
  readonly count: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
}

export interface Handout {
  readonly agentId: Ulid;
  readonly deliveryId: Ulid;
  readonly nowMs: number;
}

interface MailRow {
  readonly ord: number;
  readonly conversationId: number;
  readonly redelivered: number;
}

const MAIL = 'b.message_ord AS ord, b.conversation_id AS conversationId, b.redelivered';

/** A conversation of which the agent holds an unacknowledged delivery is passed over, so that order holds also when it is put back. */
const NOT_HELD = `NOT EXISTS (SELECT 1 FROM mailbox h
  WHERE h.agent_id = b.agent_id AND h.conversation_id = b.conversation_id AND h.state = 'delivered')`;

/**
 * The answer to a question (spec 6, `ask`): what replies to it, else, in a channel, the first message of the peer after it, unless
 * that one replies to another question of the asker.
 */
const ANSWER = `SELECT ${MAIL} FROM messages q
  JOIN conversations c ON c.conversation_id = q.conversation_id
  JOIN messages m ON m.conversation_id = q.conversation_id AND m.seq > q.seq AND m.sender <> q.sender
  JOIN mailbox b ON b.agent_id = q.sender AND b.message_ord = m.ord AND b.state = 'unread'
  WHERE q.id = @questionId AND q.sender = @agentId
    AND (m.reply_to IS q.id OR c.room_id IS NULL AND (m.reply_to IS NULL OR NOT EXISTS
      (SELECT 1 FROM messages o WHERE o.id = m.reply_to AND o.sender = q.sender AND o.needs_answer = 1)))
  ORDER BY m.reply_to IS q.id DESC, m.seq LIMIT 1`;

const UNREAD_OF = `SELECT coalesce(sum(unread), 0) AS unread, count(*) AS conversations FROM unread_counts
  WHERE agent_id = ? AND unread > 0`;

const PRESSING = `SELECT 1 AS found FROM mailbox b JOIN messages m ON m.ord = b.message_ord
  WHERE b.agent_id = ? AND b.state = 'unread' AND m.status = 0 LIMIT 1`;

export class Mailboxes {
  readonly #insert: Statement<[string, number, number]>;
  readonly #nextAny: Statement<[{ agentId: string; limit: number }], MailRow>;
  readonly #nextIn: Statement<[{ agentId: string; conversationId: number; limit: number }], MailRow>;
  readonly #answer: Statement<[{ agentId: string; questionId: string }], MailRow>;
  readonly #peekAny: Statement<[{ agentId: string; limit: number }], MailRow>;
  readonly #peekIn: Statement<[{ agentId: string; conversationId: number; limit: number }], MailRow>;
  readonly #deliver: Statement<[Handout & { ord: number }]>;
  readonly #holdDropped: Statement<[{ agentId: string; conversationId: number; deliveryId: string }]>;
  readonly #ofDelivery: Statement<[string, string], { ord: number; held: number }>;
  readonly #ack: Statement<[Handout]>;
  readonly #ackDropped: Statement<[Handout]>;
  readonly #release: Statement<[string, string]>;
  readonly #recover: Statement<[]>;
  readonly #overflow: Statement<[{ agentId: string; conversationId: number; limit: number; nowMs: number }]>;
  readonly #leave: Statement<[{ agentId: string; conversationId: number | null; nowMs: number }]>;
  readonly #dropped: Statement<
    [string, number],
    { count: number; firstSeq: number | null; lastSeq: number | null }
  >;
  readonly #unreadIn: Statement<[string, number], { unread: number }>;
  readonly #unreadBefore: Statement<[string, number, number], { unread: number }>;
  readonly #unreadOf: Statement<[string], { unread: number; conversations: number }>;
  readonly #pressing: Statement<[string], { found: number }>;
  readonly #unreadAll: Statement<[], { unread: number }>;

  constructor(db: Database) {
    const select = (where: string): string =>
      `SELECT ${MAIL} FROM mailbox b WHERE b.agent_id = @agentId AND b.state = 'unread' ${where} ORDER BY b.message_ord LIMIT @limit`;
    const inOne = 'AND b.conversation_id = @conversationId';
    this.#insert = db.prepare(
      'INSERT INTO mailbox (agent_id, message_ord, conversation_id) VALUES (?, ?, ?)',
    );
    this.#nextAny = db.prepare(select(`AND ${NOT_HELD}`));
    this.#nextIn = db.prepare(select(`${inOne} AND ${NOT_HELD}`));
    this.#answer = db.prepare(ANSWER);
    this.#peekAny = db.prepare(select(''));
    this.#peekIn = db.prepare(select(inOne));
    this.#deliver = db.prepare(
      `${setState('deliver', 'delivery_id = @deliveryId, delivered_ms = @nowMs')} AND agent_id = @agentId AND message_ord = @ord`,
    );
    this.#holdDropped = db.prepare(
      `UPDATE mailbox SET delivery_id = @deliveryId
       WHERE agent_id = @agentId AND conversation_id = @conversationId AND state = 'dropped' AND told_ms IS NULL`,
    );
    this.#ofDelivery = db.prepare(
      `SELECT message_ord AS ord, state <> 'dropped' AS held FROM mailbox WHERE delivery_id = ? AND agent_id = ? ORDER BY message_ord DESC`,
    );
    this.#ack = db.prepare(
      `${setState('ack', 'read_ms = @nowMs')} AND delivery_id = @deliveryId AND agent_id = @agentId`,
    );
    this.#ackDropped = db.prepare(
      `UPDATE mailbox SET told_ms = @nowMs
       WHERE delivery_id = @deliveryId AND agent_id = @agentId AND state = 'dropped' AND told_ms IS NULL`,
    );
    // The delivery's id stays, so that its late acknowledgement still counts.
    this.#release = db.prepare(
      `UPDATE mailbox SET state = 'unread', redelivered = 1 WHERE state = 'delivered' AND delivery_id = ? AND agent_id = ?`,
    );
    this.#recover = db.prepare(
      `UPDATE mailbox SET state = 'unread', redelivered = 1 WHERE state = 'delivered'`,
    );
    this.#overflow = db.prepare(
      `${setState('overflow', 'dropped_ms = @nowMs')} AND agent_id = @agentId AND message_ord IN (
         SELECT message_ord FROM mailbox WHERE agent_id = @agentId AND conversation_id = @conversationId AND state = 'unread'
         ORDER BY message_ord LIMIT @limit)`,
    );
    this.#leave = db.prepare(
      `${setState('leave', 'dropped_ms = @nowMs, told_ms = @nowMs')} AND agent_id = @agentId
         AND conversation_id = coalesce(@conversationId, conversation_id)`,
    );
    this.#dropped = db.prepare(
      `SELECT count(*) AS count, min(m.seq) AS firstSeq, max(m.seq) AS lastSeq FROM mailbox b JOIN messages m ON m.ord = b.message_ord
       WHERE b.agent_id = ? AND b.conversation_id = ? AND b.state = 'dropped' AND b.told_ms IS NULL`,
    );
    this.#unreadIn = db.prepare(
      'SELECT unread FROM unread_counts WHERE agent_id = ? AND conversation_id = ?',
    );
    this.#unreadBefore = db.prepare(
      `SELECT count(*) AS unread FROM mailbox
       WHERE agent_id = ? AND conversation_id = ? AND state = 'unread' AND message_ord < ?`,
    );
    this.#pressing = db.prepare(PRESSING);
    this.#unreadOf = db.prepare(UNREAD_OF);
    this.#unreadAll = db.prepare('SELECT coalesce(sum(unread), 0) AS unread FROM unread_counts');
  }

  /** Puts a message into an agent's mailbox. */
  add(agentId: Ulid, message: { readonly ord: number; readonly conversationId: number }): void {
    this.#insert.run(agentId, message.ord, message.conversationId);
  }

  /** The next messages that a read may hand out, oldest first. */
  next(query: MailQuery): MailRef[] {
    return this.#rowsFor(query).map(toRef);
  }

  #rowsFor({ agentId, source, limit }: MailQuery): MailRow[] {
    switch (source.kind) {
      case 'any':
        return this.#nextAny.all({ agentId, limit });
      case 'conversation':
        return this.#nextIn.all({ agentId, conversationId: source.conversationId, limit });
      case 'answer':
        return this.#answer.all({ agentId, questionId: source.questionId });
    }
  }

  /** Unread messages, whether or not a read could have them now. */
  peek({
    agentId,
    source,
    limit,
  }: MailQuery & { readonly source: Exclude<MailSource, { kind: 'answer' }> }): MailRef[] {
    const rows =
      source.kind === 'any'
        ? this.#peekAny.all({ agentId, limit })
        : this.#peekIn.all({ agentId, conversationId: source.conversationId, limit });
    return rows.map(toRef);
  }

  /** unread → delivered, for each of these messages. */
  deliver(handout: Handout, mail: readonly MailRef[]): void {
    for (const { ord } of mail) this.#deliver.run({ ...handout, ord });
  }

  /** What was dropped and not told; with a delivery, its acknowledgement will say that it was told. */
  dropped(agentId: Ulid, conversationId: number, deliveryId?: Ulid): Dropped | undefined {
    const row = this.#dropped.get(agentId, conversationId);
    if (row === undefined || row.firstSeq === null || row.lastSeq === null) return undefined;
    if (deliveryId !== undefined) this.#holdDropped.run({ agentId, conversationId, deliveryId });
    return { count: row.count, firstSeq: row.firstSeq, lastSeq: row.lastSeq };
  }

  /**
   * delivered → read, and unread → read where nobody else was handed the message since. Again changes nothing.
   * @returns how many messages became read and which they are, the last first; undefined when the delivery holds nothing any more.
   */
  ack(handout: Handout): { readonly acknowledged: number; readonly ords: readonly number[] } | undefined {
    const rows = this.#ofDelivery.all(handout.deliveryId, handout.agentId);
    if (rows.length === 0) return undefined;
    this.#ackDropped.run(handout);
    const { changes } = this.#ack.run(handout);
    return { acknowledged: changes, ords: rows.filter((row) => row.held === 1).map(({ ord }) => ord) };
  }

  /** delivered → unread, in the old place. @returns how many messages that were. */
  release(deliveryId: Ulid, agentId: Ulid): number {
    return this.#release.run(deliveryId, agentId).changes;
  }

  /** After a restart no reader holds anything any more. */
  recover(): void {
    this.#recover.run();
  }

  /** Drops the oldest unread messages of a conversation until at most `keep` are left. */
  overflow({
    agentId,
    conversationId,
    keep,
    nowMs,
  }: {
    agentId: Ulid;
    conversationId: number;
    keep: number;
    nowMs: number;
  }): void {
    const limit = this.unreadIn(agentId, conversationId) - keep;
    if (limit > 0) this.#overflow.run({ agentId, conversationId, limit, nowMs });
  }

  /** Empties the mailbox for one conversation, or for all (null), because the agent left. */
  leave(agentId: Ulid, conversationId: number | null, nowMs: number): void {
    this.#leave.run({ agentId, conversationId, nowMs });
  }

  unreadIn(agentId: Ulid, conversationId: number): number {
    return this.#unreadIn.get(agentId, conversationId)?.unread ?? 0;
  }

  /** Unread messages of the conversation that came before one of it. */
  unreadBefore(agentId: Ulid, { ord, conversationId }: Pick<MailRef, 'ord' | 'conversationId'>): number {
    return this.#unreadBefore.get(agentId, conversationId, ord)?.unread ?? 0;
  }

  unreadOf(agentId: Ulid): number {
    return this.#unreadOf.get(agentId)?.unread ?? 0;
  }

  /** How many conversations have unread messages. */
  unreadConversations(agentId: Ulid): number {
    return this.#unreadOf.get(agentId)?.conversations ?? 0;
  }

  /** Whether there is unread mail that is not marked as status. */
  hasPressing(agentId: Ulid): boolean {
    return this.#pressing.get(agentId) !== undefined;
  }

  unreadAll(): number {
    return this.#unreadAll.get()?.unread ?? 0;
  }
}

function toRef({ ord, conversationId, redelivered }: MailRow): MailRef {
  return { ord, conversationId, redelivered: redelivered === 1 };
}

/** The UPDATE of an event, as delivery-state.ts has it. With OR, because IN would not let it use the indexes of single states. */
function setState(event: DeliveryEvent, assignments: string): string {
  const from = statesChangedBy(event)
    .map((state) => `state = '${state}'`)
    .join(' OR ');
  return `UPDATE mailbox SET state = '${stateAfter(event)}', ${assignments} WHERE (${from})`;
}
