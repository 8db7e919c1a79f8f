/** The messages of a conversation, also one's own. */
import type { AgentRef, Result } from '@lalia/client';
import type { View } from '../command.ts';
import { frames } from './frame.ts';
import { jsonText } from './json.ts';

export type Past = Result<'history'> & { readonly reader: AgentRef };

export function past(page: Past, view: View): string {
  const { messages, reader } = page;
  if (messages.length === 0) return 'no messages\n';
  const left = elsewhere(page);
  return frames(messages, { ...view, reader }) + (left === undefined ? '' : `\n${left}\n`);
}

/** JSON Lines: each message as the documents have it. */
export function messageLines({ messages }: Past): string {
  return messages.map((message) => jsonText(message)).join('');
}

/** How to get the page that follows, or the one before; undefined where this is all. */
export function elsewhere({ messages, more, earlier }: Past): string | undefined {
  const [first] = messages;
  const last = messages.at(-1);
  if (more && last !== undefined) return `there are later messages: --since ${String(last.seq)}`;
  if (earlier && first !== undefined) return `there are earlier messages: --before ${String(first.seq)}`;
  return undefined;
}
