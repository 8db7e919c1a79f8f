/** What the daemon itself says in rooms and channels, such as that a task is open again. */
import type { Ulid } from '@lalia/protocol';
import type { RoomRecord } from '@lalia/store';

export interface Announcer {
  /** Posts to a room, in the transaction that is open; nothing happens in an archived one. */
  toRoom(room: RoomRecord, text: string): void;
  /** Tells one agent, in the transaction that is open; nothing happens for one that is unregistered. */
  toAgent(agentId: Ulid, text: string): void;
}
