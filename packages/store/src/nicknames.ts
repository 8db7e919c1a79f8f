/** The names that the person gives to agents (spec 5). They are no part of the transcript. */
import type { Ulid } from '@lalia/protocol';
import type { Database, Statement } from 'better-sqlite3';

export interface NicknameRecord {
  readonly nickname: string;
  /** The agent that it is bound to; null where it follows an address. */
  readonly agentId: Ulid | null;
  readonly follows: string | null;
  readonly setMs: number;
}

const COLUMNS = 'nickname, agent_id AS agentId, follows, set_ms AS setMs';

export class Nicknames {
  readonly #put: Statement<[NicknameRecord]>;
  readonly #remove: Statement<[string]>;
  readonly #get: Statement<[string], NicknameRecord>;
  readonly #list: Statement<[], NicknameRecord>;

  constructor(db: Database) {
    this.#put = db.prepare(
      'INSERT OR REPLACE INTO nicknames (nickname, agent_id, follows, set_ms) VALUES (@nickname, @agentId, @follows, @setMs)',
    );
    this.#remove = db.prepare('DELETE FROM nicknames WHERE nickname = ?');
    this.#get = db.prepare(`SELECT ${COLUMNS} FROM nicknames WHERE nickname = ?`);
    this.#list = db.prepare(`SELECT ${COLUMNS} FROM nicknames ORDER BY nickname`);
  }

  /** Makes a nickname, or gives it to somebody else. */
  put(record: NicknameRecord): void {
    this.#put.run(record);
  }

  /** @returns false when there was none. */
  remove(nickname: string): boolean {
    return this.#remove.run(nickname).changes === 1;
  }

  get(nickname: string): NicknameRecord | undefined {
    return this.#get.get(nickname);
  }

  list(): NicknameRecord[] {
    return this.#list.all();
  }
}
