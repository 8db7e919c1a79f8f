/** What the transcript is told besides messages: identities, rooms and members. Written in the transaction of the change. */
import { invariant, type Ulid } from '@lalia/protocol';
import {
  type AgentRecord,
  membersDocument,
  membersPath,
  type RoomRecord,
  registryDocument,
  registryPath,
  roomDocument,
  roomPath,
  type Store,
  taskListDocument,
  taskListPath,
} from '@lalia/store';
import type { Clock } from './clock.ts';

interface Change {
  readonly path: string;
  readonly content: string;
  readonly subject: string;
  readonly by: AgentRecord;
}

export class Chronicle {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Everything but the messages, as it is now: for a transcript that has to be written anew. */
  everything(): void {
    const { registry, rooms } = this.#store;
    for (const agent of registry.everybody()) {
      this.agent(agent, agent.unregisteredMs === null ? 'registered' : 'unregistered');
    }
    for (const room of rooms.list()) {
      const founder = registry.get(room.createdBy);
      invariant(founder !== undefined, 'an agent is never deleted');
      this.room(room, founder);
      this.members(room, founder, 'joined');
    }
    for (const { project, supervisor } of this.#store.tasks.lists()) {
      const author = supervisor === null ? registry.resident('human') : registry.get(supervisor);
      invariant(author !== undefined, 'the person was there before any task');
      this.tasks(project, author, `the tasks of ${project}`);
    }
  }

  /** An identity was made, changed or ended. */
  agent(agent: AgentRecord, what: 'registered' | 'changed' | 'unregistered'): void {
    this.#identity(agent, `${agent.name} ${what}`);
  }

  /** An identity has another name. @param agent as it is now. */
  renamed(agent: AgentRecord, formerName: string): void {
    this.#identity(agent, `${formerName} is called ${agent.name} now`);
    for (const { roomId } of this.#store.rooms.ofAgent(agent.agentId)) {
      const room = this.#store.rooms.get(roomId);
      invariant(room !== undefined, 'a room is never deleted');
      this.#members(room, agent, `${formerName} is called ${agent.name} in room ${room.name}`);
    }
  }

  /** A room was made, or closed. */
  room(room: RoomRecord, by: AgentRecord, what: 'made' | 'archived' = 'made'): void {
    const path = roomPath(this.#store.conversations.ofRoom(room.roomId).folder);
    this.#add({ path, content: roomDocument(room), by, subject: `${by.name} ${what} room ${room.name}` });
  }

  /** The members of a room changed. */
  members(room: RoomRecord, by: AgentRecord, what: 'joined' | 'left'): void {
    this.#members(room, by, `${by.name} ${what} room ${room.name}`);
  }

  #identity(agent: AgentRecord, subject: string): void {
    const content = registryDocument(agent, this.#store.registry.formerNames(agent.agentId));
    this.#add({ path: registryPath(agent.agentId), content, by: agent, subject });
  }

  #members(room: RoomRecord, by: AgentRecord, subject: string): void {
    const path = membersPath(this.#store.conversations.ofRoom(room.roomId).folder);
    const members = this.#store.rooms.members(room.roomId).map(({ agentId, joinedMs }) => ({
      agentId,
      joinedMs,
      name: this.#store.registry.get(agentId)?.name ?? agentId,
    }));
    this.#add({
      path,
      content: membersDocument(room, members),
      by,
      subject,
    });
  }

  /** Something in a project's task list changed. @param subject a sentence without its full stop. */
  tasks(project: string, by: AgentRecord, subject: string): void {
    const { tasks } = this.#store;
    const content = taskListDocument({
      project,
      supervisor: this.#nameOf(tasks.getList(project)?.supervisor ?? null),
      tasks: tasks.list(project).map((task) => ({ ...task, owner: this.#nameOf(task.owner) })),
    });
    this.#add({ path: taskListPath(project), content, subject, by });
  }

  #nameOf(agentId: Ulid | null): { readonly agentId: Ulid; readonly name: string } | null {
    if (agentId === null) return null;
    return { agentId, name: this.#store.registry.get(agentId)?.name ?? agentId };
  }

  #add({ path, content, subject, by }: Change): void {
    const author = { name: by.name, id: by.agentId };
    this.#store.outbox.addDocument({ path, content, subject, author, tsMs: this.#clock.nowMs() });
  }
}
