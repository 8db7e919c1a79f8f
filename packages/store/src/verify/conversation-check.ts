/** Conversations as wholes: one party each, numbers without gaps, each message naming the one before it, ids used once. */
import type { Ulid } from '@lalia/protocol';
import type { CheckedMessage } from './message-check.ts';
import type { ProblemList } from './report.ts';

/** Missing numbers that are named one by one. */
const MAX_LISTED = 5;

export class ConversationCheck {
  readonly #problems: ProblemList;
  readonly #messages = new Map<string, CheckedMessage[]>();
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
          seq,
          sentence: `has the same number as ${before?.path ?? ''}`,
        });
      else if (seq !== last + 1) this.#reportGap(conversation, last + 1, seq - 1);
      else if (prev !== before?.id)
        this.#report('broken_chain', conversation, { path, seq, sentence: chainSentence(prev, before) });
      before = message;
    }
  }

  #reportGap(conversation: string, from: number, to: number): void {
    const listed = Array.from({ length: Math.min(to - from + 1, MAX_LISTED) }, (_, index) => from + index);
    const rest = to - from + 1 - listed.length;
    const numbers =
      rest === 0 ? listed.join(', ') : `${listed.join(', ')} and ${String(rest)} more, up to ${String(to)}`;
    const sentence =
      listed.length === 1 ? `message ${numbers} is missing` : `messages ${numbers} are missing`;
    this.#problems.add({ kind: 'gap', path: conversation, conversation, seq: from, sentence });
  }

  #report(
    kind: 'duplicate' | 'broken_chain' | 'mixed_conversation',
    conversation: string,
    at: ProblemAt,
  ): void {
    this.#problems.add({ kind, path: at.path, conversation, seq: at.seq, sentence: at.sentence });
  }
}

interface ProblemAt {
  readonly path: string;
  readonly seq: number;
  readonly sentence: string;
}

function chainSentence(prev: Ulid | undefined, before: CheckedMessage | undefined): string {
  if (before === undefined) return 'is the first message, but names one before it';
  return prev === undefined
    ? 'does not name the message before it'
    : `names ${prev} as the message before it, which is ${before.id}`;
}
