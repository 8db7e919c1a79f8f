/** What an export is made of: whole conversations, through the daemon or from a transcript without one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Agent,
  daemonLines,
  type ExactMessage,
  fail,
  type KeptMessage,
  messagePath,
  parseMessage,
  type Target,
} from '@lalia/client';

export interface Conversation {
  /** Its folder in the transcript. */
  readonly folder: string;
  /** In order; at least one. */
  readonly messages: readonly [ExactMessage, ...ExactMessage[]];
}

/** Somebody's conversations, and where the transcript of this home is. */
export interface Owner {
  readonly agent: Agent;
  readonly workspace: string;
}

/** One conversation of an agent's. */
export async function* conversationOf(
  { agent, workspace }: Owner,
  target: Target,
): AsyncGenerator<Conversation> {
  yield* grouped(whole(agent.exactMessages(target), workspace));
}

/** All conversations of an agent's in which something was said. */
export async function* conversationsOf({ agent, workspace }: Owner): AsyncGenerator<Conversation> {
  const { channels } = await agent.channels();
  for (const { with: other } of channels) {
    const messages = agent.exactMessages({ kind: 'channel', agent_id: other.agent_id });
    yield* grouped(whole(messages, workspace));
  }
  const { rooms } = await agent.rooms();
  for (const { joined, room_id } of rooms) {
    if (joined) yield* grouped(whole(agent.exactMessages({ kind: 'room', room_id }), workspace));
  }
}

/** All conversations of a transcript. @param folder a workspace or a clone; undefined for one's own. */
export async function* conversationsIn(folder: string | undefined): AsyncGenerator<Conversation> {
  yield* grouped(messagesIn(folder));
}

/** What the daemon's program prints is what this version of it has. */
async function* messagesIn(folder: string | undefined): AsyncGenerator<ExactMessage> {
  for await (const line of daemonLines(['export', ...(folder === undefined ? [] : ['--', folder])])) {
    yield JSON.parse(line) as ExactMessage;
  }
}

/** With the bodies that the database has given up, from the transcript. */
async function* whole(messages: AsyncIterable<KeptMessage>, workspace: string): AsyncGenerator<ExactMessage> {
  for await (const message of messages) {
    const { body } = message;
    yield { ...message, body: body ?? bodyIn(workspace, message) };
  }
}

function bodyIn(workspace: string, { conversation, seq, from }: KeptMessage): string {
  const path = join(workspace, conversation, messagePath(seq, from));
  try {
    return parseMessage(readFileSync(path, 'utf8')).body;
  } catch (cause) {
    throw fail(
      'unavailable',
      `The text of message ${String(seq)} is in the transcript alone, and ${path} cannot be read.`,
      {
        cause,
        hint: 'Put the transcript back from a clone; `lalia verify` says what it lacks.',
      },
    );
  }
}

async function* grouped(messages: AsyncIterable<ExactMessage>): AsyncGenerator<Conversation> {
  let current: { folder: string; messages: [ExactMessage, ...ExactMessage[]] } | undefined;
  for await (const message of messages) {
    if (current?.folder === message.conversation) {
      current.messages.push(message);
      continue;
    }
    if (current !== undefined) yield current;
    current = { folder: message.conversation, messages: [message] };
  }
  if (current !== undefined) yield current;
}
