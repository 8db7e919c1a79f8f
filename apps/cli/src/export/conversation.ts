/** What an export is made of: whole conversations, through the daemon or from a transcript without one. */
import { type Agent, daemonLines, type ExactMessage, type Target } from '@lalia/client';

export interface Conversation {
  /** Its folder in the transcript. */
  readonly folder: string;
  /** In order; at least one. */
  readonly messages: readonly [ExactMessage, ...ExactMessage[]];
}

/** One conversation of an agent's. */
export async function* conversationOf(agent: Agent, target: Target): AsyncGenerator<Conversation> {
  yield* grouped(agent.exactMessages(target));
}

/** All conversations of an agent's in which something was said. */
export async function* conversationsOf(agent: Agent): AsyncGenerator<Conversation> {
  const { channels } = await agent.channels();
  for (const { with: other } of channels) {
    yield* grouped(agent.exactMessages({ kind: 'channel', agent_id: other.agent_id }));
  }
  const { rooms } = await agent.rooms();
  for (const { joined, room_id } of rooms) {
    if (joined) yield* grouped(agent.exactMessages({ kind: 'room', room_id }));
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
