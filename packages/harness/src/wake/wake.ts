/**
 * `lalia-wake`: what the daemon runs to wake an idle agent. It knows the harness, the daemon does not: the daemon gives it a notice on
 * standard input, and takes the exit code and one line of JSON for what came of it.
 */
import type { WakeNotice } from '@lalia/protocol';
import { writeToClaudeInbox } from './claude-inbox.ts';
import { queueForCodex } from './codex-queue.ts';
import { appendToQwenInput, writeToQwenSession } from './qwen-session.ts';

/** What came of it: the way says that it is done. */
export interface Woken {
  readonly outcome: 'started';
  readonly detail: string | null;
}

type Way = (words: readonly string[], notice: WakeNotice) => Promise<Woken>;

/** By the first word of the command line; the others are the way's own. */
const WAYS: ReadonlyMap<string, Way> = new Map<string, Way>([
  ['codex-queue', queueForCodex],
  ['claude-inbox', writeToClaudeInbox],
  ['qwen-input', appendToQwenInput],
  ['qwen-session', writeToQwenSession],
]);

/**
 * Wakes an agent.
 * @param argv the way and its words. @param input the notice, as JSON.
 * @returns what to print, and the exit code.
 */
export async function wake(
  [name = '', ...words]: readonly string[],
  input: string,
): Promise<{ readonly line: string; readonly code: 0 | 1 }> {
  try {
    const way = WAYS.get(name);
    if (way === undefined) throw new Error(`lalia-wake knows no way "${name}"`);
    return { line: JSON.stringify(await way(words, noticeIn(input))), code: 0 };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { line: JSON.stringify({ outcome: 'failed', detail }), code: 1 };
  }
}

function noticeIn(input: string): WakeNotice {
  const notice: unknown = JSON.parse(input);
  if (typeof notice === 'object' && notice !== null && 'text' in notice && typeof notice.text === 'string')
    return notice as WakeNotice;
  throw new Error('standard input is not a notice of the daemon');
}
