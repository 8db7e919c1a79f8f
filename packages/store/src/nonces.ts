/** Nonces of accepted requests (spec 11). Rows, not memory: a request is accepted once also across a restart. */
import type { Database, Statement } from 'better-sqlite3';

interface Use {
  readonly agentId: string;
  readonly nonce: string;
  /** From when on a request with this nonce is refused for its `ts` anyway. */
  readonly expiresMs: number;
}

export class Nonces {
  readonly #insert: Statement<[Use]>;
  readonly #purge: Statement<[number]>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      'INSERT OR IGNORE INTO nonces (agent_id, nonce, expires_ms) VALUES (@agentId, @nonce, @expiresMs)',
    );
    this.#purge = db.prepare('DELETE FROM nonces WHERE expires_ms < ?');
  }

  /** Uses a nonce up. @returns false when this agent has used it before. */
  use(use: Use): boolean {
    return this.#insert.run(use).changes === 1;
  }

  /** Forgets the nonces that no longer matter. */
  purge(nowMs: number): void {
    this.#purge.run(nowMs);
  }
}
