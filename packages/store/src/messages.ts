/** The table of messages: one row for each, for ever; its body may go when the transcript has it. */
import { invariant, type Ulid } from '@lalia/protocol';
import type { Database, Statement } from 'better-sqlite3';

/** A message as its sender made it and the daemon accepted it. */
export interface NewMessage {
  readonly id: Ulid;
  readonly sender: Ulid;
  readonly senderName: string;
  readonly targetName: string;
  /** The signed time. */
  readonly ts: number;
  readonly acceptedMs: number;
  readonly replyTo: Ulid | null;
  readonly needsAnswer: boolean;
  readonly status: boolean;
  readonly body: string;
  readonly nonce: string;
  readonly sig: string;
}

export interface MessageRecord extends Omit<NewMessage, 'body'> {
  /** Null where the transcript alone has it (retention.ts). */
  readonly body: string | null;
  /** Set where the body is null. */
  readonly bodySha256: Uint8Array | null;
  /** The order of acceptance, across conversations. */
  readonly ord: number;
  readonly conversationId: number;
  readonly seq: number;
  readonly prevId: Ulid | null;
}

/** The messages of a conversation between two numbers, both left out. */
export interface Span {
  readonly conversationId: number;
  readonly afterSeq: number;
  readonly beforeSeq: number;
  readonly limit: number;
}

type MessageRow = Omit<MessageRecord, 'needsAnswer' | 'status'> & {
  readonly needsAnswer: number;
  readonly status: number;
};

const COLUMNS = `ord, id, conversation_id AS conversationId, seq, prev_id AS prevId, sender, sender_name AS senderName,
  target_name AS targetName, ts, accepted_ms AS acceptedMs, reply_to AS replyTo, needs_answer AS needsAnswer, status, body,
  nonce, sig, body_sha256 AS bodySha256`;

export class MessageTable {
  readonly #insert: Statement<[Omit<MessageRow, 'ord' | 'bodySha256'>]>;
  readonly #byId: Statement<[string], MessageRow>;
  readonly #byOrd: Statement<[number], MessageRow>;
  readonly #oldestFirst: Statement<[Span], MessageRow>;
  readonly #newestFirst: Statement<[Span], MessageRow>;
  readonly #acceptedMs: Statement<[number, number], number>;
  readonly #ownNewest: Statement<[number, string, number], MessageRow>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO messages (id, conversation_id, seq, prev_id, sender, sender_name, target_name, ts, accepted_ms, reply_to,
         needs_answer, status, body, nonce, sig)
       VALUES (@id, @conversationId, @seq, @prevId, @sender, @senderName, @targetName, @ts, @acceptedMs, @replyTo,
         @needsAnswer, @status, @body, @nonce, @sig)`,
    );
    this.#byId = db.prepare(`SELECT ${COLUMNS} FROM messages WHERE id = ?`);
    this.#byOrd = db.prepare(`SELECT ${COLUMNS} FROM messages WHERE ord = ?`);
    const span = `SELECT ${COLUMNS} FROM messages
       WHERE conversation_id = @conversationId AND seq > @afterSeq AND seq < @beforeSeq`;
    this.#oldestFirst = db.prepare(`${span} ORDER BY seq LIMIT @limit`);
    this.#newestFirst = db.prepare(`${span} ORDER BY seq DESC LIMIT @limit`);
    this.#acceptedMs = db
      .prepare<[number, number], number>(
        'SELECT accepted_ms FROM messages WHERE conversation_id = ? AND seq = ?',
      )
      .pluck();
    this.#ownNewest = db.prepare(
      `SELECT ${COLUMNS} FROM messages WHERE conversation_id = ? AND sender = ? ORDER BY seq DESC LIMIT ?`,
    );
  }

  insert(message: NewMessage & Pick<MessageRecord, 'conversationId' | 'seq' | 'prevId'>): MessageRecord {
    const { lastInsertRowid } = this.#insert.run({
      ...message,
      needsAnswer: message.needsAnswer ? 1 : 0,
      status: message.status ? 1 : 0,
    });
    return { ...message, ord: Number(lastInsertRowid), bodySha256: null };
  }

  byId(id: Ulid): MessageRecord | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : toRecord(row);
  }

  byOrd(ord: number): MessageRecord | undefined {
    const row = this.#byOrd.get(ord);
    return row === undefined ? undefined : toRecord(row);
  }

  /** A part of a conversation. Read row by row, so that a caller who has enough stops without loading the rest. */
  *oldestFirst(span: Span): Generator<MessageRecord> {
    for (const row of this.#oldestFirst.iterate(span)) yield toRecord(row);
  }

  /** As `oldestFirst`, from its end. */
  *newestFirst(span: Span): Generator<MessageRecord> {
    for (const row of this.#newestFirst.iterate(span)) yield toRecord(row);
  }

  /**
   * The number of the first message that was accepted at a time or later, looked for by halves, since messages are numbered as
   * they are accepted. Where the clock was set back meanwhile it is one of those at which that time was passed.
   * @returns `lastSeq + 1` where there is none.
   */
  firstSince({ conversationId, lastSeq }: { conversationId: number; lastSeq: number }, ms: number): number {
    let [first, end] = [1, lastSeq + 1];
    while (first < end) {
      const middle = Math.floor((first + end) / 2);
      if ((this.#acceptedMs.get(conversationId, middle) ?? 0) >= ms) end = middle;
      else first = middle + 1;
    }
    return first;
  }

  /** An agent's own latest messages in a conversation, in order. */
  ownNewest(conversationId: number, sender: Ulid, limit: number): MessageRecord[] {
    return this.#ownNewest.all(conversationId, sender, limit).reverse().map(toRecord);
  }
}

/** The body of a message that nothing lets the database give up: somebody has to read it, answer it or work by it. */
export function keptBody({ body }: Pick<MessageRecord, 'body'>): string {
  invariant(body !== null, 'the body of what is unread, unanswered or a bundle is kept');
  return body;
}

function toRecord(row: MessageRow): MessageRecord {
  return { ...row, needsAnswer: row.needsAnswer === 1, status: row.status === 1 };
}
