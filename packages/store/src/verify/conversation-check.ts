/** Conversations as wholes: one party each, numbers without gaps, each message naming the one before it, ids used once. */
import type { Ulid } from '@lalia/protocol';
import type { Place } from './layout.ts';
import type { CheckedMessage } from './message-check.ts';
import type { ProblemList } from './report.ts';

/** Missing numbers that are named one by one. */
const MAX_LISTED = 5;

export class ConversationCheck {
  readonly #problems: ProblemList;
  readonly #messages = new Map<string, CheckedMessage[]>();
  /** Numbers whose files are there and cannot be read, of each conversation. */
  readonly #unreadable = new Map<string, Set<number>>();
  /** Where each id was met first. */
  readonly #ids = new Map<Ulid, string>();

  constructor(problems: ProblemList) {
    this.#problems = problems;
  }

  get count(): number {
    return this.#messages.size;
  }

  add(conversation: string, message: CheckedMessage): void {
    const first = this.#ids.get(message.id);
    if (first === undefined) this.#ids.set(message.id, message.path);
    else this.#report('duplicate', conversation, { ...message, sentence: `has the same id as ${first}` });
    const messages = this.#messages.get(conversation);
    if (messages === undefined) this.#messages.set(conversation, [message]);
    else messages.push(message);
  }

  /** A message that is there, and of which nothing else is known. */
  addUnreadable({ conversation, seq }: Place): void {
    const numbers = this.#unreadable.get(conversation) ?? new Set();
    this.#unreadable.set(conversation, numbers.add(seq));
  }

  /** Reports what can only be seen when all messages are known. */
  finish(): void {
    const folders = new Map<string, string>();
    for (const [conversation, messages] of this.#messages) {
      messages.sort((a, b) => a.seq - b.seq);
      this.#checkParty(conversation, messages, folders);
      this.#checkSequence(conversation, messages);
    }
  }

  #checkParty(conversation: string, messages: readonly CheckedMessage[], folders: Map<string, string>): void {
    const party = messages[0]?.party ?? '';
    for (const message of messages) {
      if (message.party === party) continue;
      this.#report('mixed_conversation', conversation, {
        ...message,
        sentence: 'belongs to another conversation than the first message here',
      });
    }
    const elsewhere = folders.get(party);
    folders.set(party, elsewhere ?? conversation);
    if (elsewhere === undefined) return;
    this.#problems.add({
      kind: 'mixed_conversation',
      path: conversation,
      conversation,
      sentence: `is the conversation that is in ${elsewhere} too`,
    });
  }

  #checkSequence(conversation: string, messages: readonly CheckedMessage[]): void {
    let before: CheckedMessage | undefined;
    for (const message of messages) {
      const { seq, prev, path } = message;
      const last = before?.seq ?? 0;
      if (seq === last)
        this.#report('duplicate', conversation, {
          path,
          sentence: `has the same number as ${before?.path ?? ''}`,
        });
      else if (seq !== last + 1) this.#reportGap({ conversation, after: before, until: message });
      else if (prev !== before?.id)
        this.#report('broken_chain', conversation, { path, sentence: chainSentence(prev, before) });
      before = message;
    }
  }

  #reportGap({ conversation, after, until }: Gap): void {
    const from = (after?.seq ?? 0) + 1;
    const unreadable = this.#unreadable.get(conversation);
    const missing = Array.from({ length: until.seq - from }, (_, index) => from + index).filter(
      (seq) => unreadable?.has(seq) !== true,
    );
    const [first] = missing;
    if (first === undefined) return;
    const listed = missing.slice(0, MAX_LISTED).join(', ');
    const rest = missing.length - MAX_LISTED;
    const numbers = rest > 0 ? `${listed} and ${String(rest)} more, up to ${String(missing.at(-1))}` : listed;
    const sentence =
      missing.length === 1 ? `message ${numbers} is missing` : `messages ${numbers} are missing`;
    this.#problems.add({
      kind: 'gap',
      path: conversation,
      conversation,
      seq: first,
      sentence,
      after: after?.path,
    });
  }

  #report(
    kind: 'duplicate' | 'broken_chain' | 'mixed_conversation',
    conversation: string,
    { path, sentence }: { readonly path: string; readonly sentence: string },
  ): void {
    this.#problems.add({ kind, path, conversation, sentence });
  }
}

/** Numbers that are not there: those between two messages, or before the first. */
interface Gap {
  readonly conversation: string;
  readonly after: CheckedMessage | undefined;
  readonly until: CheckedMessage;
}

function chainSentence(prev: Ulid | undefined, before: CheckedMessage | undefined): string {
  if (before === undefined) return 'is the first message, but names one before it';
  return prev === undefined
    ? 'does not name the message before it'
    : `names ${prev} as the message before it, which is ${before.id}`;
}
