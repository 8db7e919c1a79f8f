/**
 * The inbox socket of a Claude Code process: what other sessions of the same person write there begins a turn. The frame is not documented by its
 * vendor. Facts: the project's harness notes, section 1.3.
 */
import { randomUUID } from 'node:crypto';
import type { WakeNotice } from '@lalia/protocol';
import { writeLines } from './socket-lines.ts';
import type { Woken } from './wake.ts';

/** @param words the socket. */
export async function writeToClaudeInbox([socket]: readonly string[], { text }: WakeNotice): Promise<Woken> {
  if (socket === undefined) throw new Error('the socket is missing');
  await writeLines(socket, [
    {
      type: 'user',
      message: { role: 'user', content: text },
      uuid: randomUUID(),
      msgV: 1,
      priority: 'next',
      from: `uds:${socket}`,
    },
  ]);
  return { outcome: 'started', detail: null };
}
