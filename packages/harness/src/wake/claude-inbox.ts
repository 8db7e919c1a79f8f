/**
 * The inbox socket of a Claude Code process: what other sessions of the same person write there begins a turn. The frame is not documented by its
 * vendor. Facts: the project's harness notes, section 1.3.
 */
import { randomUUID } from 'node:crypto';
import type { WakeNotice } from '@lalia/protocol';
import { writeLines } from './socket-lines.ts';
import type { Woken } from './wake.ts';

/** In this mode it keeps such messages for the person, unless its settings have `"crossSessionInbound": "accept"`. */
const HOLDING_MODE = 'bypassPermissions';

/** @param words the socket, then the session's permission mode. */
export async function writeToClaudeInbox(
  [socket, mode]: readonly string[],
  { text }: WakeNotice,
): Promise<Woken> {
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
  return mode === HOLDING_MODE
    ? {
        outcome: 'held',
        detail: `in ${HOLDING_MODE} mode it waits for the person, unless crossSessionInbound is accept`,
      }
    : { outcome: 'started', detail: null };
}
