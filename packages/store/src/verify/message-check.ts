/** One message by itself: its form, its place, its sender's signature. */
import { isUtf8 } from 'node:buffer';
import {
  formatMessage,
  type Message,
  messagePath,
  parseMessage,
  signedContentOf,
  type Ulid,
  verifyRequest,
} from '@lalia/protocol';
import type { Registry } from './registry.ts';
import type { ProblemKind, ProblemList } from './report.ts';

/** What the checks of a whole conversation need to remember of a message; its body is not kept. */
export interface CheckedMessage {
  readonly path: string;
  readonly seq: number;
  readonly id: Ulid;
  readonly prev: Ulid | undefined;
  /** The same for all messages of a conversation: the two agents in order, or the room. */
  readonly party: string;
}

export interface MessageFile {
  readonly path: string;
  /** The conversation's folder. */
  readonly conversation: string;
  readonly content: Buffer;
}

/** Checks a message's file. @returns undefined when it cannot be read at all. */
export function checkMessage(
  file: MessageFile,
  registry: Registry,
  problems: ProblemList,
): CheckedMessage | undefined {
  const { path, conversation, content } = file;
  const message = parse(file, problems);
  if (message === undefined) return undefined;
  const report = (kind: ProblemKind, sentence: string): void => {
    problems.add({ kind, path, sentence });
  };
  if (formatMessage(message) !== content.toString())
    report('damaged_message', 'is not written as a message is');
  if (path !== `${conversation}/${messagePath(message.seq, message.from)}`) {
    report('wrong_place', `belongs at ${conversation}/${messagePath(message.seq, message.from)}`);
  }
  if ((message.kind === 'tell') !== conversation.startsWith('peers/')) {
    report(
      'wrong_place',
      message.kind === 'tell' ? 'is a message between two agents' : 'is a message to a room',
    );
  }
  checkSender(message, registry, report);
  return { path, seq: message.seq, id: message.id, prev: message.prev, party: partyOf(message) };
}

function parse({ path, content }: MessageFile, problems: ProblemList): Message | undefined {
  try {
    if (isUtf8(content)) return parseMessage(content.toString());
    problems.add({ kind: 'damaged_message', path, sentence: 'is not UTF-8' });
  } catch (error) {
    const sentence = error instanceof Error ? `is ${error.message}` : 'cannot be read';
    problems.add({ kind: 'damaged_message', path, sentence });
  }
  return undefined;
}

function checkSender(
  message: Message,
  registry: Registry,
  report: (kind: ProblemKind, sentence: string) => void,
): void {
  const sender = registry.get(message.from_id);
  if (sender === undefined) {
    report('unknown_agent', `is from ${message.from_id}, who is not in the registry`);
    return;
  }
  if (!sender.names.has(message.from))
    report('unknown_agent', `bears the name ${message.from}, which its sender never had`);
  if (message.kind === 'tell' && registry.get(message.to_id) === undefined) {
    report('unknown_agent', `is to ${message.to_id}, who is not in the registry`);
  }
  if (!verifyRequest(signedContentOf(message), message.sig, sender.key)) {
    const signer = registry.whose((key) => verifyRequest(signedContentOf(message), message.sig, key));
    report(
      'bad_signature',
      signer === undefined
        ? `is not what ${message.from} signed`
        : `was signed with the key of ${signer}, not of ${message.from}`,
    );
  }
}

function partyOf(message: Message): string {
  return message.kind === 'post'
    ? `room ${message.room_id}`
    : `channel ${[message.from_id, message.to_id].sort().join(' ')}`;
}
