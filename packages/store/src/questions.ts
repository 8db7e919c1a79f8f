/**
 * Open questions: which messages wait for an answer, whose they are and who owes one. A question is open from the message that asks it
 * until somebody else replies to it or its asker closes it; reading changes nothing.
 */
import type { Ulid } from '@lalia/protocol';
import type { Database, Statement } from 'better-sqlite3';
import type { DeliveryState } from './delivery-state.ts';
import type { MessageRecord } from './messages.ts';

/** A question that an agent owes an answer, and how far it got with that agent. */
export interface OwedQuestion {
  readonly ord: number;
  readonly state: DeliveryState;
}

export interface QuestionPage<T> {
  /** The oldest first, at most as many as were asked for. */
  readonly questions: readonly T[];
  /** All there are. */
  readonly count: number;
}

/** The conversations that an agent takes part in and that can be written to. */
const OWN_CONVERSATIONS = `SELECT conversation_id FROM conversations WHERE room_id IS NULL AND agent_lo = @agentId
  UNION ALL SELECT conversation_id FROM conversations WHERE room_id IS NULL AND agent_hi = @agentId
  UNION ALL SELECT c.conversation_id FROM room_members r
    JOIN rooms o ON o.room_id = r.room_id AND o.archived_ms IS NULL
    JOIN conversations c ON c.room_id = r.room_id WHERE r.agent_id = @agentId`;

/** Nobody waits any more for what somebody asked who was unregistered since. */
const OWED = `FROM (${OWN_CONVERSATIONS}) own
  JOIN open_questions q ON q.conversation_id = own.conversation_id
  JOIN mailbox b ON b.message_ord = q.message_ord AND b.agent_id = @agentId
  JOIN agents a ON a.agent_id = q.asker AND a.unregistered_ms IS NULL`;

export class Questions {
  readonly #open: Statement<[number, string, number]>;
  readonly #closeByReply: Statement<[{ question: string; sender: string }]>;
  readonly #close: Statement<[number]>;
  readonly #isOpen: Statement<[number], { open: number }>;
  readonly #asked: Statement<[string, number], { ord: number }>;
  readonly #askedCount: Statement<[string], { count: number }>;
  readonly #owed: Statement<[{ agentId: string; limit: number }], OwedQuestion>;
  readonly #owedCount: Statement<[{ agentId: string }], { count: number }>;
  readonly #toRecall: Statement<[{ agentId: string; limit: number }], OwedQuestion>;
  readonly #recalled: Statement<[number, string, number]>;
  readonly #lastAsked: Statement<[string], { ord: number }>;
  readonly #takenReply: Statement<[{ id: string; sender: string }], { ord: number }>;

  constructor(db: Database) {
    this.#open = db.prepare(
      'INSERT INTO open_questions (message_ord, asker, conversation_id) VALUES (?, ?, ?)',
    );
    this.#closeByReply = db.prepare(
      'DELETE FROM open_questions WHERE message_ord = (SELECT ord FROM messages WHERE id = @question) AND asker <> @sender',
    );
    this.#close = db.prepare('DELETE FROM open_questions WHERE message_ord = ?');
    this.#isOpen = db.prepare('SELECT 1 AS open FROM open_questions WHERE message_ord = ?');
    this.#asked = db.prepare(
      'SELECT message_ord AS ord FROM open_questions WHERE asker = ? ORDER BY message_ord LIMIT ?',
    );
    this.#askedCount = db.prepare('SELECT count(*) AS count FROM open_questions WHERE asker = ?');
    this.#owed = db.prepare(
      `SELECT q.message_ord AS ord, b.state ${OWED} ORDER BY q.message_ord LIMIT @limit`,
    );
    this.#owedCount = db.prepare(`SELECT count(*) AS count ${OWED}`);
    // What was not read yet comes as mail; it need not be recalled beside that.
    this.#toRecall = db.prepare(
      `SELECT q.message_ord AS ord, b.state ${OWED} WHERE b.state = 'read' AND b.recalled_ms IS NULL
       ORDER BY q.message_ord LIMIT @limit`,
    );
    this.#recalled = db.prepare('UPDATE mailbox SET recalled_ms = ? WHERE agent_id = ? AND message_ord = ?');
    this.#lastAsked = db.prepare(
      `SELECT m.ord FROM messages m JOIN conversations c ON c.conversation_id = m.conversation_id AND c.room_id IS NULL
       WHERE m.sender = ? AND m.needs_answer = 1 ORDER BY m.ord DESC LIMIT 1`,
    );
    this.#takenReply = db.prepare(
      `SELECT m.ord FROM messages m JOIN mailbox b ON b.message_ord = m.ord AND b.agent_id = @sender
       WHERE m.reply_to = @id AND b.state IN ('read', 'dropped') ORDER BY m.ord LIMIT 1`,
    );
  }

  /** What a message that was just accepted opens and closes. */
  follow(message: MessageRecord): void {
    const { ord, sender, replyTo, conversationId } = message;
    if (message.needsAnswer) this.#open.run(ord, sender, conversationId);
    if (replyTo !== null) this.#closeByReply.run({ question: replyTo, sender });
  }

  /** Closes a question. @returns false when it was closed already. */
  close({ ord }: Pick<MessageRecord, 'ord'>): boolean {
    return this.#close.run(ord).changes > 0;
  }

  isOpen({ ord }: Pick<MessageRecord, 'ord'>): boolean {
    return this.#isOpen.get(ord) !== undefined;
  }

  /** The open questions of an agent, by the order of their messages. */
  askedBy(agentId: Ulid, limit: number): QuestionPage<number> {
    const questions = this.#asked.all(agentId, limit).map(({ ord }) => ord);
    return { questions, count: this.#askedCount.get(agentId)?.count ?? 0 };
  }

  /** The open questions that an agent was asked, in channels and in rooms that it is in. */
  owedBy(agentId: Ulid, limit: number): QuestionPage<OwedQuestion> {
    return {
      questions: this.#owed.all({ agentId, limit }),
      count: this.#owedCount.get({ agentId })?.count ?? 0,
    };
  }

  /** The questions that an agent has read, owes an answer and was not told of again; the oldest first. */
  toRecall(agentId: Ulid, limit: number): OwedQuestion[] {
    return this.#toRecall.all({ agentId, limit });
  }

  /** Notes that an agent was told again of these questions. */
  recalled(agentId: Ulid, ords: readonly number[], nowMs: number): void {
    for (const ord of ords) this.#recalled.run(nowMs, agentId, ord);
  }

  /** The last question of an agent in a channel, open or not. */
  lastAskedBy(agentId: Ulid): number | undefined {
    return this.#lastAsked.get(agentId)?.ord;
  }

  /** The first reply to a message that its sender has read, or has lost to overflow: no read gives it any more. */
  takenReplyTo({ id, sender }: Pick<MessageRecord, 'id' | 'sender'>): number | undefined {
    return this.#takenReply.get({ id, sender })?.ord;
  }
}
