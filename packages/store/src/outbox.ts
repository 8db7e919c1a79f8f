/**
 * The outbox: what is accepted and not yet in the transcript (spec 6, promise 6). A row is written in the transaction of
 * the change itself and removed when git has it. A message's file is made from its row only when it is due.
 */
import { formatMessage, messagePath, type Ulid } from '@lalia/protocol';
import type { Database, Statement } from 'better-sqlite3';
import { messageSubject } from './documents.ts';
import type { JournalEntry } from './journal/entry.ts';
import { transcriptMessage } from './transcript-message.ts';

/** A document that is not a message: it replaces what its path held. */
export interface Document {
  readonly path: string;
  readonly content: string;
  readonly subject: string;
  readonly author: { readonly name: string; readonly id: Ulid };
  readonly tsMs: number;
}

interface DocumentRow {
  readonly path: string;
  readonly content: string;
  readonly subject: string;
  readonly authorName: string;
  readonly authorId: string;
  readonly ts: number;
}

interface MessageRow {
  readonly id: string;
  readonly seq: number;
  readonly prevId: string | null;
  readonly sender: string;
  readonly senderName: string;
  readonly targetName: string;
  readonly signedMs: number;
  readonly acceptedMs: number;
  readonly replyTo: string | null;
  readonly needsAnswer: number;
  readonly status: number;
  readonly body: string;
  readonly nonce: string;
  readonly sig: string;
  readonly folder: string;
  readonly agentLo: string | null;
  readonly agentHi: string | null;
  readonly roomId: string | null;
}

type OutboxRow = { readonly ord: number; readonly messageOrd: number | null } & DocumentRow & MessageRow;

export class Outbox {
  readonly #addMessage: Statement<[number]>;
  readonly #addDocument: Statement<[DocumentRow]>;
  readonly #next: Statement<[number], OutboxRow>;
  readonly #remove: Statement<[number]>;
  readonly #backlog: Statement<[], { backlog: number }>;
  readonly #transcript: Statement<[], { id: string | null }>;
  readonly #setTranscript: Statement<[string]>;
  readonly #continueAs: Statement<[string, string]>;
  readonly #clear: Statement<[]>;
  readonly #addAllMessages: Statement<[]>;

  constructor(db: Database) {
    this.#addMessage = db.prepare('INSERT INTO outbox (message_ord) VALUES (?)');
    this.#addDocument = db.prepare(
      `INSERT INTO outbox (path, content, subject, author_name, author_id, ts)
       VALUES (@path, @content, @subject, @authorName, @authorId, @ts)`,
    );
    this.#next = db.prepare(
      `SELECT o.ord, o.message_ord AS messageOrd, o.path, o.content, o.subject, o.author_name AS authorName, o.author_id AS authorId,
         o.ts, m.id, m.seq, m.prev_id AS prevId, m.sender, m.sender_name AS senderName, m.target_name AS targetName,
         m.ts AS signedMs, m.accepted_ms AS acceptedMs, m.reply_to AS replyTo, m.needs_answer AS needsAnswer, m.status, m.body,
         m.nonce, m.sig, c.folder, c.agent_lo AS agentLo, c.agent_hi AS agentHi, c.room_id AS roomId
       FROM outbox o LEFT JOIN messages m ON m.ord = o.message_ord LEFT JOIN conversations c USING (conversation_id)
       ORDER BY o.ord LIMIT ?`,
    );
    this.#remove = db.prepare('DELETE FROM outbox WHERE ord <= ?');
    this.#backlog = db.prepare('SELECT count(*) AS backlog FROM outbox');
    this.#transcript = db.prepare('SELECT transcript_id AS id FROM database_identity');
    this.#setTranscript = db.prepare('UPDATE database_identity SET transcript_id = ?');
    this.#continueAs = db.prepare('UPDATE database_identity SET database_id = ?, transcript_id = ?');
    this.#clear = db.prepare('DELETE FROM outbox');
    this.#addAllMessages = db.prepare(
      'INSERT INTO outbox (message_ord) SELECT ord FROM messages WHERE body IS NOT NULL ORDER BY ord',
    );
  }

  addMessage(message: { readonly ord: number }): void {
    this.#addMessage.run(message.ord);
  }

  addDocument({ path, content, subject, author, tsMs }: Document): void {
    this.#addDocument.run({ path, content, subject, authorName: author.name, authorId: author.id, ts: tsMs });
  }

  /** Which copy of the transcript the outbox goes to; null before the first. */
  transcriptId(): string | null {
    return this.#transcript.get()?.id ?? null;
  }

  /** Whether the outbox goes to this copy of the transcript; if not, `restart` is due. */
  isFor(transcriptId: string): boolean {
    return this.#transcript.get()?.id === transcriptId;
  }

  /**
   * Begins anew, for another copy of the transcript: everything that was ever said is due again, as far as its body is still here.
   * What that copy has already counts as done when its turn comes.
   * @param addDocuments adds what else there is; it comes before the messages.
   */
  restart(transcriptId: string, addDocuments: () => void): void {
    this.#clear.run();
    this.#setTranscript.run(transcriptId);
    addDocuments();
    this.#addAllMessages.run();
  }

  /** Takes up the identity of another database with its transcript, as of which this one is rebuilt. */
  continueAs(databaseId: string, transcriptId: string): void {
    this.#continueAs.run(databaseId, transcriptId);
  }

  /** The oldest entries, at least one if there is any. */
  next({ maxEntries, maxBytes }: { readonly maxEntries: number; readonly maxBytes: number }): JournalEntry[] {
    const entries: JournalEntry[] = [];
    let bytes = 0;
    for (const row of this.#next.iterate(maxEntries)) {
      const entry = row.messageOrd === null ? documentEntry(row) : messageEntry(row);
      bytes += Buffer.byteLength(entry.content);
      if (entries.length > 0 && bytes > maxBytes) break;
      entries.push(entry);
    }
    return entries;
  }

  /** Forgets what the transcript has. */
  remove(throughOrd: number): void {
    this.#remove.run(throughOrd);
  }

  backlog(): number {
    return this.#backlog.get()?.backlog ?? 0;
  }
}

function documentEntry(row: OutboxRow): JournalEntry {
  return {
    ord: row.ord,
    path: row.path,
    content: row.content,
    mode: 'replace',
    subject: row.subject,
    author: { name: row.authorName, id: row.authorId },
    tsMs: row.ts,
  };
}

function messageEntry(row: OutboxRow): JournalEntry {
  const { signedMs: ts, needsAnswer, status } = row;
  const facts = { ...row, ts, needsAnswer: needsAnswer === 1, status: status === 1 };
  const message = transcriptMessage(facts, row);
  return {
    ord: row.ord,
    path: `${row.folder}/${messagePath(message.seq, message.from)}`,
    content: formatMessage(message),
    mode: 'create',
    subject: messageSubject(message),
    author: { name: message.from, id: message.from_id },
    tsMs: row.acceptedMs,
  };
}
