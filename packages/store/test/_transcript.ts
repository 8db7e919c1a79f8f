/** Test parts around a transcript: agents that sign, an outbox in memory, a workspace that is removed, and real git. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  formatMessage,
  generateKeyPair,
  type Message,
  messagePath,
  privateKeyObject,
  signedContentOf,
  signRequest,
  ulidSource,
} from '@lalia/protocol';
import { messageSubject, registryDocument, registryPath } from '../src/documents.ts';
import type { BatchLimits, JournalEntry } from '../src/journal/entry.ts';
import { Journal, type JournalOptions, type OutboxSource } from '../src/journal/journal.ts';

const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

/** A folder for one test, removed at its end. */
export class TestFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'lalia-journal-'));

  get workspace(): string {
    return join(this.path, 'workspace');
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Runs real git, with no configuration but its own. @returns what it printed. */
export function git(folder: string, ...args: string[]): string {
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
  const identity = ['-c', 'user.name=person', '-c', 'user.email=person@example.org'];
  return execFileSync('git', ['-C', folder, ...identity, ...args], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
  });
}

/** What a transcript must be for real git when nothing is left to write. */
export function gitProblems(workspace: string): string {
  return git(workspace, 'fsck', '--full', '--strict') + git(workspace, 'status', '--porcelain');
}

export class TestAgent {
  readonly id: string;
  readonly name: string;
  readonly #pair = generateKeyPair();
  readonly #key = privateKeyObject(this.#pair.privateKey);

  constructor(id: string, name: string) {
    this.id = id;
    this.name = name;
  }

  sign(message: Message): Message {
    return { ...message, sig: signRequest(signedContentOf(message), this.#key) };
  }

  registryText(formerNames: readonly string[] = []): string {
    const facts = {
      agentId: this.id,
      name: this.name,
      project: 'lalia',
      kind: 'agent',
      role: 'peer',
      harness: null,
      model: null,
    } as const;
    return registryDocument(
      { ...facts, publicKey: this.#pair.publicKey, registeredMs: START_MS, unregisteredMs: null },
      formerNames,
    );
  }
}

/** The outbox that the database would be: entries in order, removed when done. */
export class TestOutbox implements OutboxSource {
  readonly entries: JournalEntry[] = [];
  /** Every path that was ever reported as done, in order. */
  readonly donePaths: string[] = [];
  #ord = 0;

  add(entry: Omit<JournalEntry, 'ord'>): void {
    this.entries.push({ ord: ++this.#ord, ...entry });
  }

  next({ maxEntries }: BatchLimits): JournalEntry[] {
    return this.entries.slice(0, maxEntries);
  }

  done(throughOrd: number): Promise<void> {
    while (this.entries[0] !== undefined && this.entries[0].ord <= throughOrd) {
      this.donePaths.push(this.entries.shift()?.path ?? '');
    }
    return Promise.resolve();
  }

  /** What stands in a copy of the transcript is the business of whoever has a database. */
  begin(): Promise<void> {
    return Promise.resolve();
  }

  backlog(): number {
    return this.entries.length;
  }
}

/** Conversations that grow, message by message, as the daemon would have them. */
export class TestTalk {
  readonly #nextId: () => string;
  #nowMs = START_MS;
  readonly #last = new Map<string, { seq: number; id: string }>();
  readonly #rooms = new Map<string, string>();
  readonly agents: readonly TestAgent[];

  constructor(names: readonly string[] = ['alice', 'bob', 'carol']) {
    this.#nextId = ulidSource(() => this.#nowMs);
    this.agents = names.map((name) => new TestAgent(this.#nextId(), name));
  }

  agent(name: string): TestAgent {
    const found = this.agents.find((agent) => agent.name === name);
    if (found === undefined) throw new Error(`no agent ${name}`);
    return found;
  }

  registrations(): Omit<JournalEntry, 'ord'>[] {
    return this.agents.map((agent) => ({
      path: registryPath(agent.id),
      content: agent.registryText(),
      mode: 'replace',
      subject: `${agent.name} registered`,
      author: agent,
      tsMs: START_MS,
    }));
  }

  /** The next message from one agent to another. */
  tell(from: string, to: string, body = 'Hello there.\n'): Omit<JournalEntry, 'ord'> {
    const [lo, hi] = [from, to].sort();
    const target = { kind: 'tell', to, to_id: this.agent(to).id } as const;
    return this.#entry({ folder: `peers/${String(lo)}--${String(hi)}`, from, body, target });
  }

  post(from: string, room: string, body = 'Hello room.\n'): Omit<JournalEntry, 'ord'> {
    const roomId = this.#rooms.get(room) ?? this.#nextId();
    this.#rooms.set(room, roomId);
    const target = { kind: 'post', room, room_id: roomId } as const;
    return this.#entry({ folder: `rooms/${room}`, from, body, target });
  }

  #entry({ folder, from, body, target }: EntryInput): Omit<JournalEntry, 'ord'> {
    this.#nowMs += 1000;
    const sender = this.agent(from);
    const last = this.#last.get(folder);
    const message = sender.sign({
      ...target,
      id: this.#nextId(),
      seq: (last?.seq ?? 0) + 1,
      prev: last?.id,
      from,
      from_id: sender.id,
      ts: this.#nowMs,
      nonce: this.#nextId(),
      sig: '',
      reply_to: undefined,
      needs_answer: false,
      status: false,
      body,
    });
    this.#last.set(folder, message);
    const { seq, ts } = message;
    return {
      path: `${folder}/${messagePath(seq, from)}`,
      content: formatMessage(message),
      mode: 'create',
      subject: messageSubject(message),
      author: { name: from, id: sender.id },
      tsMs: ts,
    };
  }
}

interface EntryInput {
  readonly folder: string;
  readonly from: string;
  readonly body: string;
  readonly target:
    | { readonly kind: 'tell'; readonly to: string; readonly to_id: string }
    | { readonly kind: 'post'; readonly room: string; readonly room_id: string };
}

/** Opens a journal on a workspace, with nothing but the given options unusual. */
export function openJournal(
  workspace: string,
  source: OutboxSource,
  options: Partial<JournalOptions> = {},
): Promise<Journal> {
  return Journal.open({
    workspace,
    source,
    failpoint: () => undefined,
    failpoints: '',
    log: () => undefined,
    nowMs: () => START_MS,
    ...options,
  });
}
