/** What the hooks of a harness say of an agent's turns: one row an agent, of the session that spoke last. */
import type { Ulid, WakeRoute } from '@lalia/protocol';
import type { Database, Statement } from 'better-sqlite3';

export type TurnState = 'working' | 'idle' | 'asking' | 'ended';

export interface TurnRecord {
  readonly agentId: Ulid;
  readonly sessionId: string | null;
  readonly state: TurnState;
  readonly sinceMs: number;
  /** The ways to wake the session, the best first. */
  readonly routes: readonly WakeRoute[];
}

interface TurnRow extends Omit<TurnRecord, 'routes'> {
  readonly routes: string;
}

const TURN = 'agent_id AS agentId, session_id AS sessionId, state, since_ms AS sinceMs, routes';

export class Turns {
  readonly #get: Statement<[string], TurnRow>;
  readonly #all: Statement<[], { agentId: string }>;
  readonly #put: Statement<[TurnRow]>;
  readonly #forget: Statement<[string]>;

  constructor(db: Database) {
    this.#get = db.prepare(`SELECT ${TURN} FROM turns WHERE agent_id = ?`);
    this.#all = db.prepare(
      'SELECT t.agent_id AS agentId FROM turns t JOIN agents a ON a.agent_id = t.agent_id ORDER BY a.last_seen_ms DESC, t.agent_id',
    );
    this.#put = db.prepare(
      `INSERT INTO turns (agent_id, session_id, state, since_ms, routes) VALUES (@agentId, @sessionId, @state, @sinceMs, @routes)
       ON CONFLICT DO UPDATE SET session_id = @sessionId, state = @state, since_ms = @sinceMs, routes = @routes`,
    );
    this.#forget = db.prepare('DELETE FROM turns WHERE agent_id = ?');
  }

  /** What was said last; undefined for an agent without hooks. */
  get(agentId: Ulid): TurnRecord | undefined {
    const row = this.#get.get(agentId);
    return row && { ...row, routes: JSON.parse(row.routes) as WakeRoute[] };
  }

  /** The agents of whom hooks have spoken, the last seen first. */
  agents(): Ulid[] {
    return this.#all.all().map(({ agentId }) => agentId);
  }

  put(turn: TurnRecord): void {
    this.#put.run({ ...turn, routes: JSON.stringify(turn.routes) });
  }

  /** Another session has the identity, of which nothing is known yet; or nobody has it any more. */
  forget(agentId: Ulid): void {
    this.#forget.run(agentId);
  }
}
