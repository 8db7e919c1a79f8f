/** Conversations, channels and rooms alike: where each lies in the transcript, and its gapless sequence of messages. */
import { invariant, type Ulid } from '@lalia/protocol';
import type { Database, Statement } from 'better-sqlite3';
import { type MessageRecord, MessageTable, type NewMessage } from './messages.ts';

export interface ConversationRecord {
  readonly conversationId: number;
  /** The two agents of a channel, by id; null in a room. */
  readonly agentLo: Ulid | null;
  readonly agentHi: Ulid | null;
  readonly roomId: Ulid | null;
  readonly folder: string;
  readonly lastSeq: number;
  readonly lastId: Ulid | null;
  readonly lastMs: number | null;
}

/** Two agents, in either order, with the names that the folder of a new channel is made of. */
export type Pair = readonly [
  { readonly agentId: Ulid; readonly name: string },
  { readonly agentId: Ulid; readonly name: string },
];

const COLUMNS = `conversation_id AS conversationId, agent_lo AS agentLo, agent_hi AS agentHi, room_id AS roomId, folder,
  last_seq AS lastSeq, last_id AS lastId, last_ms AS lastMs`;

type NewConversation = Pick<ConversationRecord, 'agentLo' | 'agentHi' | 'roomId' | 'folder'>;

export class Conversations {
  readonly messages: MessageTable;
  readonly #insert: Statement<[NewConversation]>;
  readonly #advance: Statement<[{ conversationId: number; seq: number; id: string; nowMs: number }]>;
  readonly #get: Statement<[number], ConversationRecord>;
  readonly #byPair: Statement<[string, string], ConversationRecord>;
  readonly #byRoom: Statement<[string], ConversationRecord>;
  readonly #channelsOf: Statement<[string, string], ConversationRecord>;
  readonly #folder: Statement<[string], { taken: number }>;
  readonly #counts: Statement<[], { messages: number; newestMs: number | null }>;

  constructor(db: Database) {
    this.messages = new MessageTable(db);
    this.#insert = db.prepare(
      'INSERT INTO conversations (agent_lo, agent_hi, room_id, folder) VALUES (@agentLo, @agentHi, @roomId, @folder)',
    );
    this.#advance = db.prepare(
      `UPDATE conversations SET last_seq = @seq, last_id = @id, last_ms = @nowMs
       WHERE conversation_id = @conversationId AND last_seq = @seq - 1`,
    );
    this.#get = db.prepare(`SELECT ${COLUMNS} FROM conversations WHERE conversation_id = ?`);
    this.#byPair = db.prepare(
      `SELECT ${COLUMNS} FROM conversations WHERE agent_lo = ? AND agent_hi = ? AND room_id IS NULL`,
    );
    this.#byRoom = db.prepare(`SELECT ${COLUMNS} FROM conversations WHERE room_id = ?`);
    this.#channelsOf = db.prepare(
      `SELECT ${COLUMNS} FROM conversations WHERE room_id IS NULL AND agent_lo = ?
       UNION ALL SELECT ${COLUMNS} FROM conversations WHERE room_id IS NULL AND agent_hi = ? ORDER BY lastMs DESC`,
    );
    this.#folder = db.prepare('SELECT 1 AS taken FROM conversations WHERE folder = ?');
    this.#counts = db.prepare(
      'SELECT coalesce(sum(last_seq), 0) AS messages, max(last_ms) AS newestMs FROM conversations',
    );
  }

  get(conversationId: number): ConversationRecord {
    const conversation = this.#get.get(conversationId);
    invariant(conversation !== undefined, 'a conversation is never deleted');
    return conversation;
  }

  /** The channel of a pair, if they have ever exchanged a message. */
  channel(agentA: Ulid, agentB: Ulid): ConversationRecord | undefined {
    const [lo, hi] = inOrder(agentA, agentB);
    return this.#byPair.get(lo, hi);
  }

  /** The channel of a pair, made now if there is none. */
  openChannel(pair: Pair): ConversationRecord {
    const [a, b] = pair;
    const existing = this.channel(a.agentId, b.agentId);
    if (existing !== undefined) return existing;
    const [lo, hi] = inOrder(a.agentId, b.agentId);
    const [firstName, lastName] = inOrder(a.name, b.name);
    return this.#make({
      agentLo: lo,
      agentHi: hi,
      roomId: null,
      folder: this.#freeFolder(`peers/${firstName}--${lastName}`),
    });
  }

  openRoom(room: { readonly roomId: Ulid; readonly name: string }): ConversationRecord {
    return this.#make({
      agentLo: null,
      agentHi: null,
      roomId: room.roomId,
      folder: this.#freeFolder(`rooms/${room.name}`),
    });
  }

  ofRoom(roomId: Ulid): ConversationRecord {
    const conversation = this.#byRoom.get(roomId);
    invariant(conversation !== undefined, 'a room has its conversation from the beginning');
    return conversation;
  }

  /** The channels of an agent, the latest first. */
  channelsOf(agentId: Ulid): ConversationRecord[] {
    return this.#channelsOf.all(agentId, agentId);
  }

  /** Makes a conversation in the folder that it had before: for a database that is rebuilt. */
  restore(conversation: NewConversation): ConversationRecord {
    return this.#make(conversation);
  }

  /** Appends a message under the next number of its conversation. */
  append(conversation: ConversationRecord, message: NewMessage): MessageRecord {
    const seq = conversation.lastSeq + 1;
    const { conversationId } = conversation;
    const { changes } = this.#advance.run({ conversationId, seq, id: message.id, nowMs: message.acceptedMs });
    invariant(changes === 1, 'a conversation is appended to from its latest record');
    return this.messages.insert({ ...message, conversationId, seq, prevId: conversation.lastId });
  }

  /** All messages there are. */
  countMessages(): number {
    return this.#counts.get()?.messages ?? 0;
  }

  /** When the newest message was accepted; null before the first. */
  newestMs(): number | null {
    return this.#counts.get()?.newestMs ?? null;
  }

  #make(conversation: NewConversation): ConversationRecord {
    const { lastInsertRowid } = this.#insert.run(conversation);
    return this.get(Number(lastInsertRowid));
  }

  /** `~` is in no name, so a folder made here clashes with no other agent's or room's. */
  #freeFolder(wanted: string): string {
    let folder = wanted;
    for (let n = 2; this.#folder.get(folder) !== undefined; n += 1) folder = `${wanted}~${String(n)}`;
    return folder;
  }
}

function inOrder(a: string, b: string): [string, string] {
  return a < b ? [a, b] : [b, a];
}
