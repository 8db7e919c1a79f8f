/** What was said in a conversation, a page at a time. */
import type { ConversationTarget, Params, Result } from '@lalia/protocol';
import type { CallOptions, SignedCaller } from './signed-caller.ts';

export interface HistoryOptions extends CallOptions {
  /** Only messages after this number. */
  readonly sinceSeq?: number | undefined;
  /** Only messages from the first that was accepted then or later, in milliseconds since 1970. */
  readonly sinceMs?: number | undefined;
  /** Only messages before this number. */
  readonly beforeSeq?: number | undefined;
  /** At most so many in a page. Default 50. */
  readonly limit?: number | undefined;
}

/** One page of a conversation. */
export function historyPage(
  caller: SignedCaller,
  target: ConversationTarget,
  { sinceSeq, sinceMs, beforeSeq, limit, ...options }: HistoryOptions,
): Promise<Result<'history'>> {
  const params: Omit<Params<'history'>, 'auth'> = {
    target,
    ...(sinceSeq === undefined ? {} : { since_seq: sinceSeq }),
    ...(sinceMs === undefined ? {} : { since_ts: sinceMs }),
    ...(beforeSeq === undefined ? {} : { before_seq: beforeSeq }),
    ...(limit === undefined ? {} : { limit }),
  };
  return caller.call('history', params, options);
}

/** Page after page, from the first message of what is asked for. */
export async function* historyPages(
  caller: SignedCaller,
  target: ConversationTarget,
  options: HistoryOptions,
): AsyncGenerator<Result<'history'>, undefined> {
  let page = await historyPage(caller, target, { ...options, sinceSeq: options.sinceSeq ?? 0 });
  yield page;
  while (page.more) {
    const sinceSeq = page.messages.at(-1)?.seq;
    // The time has chosen the first page; later ones go on by number.
    page = await historyPage(caller, target, { ...options, sinceMs: undefined, sinceSeq });
    yield page;
  }
}
