import { fail } from '@lalia/protocol';
import type { Context } from '../context.ts';
import type { SignedCall, SignedHandler } from '../handler.ts';
import { eventsAfter } from '../watch-events.ts';
import { formatCursor, parseCursor, type WatchPlace } from '../watch-place.ts';

export const watch: SignedHandler<'watch'> = (context, call) => {
  const { store, watchers } = context;
  const { params, caller, signal } = call;
  const begun = beginning(context, call);
  const query = { caller, target: params.target, max: params.max };
  const look = (place: WatchPlace) => eventsAfter(context, query, place);
  const { events, place, isEnd } = look(begun);
  const isNew = params.cursor === undefined;
  if (events.length > 0 || !isEnd || isNew || params.timeout_ms === 0) {
    return { events: [...events], cursor: formatCursor(place) };
  }
  // A rollback ends the transaction before anything can wake it: its caller hears of that, and the wait of its timeout.
  const ended = new AbortController();
  store.commits.onOutcome({
    committed: undefined,
    rolledBack: () => {
      ended.abort();
    },
  });
  return watchers.wait({
    agentId: caller.agentId,
    timeoutMs: params.timeout_ms,
    signal: AbortSignal.any([signal, ended.signal]),
    place,
    look,
  });
};

function beginning({ store, recentReads }: Context, { params }: SignedCall<'watch'>): WatchPlace {
  const { cursor, since_ts: since } = params;
  if (cursor !== undefined && since !== undefined) {
    throw fail('invalid_params', 'watch: `since_ts` is only for a first call, without `cursor`');
  }
  if (cursor !== undefined) return parseCursor(cursor);
  const ord = since === undefined ? store.watching.lastOrd() : store.watching.placeBefore(since);
  return { ord, epoch: recentReads.epoch, reads: recentReads.count };
}
