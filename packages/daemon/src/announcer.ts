/**
 * What the daemon says itself, in rooms and to agents, such as that a task is open again: messages like any other, signed with the
 * daemon's own key and accepted in the transaction of the change that they tell of (docs/decisions/0013).
 */
import { invariant, isLaliaError, signRequest, type Ulid } from '@lalia/protocol';
import type { AgentRecord, RoomRecord } from '@lalia/store';
import type { Speaker } from './residents.ts';
import { acceptInChannel, acceptInRoom, type SendingParts, type Signed } from './sending.ts';

export class Announcer {
  readonly #parts: SendingParts;
  #speaker: Speaker | undefined;

  constructor(parts: SendingParts) {
    this.#parts = parts;
  }

  /** Whose words they are from now on. Before anything can be said, once, when the daemon starts. */
  speakAs(speaker: Speaker): void {
    this.#speaker = speaker;
  }

  /**
   * Posts to a room, in the transaction that is open; nothing happens in an archived one.
   * @param doneBy whose doing it tells of: the only member who finds it in the history alone, not in the mailbox.
   */
  toRoom({ roomId }: Pick<RoomRecord, 'roomId'>, text: string, doneBy?: Pick<AgentRecord, 'agentId'>): void {
    // Looked up again: whoever has just archived the room may still hold its record from before.
    const room = this.#parts.store.rooms.get(roomId);
    if (room === undefined || room.archivedMs !== null) return;
    const signed = this.#sign('post', { room: roomId, body: text });
    acceptInRoom(this.#parts, { ...signed, doneBy: doneBy?.agentId }, room);
  }

  /** Tells one agent, in the transaction that is open; nothing happens for one that is unregistered. */
  toAgent(agentId: Ulid, text: string): void {
    const recipient = this.#parts.store.registry.get(agentId);
    if (recipient === undefined || recipient.unregisteredMs !== null) return;
    try {
      acceptInChannel(this.#parts, this.#sign('tell', { to: agentId, body: text }), recipient);
    } catch (error) {
      // Whoever leaves so many notes unread must not keep others from changing their tasks.
      if (!isLaliaError(error) || error.reason !== 'mailbox_full') throw error;
    }
  }

  #sign(
    method: 'tell' | 'post',
    content: { readonly body: string; readonly [target: string]: string },
  ): Signed {
    const { clock } = this.#parts;
    invariant(this.#speaker !== undefined, 'the daemon has its identity before it serves');
    const { agent, key } = this.#speaker;
    const params = { ...content, id: clock.newId() };
    const auth = { agent_id: agent.agentId, ts: clock.nowMs(), nonce: clock.newId() };
    const sig = signRequest({ method, params: { ...params, auth } }, key);
    return { sender: agent, params, auth: { ...auth, sig } };
  }
}
