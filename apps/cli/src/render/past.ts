/** The messages of a conversation, also one's own. */
import type { AgentRef, Result } from '@lalia/client';
import type { View } from '../command.ts';
import { frames } from './frame.ts';

export type Past = Result<'history'> & { readonly reader: AgentRef };

export function past({ messages, more, reader }: Past, view: View): string {
  const last = messages.at(-1);
  if (last === undefined) return 'no messages\n';
  const rest = more ? `\nthere are later messages: --since ${String(last.seq)}\n` : '';
  return frames(messages, { ...view, reader }) + rest;
}
