/** One mailbox, twice: in a database, and as a small model of delivery-state.ts has it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPair, ulidSource } from '@lalia/protocol';
import { expect } from 'vitest';
import { type DeliveryState, TRANSITIONS } from '../src/delivery-state.ts';
import {
  type AgentRecord,
  type ConversationRecord,
  type MailSource,
  openStore,
  type Store,
} from '../src/index.ts';

const NOW_MS = 1_800_000_000_000;
/** What a mailbox keeps of the room; small, so that it overflows. */
const ROOM_KEEPS = 3;
/** Conversations by position: two channels, and the room. */
export const ROOM = 2;

/** What may happen to a mailbox; a delivery is counted from the latest. */
export type Action =
  | { readonly kind: 'send'; readonly conversation: number }
  | { readonly kind: 'failed send'; readonly conversation: number }
  | { readonly kind: 'read'; readonly from: number | 'any'; readonly max: number }
  | { readonly kind: 'ack' | 'release'; readonly delivery: number }
  | { readonly kind: 'restart' };

interface ModelMessage {
  readonly ord: number;
  readonly conversation: number;
  state: DeliveryState;
  delivery: string | undefined;
  isRedelivered: boolean;
  /** Whether its reader was told that it was dropped. */
  isTold: boolean;
}

/** A history of both; every step compares them. */
export class MailboxRun implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'lalia-model-'));
  readonly #newId = ulidSource(() => NOW_MS);
  readonly #deliveries: string[] = [];
  readonly #model: ModelMessage[] = [];
  /** Every message that was handed out, as often as it was; and what had been acknowledged by then. */
  readonly #handed: { readonly message: ModelMessage; readonly wasRead: boolean }[] = [];
  #store = this.#open();
  #reader = '';
  #sender = '';
  #conversations: readonly number[] = [];

  static async begin(): Promise<MailboxRun> {
    const run = new MailboxRun();
    await run.#populate();
    return run;
  }

  async perform(action: Action): Promise<void> {
    switch (action.kind) {
      case 'send':
        await this.#send(action.conversation);
        break;
      case 'failed send':
        await this.#failToSend(action.conversation);
        break;
      case 'read':
        await this.#read(action.from, action.max);
        break;
      case 'ack':
        await this.#ack(this.#deliveries.at(-1 - action.delivery));
        break;
      case 'release':
        await this.#release(this.#deliveries.at(-1 - action.delivery));
        break;
      case 'restart':
        this.#restart();
        break;
    }
    this.#compare();
  }

  /** Puts everything back, and reads until there is nothing. */
  async readOut(): Promise<void> {
    this.#restart();
    while (this.#candidates('any').length > 0) {
      await this.perform({ kind: 'read', from: 'any', max: 3 });
      await this.perform({ kind: 'ack', delivery: 0 });
    }
  }

  /** What holds of any history, whatever the model says. */
  checkPromises(): void {
    expect(this.#model.filter(({ state }) => state !== 'read' && state !== 'dropped')).toEqual([]);
    expect(this.#handed.filter(({ wasRead }) => wasRead)).toEqual([]);
    for (const each of [0, 1, ROOM]) {
      const firstTimes = this.#handed.filter(
        ({ message }, position) =>
          message.conversation === each &&
          this.#handed.findIndex((other) => other.message === message) === position,
      );
      const ords = firstTimes.map(({ message }) => message.ord);
      expect(ords).toEqual(ords.toSorted((a, b) => a - b));
    }
    const handed = new Set(this.#handed.map(({ message }) => message));
    expect(this.#model.filter((message) => message.state === 'read' && !handed.has(message))).toEqual([]);
    expect(
      this.#model.filter((message) => message.state === 'dropped' && message.conversation !== ROOM),
    ).toEqual([]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#store.close();
    rmSync(this.#folder, { recursive: true, force: true });
    return Promise.resolve();
  }

  #open(): Store {
    const nothing = (): void => undefined;
    const store = openStore(join(this.#folder, 'lalia.db'), {
      beforeCommit: nothing,
      afterCommit: nothing,
      failpoint: nothing,
    });
    if (store === undefined) throw new Error('The database is locked.');
    return store;
  }

  async #populate(): Promise<void> {
    const [bob, alice, carol] = ['bob', 'alice', 'carol'].map((name) => agentNamed(name, this.#newId()));
    if (bob === undefined || alice === undefined || carol === undefined) throw new Error('There are three.');
    this.#reader = bob.agentId;
    this.#sender = alice.agentId;
    await this.#store.commits.run(() => {
      const { registry, conversations, rooms } = this.#store;
      for (const agent of [bob, alice, carol]) registry.insert(agent);
      const room = {
        roomId: this.#newId(),
        name: 'hall',
        project: null,
        description: '',
        createdBy: alice.agentId,
        createdMs: NOW_MS,
        archivedMs: null,
      };
      rooms.insert(room);
      this.#conversations = [
        conversations.openChannel([alice, bob]),
        conversations.openChannel([carol, bob]),
        conversations.openRoom(room),
      ].map(({ conversationId }) => conversationId);
    });
  }

  async #send(to: number): Promise<void> {
    const ord = await this.#store.commits.run(() => this.#append(to));
    this.#model.push({
      ord,
      conversation: to,
      state: 'unread',
      delivery: undefined,
      isRedelivered: false,
      isTold: false,
    });
    if (to !== ROOM) return;
    const unread = this.#model.filter(
      (message) => message.conversation === ROOM && message.state === 'unread',
    );
    for (const message of unread.slice(0, Math.max(0, unread.length - ROOM_KEEPS))) message.state = 'dropped';
  }

  /** A member that throws leaves nothing behind, and takes no other member of its group along. */
  async #failToSend(to: number): Promise<void> {
    const failed = this.#store.commits.run(() => {
      this.#append(to);
      throw new Error('after all');
    });
    const sent = this.#send(to);
    await expect(failed).rejects.toThrow('after all');
    await sent;
  }

  #append(to: number): number {
    const { conversations, mailboxes } = this.#store;
    const record: ConversationRecord = conversations.get(this.#conversations[to] ?? -1);
    const message = conversations.append(record, {
      id: this.#newId(),
      sender: this.#sender,
      senderName: 'alice',
      targetName: 'bob',
      ts: NOW_MS,
      acceptedMs: NOW_MS,
      replyTo: null,
      needsAnswer: false,
      status: false,
      body: 'text',
      nonce: 'nonce',
      sig: 'sig',
    });
    mailboxes.add(this.#reader, message);
    if (to === ROOM) {
      const { conversationId } = record;
      mailboxes.overflow({ agentId: this.#reader, conversationId, keep: ROOM_KEEPS, nowMs: NOW_MS });
    }
    return message.ord;
  }

  /** As the daemon hands out: the next ones, as far as they are of one conversation, with a notice of what was dropped. */
  async #read(from: number | 'any', max: number): Promise<void> {
    const expected = this.#candidates(from).slice(0, max);
    const taken = expected.filter((message) => message.conversation === expected[0]?.conversation);
    const noticeOf = from === 'any' ? expected[0]?.conversation : from;
    const id = this.#newId();
    const dropped = await this.#store.commits.run(() => {
      const { mailboxes } = this.#store;
      const found = mailboxes.next({ agentId: this.#reader, source: this.#source(from), limit: max });
      expect(found.map(({ ord, redelivered }) => [ord, redelivered])).toEqual(
        expected.map(({ ord, isRedelivered }) => [ord, isRedelivered]),
      );
      mailboxes.deliver(
        { agentId: this.#reader, deliveryId: id, nowMs: NOW_MS },
        found.filter(({ conversationId }) => conversationId === found[0]?.conversationId),
      );
      return noticeOf === ROOM
        ? mailboxes.dropped(this.#reader, this.#conversations[ROOM] ?? -1, id)
        : undefined;
    });
    const untold =
      noticeOf === ROOM ? this.#model.filter(({ state, isTold }) => state === 'dropped' && !isTold) : [];
    expect(dropped?.count ?? 0).toBe(untold.length);
    for (const message of taken) this.#handed.push({ message, wasRead: message.state === 'read' });
    for (const message of taken) message.state = TRANSITIONS[message.state].deliver;
    for (const message of [...taken, ...untold]) message.delivery = id;
    this.#deliveries.push(id);
  }

  async #ack(id: string | undefined): Promise<void> {
    if (id === undefined) return;
    const handout = { agentId: this.#reader, deliveryId: id, nowMs: NOW_MS };
    const done = await this.#store.commits.run(() => this.#store.mailboxes.ack(handout));
    const held = this.#model.filter((message) => message.delivery === id);
    const changed = held.filter(({ state }) => TRANSITIONS[state].ack !== state);
    expect(done?.acknowledged).toBe(held.length === 0 ? undefined : changed.length);
    expect(done?.ords[0]).toBe(held.findLast(({ state }) => state !== 'dropped')?.ord);
    for (const message of held) message.isTold ||= message.state === 'dropped';
    for (const message of changed) message.state = 'read';
  }

  async #release(id: string | undefined): Promise<void> {
    if (id === undefined) return;
    const released = await this.#store.commits.run(() => this.#store.mailboxes.release(id, this.#reader));
    const held = this.#model.filter(({ delivery: of, state }) => of === id && state === 'delivered');
    expect(released).toBe(held.length);
    this.#putBack(held);
  }

  #restart(): void {
    this.#store.close();
    this.#store = this.#open();
    this.#putBack(this.#model.filter(({ state }) => state === 'delivered'));
  }

  #putBack(messages: readonly ModelMessage[]): void {
    for (const message of messages) message.state = TRANSITIONS[message.state].release;
    for (const message of messages) message.isRedelivered = true;
  }

  /** What a read may hand out: unread, in order, and nothing of a conversation of which something is held. */
  #candidates(from: number | 'any'): ModelMessage[] {
    const held = new Set(
      this.#model.filter(({ state }) => state === 'delivered').map((message) => message.conversation),
    );
    return this.#model
      .filter(({ state }) => state === 'unread')
      .filter((message) => !held.has(message.conversation))
      .filter((message) => from === 'any' || message.conversation === from);
  }

  #source(from: number | 'any'): MailSource {
    return from === 'any'
      ? { kind: 'any' }
      : { kind: 'conversation', conversationId: this.#conversations[from] ?? -1 };
  }

  #compare(): void {
    const { mailboxes } = this.#store;
    const unread = this.#model.filter(({ state }) => state === 'unread');
    const peeked = mailboxes.peek({ agentId: this.#reader, source: { kind: 'any' }, limit: 1000 });
    expect(peeked.map(({ ord }) => ord)).toEqual(unread.map(({ ord }) => ord));
    expect(mailboxes.unreadOf(this.#reader)).toBe(unread.length);
    expect(this.#conversations.map((id) => mailboxes.unreadIn(this.#reader, id))).toEqual(
      [0, 1, ROOM].map((each) => unread.filter((message) => message.conversation === each).length),
    );
  }
}

function agentNamed(name: string, agentId: string): AgentRecord {
  return {
    agentId,
    name,
    project: null,
    role: 'peer',
    kind: 'agent',
    publicKey: generateKeyPair().publicKey,
    harness: null,
    model: null,
    harnessSession: null,
    anchor: null,
    location: {
      repo_url: null,
      repo_root: null,
      main_repo_root: null,
      worktree: null,
      worktree_kind: 'outside',
      branch: null,
      cwd: '/',
    },
    registeredMs: NOW_MS,
    lastSeenMs: NOW_MS,
    leaseUntilMs: NOW_MS,
    unregisteredMs: null,
    lastReadId: null,
  };
}
