/** Rooms and their members (spec 6). */
import type { Ulid } from '@lalia/protocol';
import type { Database, Statement } from 'better-sqlite3';

export interface RoomRecord {
  readonly roomId: Ulid;
  readonly name: string;
  readonly project: string | null;
  readonly description: string;
  readonly createdBy: Ulid;
  readonly createdMs: number;
  readonly archivedMs: number | null;
}

export interface Membership {
  readonly roomId: Ulid;
  readonly agentId: Ulid;
  readonly joinedMs: number;
}

const COLUMNS = `room_id AS roomId, name, project, description, created_by AS createdBy, created_ms AS createdMs,
  archived_ms AS archivedMs`;
const MEMBER_COLUMNS = 'room_id AS roomId, agent_id AS agentId, joined_ms AS joinedMs';

export class Rooms {
  readonly #insert: Statement<[RoomRecord]>;
  readonly #get: Statement<[string], RoomRecord>;
  readonly #byName: Statement<[string, string], RoomRecord>;
  readonly #named: Statement<[string], RoomRecord>;
  readonly #list: Statement<[], RoomRecord>;
  readonly #archive: Statement<[number, string]>;
  readonly #join: Statement<[Membership]>;
  readonly #leave: Statement<[string, string]>;
  readonly #members: Statement<[string], Membership>;
  readonly #membership: Statement<[string, string], Membership>;
  readonly #ofAgent: Statement<[string], Membership>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO rooms (room_id, name, project, description, created_by, created_ms, archived_ms)
       VALUES (@roomId, @name, @project, @description, @createdBy, @createdMs, @archivedMs)`,
    );
    this.#get = db.prepare(`SELECT ${COLUMNS} FROM rooms WHERE room_id = ?`);
    // The open room of a name first; of archived ones the newest.
    this.#byName = db.prepare(
      `SELECT ${COLUMNS} FROM rooms WHERE name = ? AND coalesce(project, '') = ?
       ORDER BY archived_ms IS NOT NULL, room_id DESC LIMIT 1`,
    );
    this.#named = db.prepare(
      `SELECT ${COLUMNS} FROM rooms WHERE name = ? AND archived_ms IS NULL ORDER BY room_id`,
    );
    this.#list = db.prepare(`SELECT ${COLUMNS} FROM rooms ORDER BY room_id`);
    this.#archive = db.prepare('UPDATE rooms SET archived_ms = ? WHERE room_id = ? AND archived_ms IS NULL');
    this.#join = db.prepare(
      'INSERT OR IGNORE INTO room_members (room_id, agent_id, joined_ms) VALUES (@roomId, @agentId, @joinedMs)',
    );
    this.#leave = db.prepare('DELETE FROM room_members WHERE room_id = ? AND agent_id = ?');
    this.#members = db.prepare(
      `SELECT ${MEMBER_COLUMNS} FROM room_members WHERE room_id = ? ORDER BY joined_ms, agent_id`,
    );
    this.#membership = db.prepare(
      `SELECT ${MEMBER_COLUMNS} FROM room_members WHERE room_id = ? AND agent_id = ?`,
    );
    this.#ofAgent = db.prepare(
      `SELECT ${MEMBER_COLUMNS} FROM room_members WHERE agent_id = ? ORDER BY room_id`,
    );
  }

  insert(room: RoomRecord): void {
    this.#insert.run(room);
  }

  get(roomId: Ulid): RoomRecord | undefined {
    return this.#get.get(roomId);
  }

  /** The room of this name in this project: the open one, else the newest archived one. */
  byName(name: string, project: string | null): RoomRecord | undefined {
    return this.#byName.get(name, project ?? '');
  }

  /** The open rooms of this name, in whatever project. */
  named(name: string): RoomRecord[] {
    return this.#named.all(name);
  }

  list(): RoomRecord[] {
    return this.#list.all();
  }

  /** Closes a room for posts; its name is free again. @returns false when it was archived already. */
  archive(roomId: Ulid, nowMs: number): boolean {
    return this.#archive.run(nowMs, roomId).changes === 1;
  }

  /** Adds a member. @returns false when it was one already. */
  join(membership: Membership): boolean {
    return this.#join.run(membership).changes === 1;
  }

  leave(roomId: Ulid, agentId: Ulid): void {
    this.#leave.run(roomId, agentId);
  }

  members(roomId: Ulid): Membership[] {
    return this.#members.all(roomId);
  }

  isMember(roomId: Ulid, agentId: Ulid): boolean {
    return this.#membership.get(roomId, agentId) !== undefined;
  }

  ofAgent(agentId: Ulid): Membership[] {
    return this.#ofAgent.all(agentId);
  }
}
