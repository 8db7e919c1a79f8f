/**
 * The history of a transcript as rows of a new database. What is not in a transcript stays unknown: nobody has unread mail, no
 * question is open, no task is published. An identity whose private key is not at hand has ended.
 */
import { fail, type Message, type Rebuilt, type Ulid } from '@lalia/protocol';
import type {
  AgentRecord,
  ConversationRecord,
  FoundAgent,
  RoomRecord,
  Store,
  Transcript,
} from '@lalia/store';
import { readMembersDocument, readRegistryDocument, readRoomDocument, readTaskRooms } from '@lalia/store';
import type { Chronicle } from '../chronicle.ts';

const NOWHERE = {
  repo_url: null,
  repo_root: null,
  main_repo_root: null,
  worktree: null,
  worktree_kind: 'outside',
  branch: null,
  cwd: '/',
} as const;

export interface FillOptions {
  readonly store: Store;
  readonly chronicle: Chronicle;
  readonly transcript: Transcript;
  /** Whether the home has the private key of an identity. */
  readonly hasKey: (agent: FoundAgent) => boolean;
  readonly nowMs: number;
}

/** What was put into the database. */
export type Filled = Omit<Rebuilt, 'home' | 'workspace' | 'problems'>;

export class Filling {
  readonly #options: FillOptions;
  readonly #conversations = new Map<string, ConversationRecord['conversationId']>();
  readonly #kept = new Set<Ulid>();
  #rooms = 0;

  constructor(options: FillOptions) {
    this.#options = options;
  }

  /** Inserts everything; in one transaction. */
  run(): Filled {
    const texts = this.#documents();
    const agents = texts('registry/').map(({ path, text }) => this.#agent(readRegistryDocument(path, text)));
    const taskRooms = texts('tasks/').flatMap(({ path, text }) => readTaskRooms(path, text));
    for (const { path, text } of texts('rooms/').filter((file) => file.path.endsWith('/ROOM.md'))) {
      const members = texts(`${folderOf(path)}/MEMBERS.md`);
      this.#room(readRoomDocument(path, text), { path, members, taskRooms: new Set(taskRooms) });
    }
    return {
      messages: this.#messages(),
      agents: agents.length,
      agents_kept: this.#kept.size,
      rooms: this.#rooms,
      conversations: this.#conversations.size,
      tasks: taskRooms.length,
    };
  }

  #documents(): (prefix: string) => DocumentText[] {
    const { transcript } = this.#options;
    const documents = [...transcript.files()].filter(({ path }) =>
      /^registry\/|^tasks\/|\/(?:ROOM|MEMBERS)\.md$/.test(path),
    );
    return (prefix) =>
      documents
        .filter(({ path }) => path.startsWith(prefix))
        .map((file) => ({ path: file.path, text: transcript.content(file).toString() }));
  }

  #agent(found: FoundAgent): void {
    const { store, chronicle, hasKey, nowMs } = this.#options;
    const { formerNames, ...facts } = found;
    const isKept = facts.unregisteredMs === null && hasKey(found);
    if (isKept) this.#kept.add(facts.agentId);
    const agent: AgentRecord = {
      ...facts,
      harnessSession: null,
      anchor: null,
      location: NOWHERE,
      lastSeenMs: isKept ? nowMs : facts.registeredMs,
      leaseUntilMs: 0,
      unregisteredMs: isKept ? null : (facts.unregisteredMs ?? nowMs),
      lastReadId: null,
    };
    store.registry.insert(agent);
    store.registry.restoreFormerNames(agent.agentId, formerNames, facts.registeredMs);
    if (agent.unregisteredMs !== facts.unregisteredMs) chronicle.agent(agent, 'unregistered');
  }

  #room(found: RoomRecord, { path, members, taskRooms }: RoomFiles): void {
    const { store, chronicle, nowMs } = this.#options;
    const room = { ...found, archivedMs: found.archivedMs ?? (taskRooms.has(found.roomId) ? nowMs : null) };
    const founder = store.registry.get(room.createdBy);
    if (founder === undefined) throw unknown(path, room.createdBy);
    store.rooms.insert(room);
    this.#rooms += 1;
    const parties = { agentLo: null, agentHi: null, roomId: room.roomId };
    this.#open(folderOf(path), parties);
    const listed = members.flatMap((file) => readMembersDocument(file.path, file.text));
    const staying = listed.filter(({ agentId }) => this.#kept.has(agentId));
    for (const { agentId, joinedMs } of staying) store.rooms.join({ roomId: room.roomId, agentId, joinedMs });
    if (room.archivedMs !== found.archivedMs) chronicle.room(room, founder, 'archived');
    if (staying.length < listed.length) chronicle.members(room, founder, 'left');
  }

  /** Across conversations in the order of the signed times; within one in its own. */
  #messages(): number {
    const { transcript } = this.#options;
    let latest = { conversation: '', ts: 0 };
    const keyed = [...transcript.messageFiles()].map((file) => {
      const { ts } = transcript.message(file);
      const before = latest.conversation === file.conversation ? latest.ts : 0;
      latest = { conversation: file.conversation, ts: Math.max(before, ts) };
      return { file, when: latest.ts };
    });
    keyed.sort((a, b) => a.when - b.when);
    for (const { file } of keyed) this.#append(file.conversation, transcript.message(file), file.path);
    return keyed.length;
  }

  #append(folder: string, message: Message, path: string): void {
    const { store } = this.#options;
    const { conversations } = store;
    for (const id of [message.from_id, message.kind === 'tell' ? message.to_id : message.from_id]) {
      if (store.registry.get(id) === undefined) throw unknown(path, id);
    }
    const conversation = conversations.get(
      this.#conversations.get(folder) ?? this.#openChannel(folder, message, path),
    );
    if (message.seq !== conversation.lastSeq + 1)
      throw fail('verify_failed', `${path} does not follow in its conversation.`);
    conversations.append(conversation, {
      id: message.id,
      sender: message.from_id,
      senderName: message.from,
      targetName: message.kind === 'tell' ? message.to : message.room,
      ts: message.ts,
      // When it was accepted is not in a transcript; it was within minutes of this.
      acceptedMs: message.ts,
      replyTo: message.reply_to ?? null,
      needsAnswer: message.needs_answer,
      status: message.status,
      body: message.body,
      nonce: message.nonce,
      sig: message.sig,
    });
  }

  #openChannel(folder: string, message: Message, path: string): number {
    if (message.kind !== 'tell') throw fail('verify_failed', `${path} is in a room without a ROOM.md.`);
    const [agentLo = '', agentHi = ''] = [message.from_id, message.to_id].sort();
    return this.#open(folder, { agentLo, agentHi, roomId: null });
  }

  #open(folder: string, parties: Pick<ConversationRecord, 'agentLo' | 'agentHi' | 'roomId'>): number {
    const { conversationId } = this.#options.store.conversations.restore({ ...parties, folder });
    this.#conversations.set(folder, conversationId);
    return conversationId;
  }
}

interface DocumentText {
  readonly path: string;
  readonly text: string;
}

interface RoomFiles {
  readonly path: string;
  readonly members: readonly DocumentText[];
  /** Rooms of tasks, which end with them. */
  readonly taskRooms: ReadonlySet<Ulid>;
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function unknown(path: string, agentId: Ulid): Error {
  return fail('verify_failed', `${path} names ${agentId}, who is not in the registry.`);
}
