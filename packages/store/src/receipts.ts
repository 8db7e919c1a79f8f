/** How far a message got with each recipient (spec 6, `receipts`). */
import type { Ulid } from '@lalia/protocol';
import type { Database, Statement } from 'better-sqlite3';
import type { DeliveryState } from './delivery-state.ts';

export interface ReceiptRecord {
  readonly agentId: Ulid;
  readonly state: DeliveryState;
  readonly deliveredMs: number | null;
  readonly readMs: number | null;
  readonly droppedMs: number | null;
  /** When this recipient first replied to it. */
  readonly answeredMs: number | null;
}

export class Receipts {
  readonly #of: Statement<[{ ord: number; id: string }], ReceiptRecord>;

  constructor(db: Database) {
    this.#of = db.prepare(
      `SELECT b.agent_id AS agentId, b.state, b.delivered_ms AS deliveredMs, b.read_ms AS readMs, b.dropped_ms AS droppedMs,
         (SELECT min(a.accepted_ms) FROM messages a WHERE a.reply_to = @id AND a.sender = b.agent_id) AS answeredMs
       FROM mailbox b WHERE b.message_ord = @ord ORDER BY b.agent_id`,
    );
  }

  /** One record for each recipient of a message. */
  of(message: { readonly ord: number; readonly id: Ulid }): ReceiptRecord[] {
    return this.#of.all({ ord: message.ord, id: message.id });
  }
}
