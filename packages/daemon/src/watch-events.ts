/** What a watch is answered with: looked up anew from its place each time, so that a slow watcher costs nothing. */
import { type ConversationTarget, invariant, type Ulid, type WatchEvent } from '@lalia/protocol';
import type { AgentRecord } from '@lalia/store';
import { Batch } from './batch.ts';
import type { Context } from './context.ts';
import { isParticipant, ownConversation } from './conversations.ts';
import type { RecentRead } from './recent-reads.ts';
import type { WatchPlace } from './watch-place.ts';

export interface WatchQuery {
  readonly caller: AgentRecord;
  readonly target: ConversationTarget | undefined;
  readonly max: number;
}

export interface WatchAnswer {
  readonly events: readonly WatchEvent[];
  readonly place: WatchPlace;
  /** Whether there is nothing more yet. */
  readonly isEnd: boolean;
}

/**
 * What happened after a place.
 * @throws LaliaError `agent_not_found` or `room_not_found` when the target is none of the caller's.
 */
export function eventsAfter(context: Context, query: WatchQuery, place: WatchPlace): WatchAnswer {
  const { recentReads, store } = context;
  const { caller, target, max } = query;
  const conversation = target === undefined ? undefined : ownConversation(context, caller, target);
  // A channel in which nothing was said yet: what will be said comes after this place.
  if (target !== undefined && conversation === undefined) {
    return { events: [], place: { ...place, ord: store.watching.lastOrd() }, isEnd: true };
  }
  const conversationId = conversation?.conversationId;
  const page = store.watching.page({
    agentId: caller.agentId,
    conversationId,
    afterOrd: place.ord,
    limit: max,
  });
  const messages = messageEvents(context, caller.agentId, page.ords);
  const isCut = messages.length < page.ords.length;
  const ord = isCut ? (page.ords[messages.length - 1] ?? place.ord) : page.throughOrd;
  const isEnd = page.isEnd && !isCut;
  // What was read is told when there is nothing older left to tell.
  if (!isEnd) return { events: messages, place: { ...place, ord }, isEnd };
  const known = place.epoch === recentReads.epoch ? place.reads : 0;
  const reads = [...recentReads.after(known)]
    .filter((read) => isOwn(context, query, { read, conversationId }))
    .map((read) => readEvent(context, read));
  return {
    events: inOrder(messages, reads),
    place: { ord, epoch: recentReads.epoch, reads: recentReads.count },
    isEnd,
  };
}

function messageEvents({ store, views }: Context, viewer: Ulid, ords: readonly number[]): WatchEvent[] {
  const batch = new Batch();
  const events: WatchEvent[] = [];
  for (const ord of ords) {
    const message = store.conversations.messages.byOrd(ord);
    invariant(message !== undefined, 'a message is a row for ever');
    if (!batch.take(message.body ?? '')) break;
    events.push({ kind: 'message', message: views.pastMessage(message, viewer) });
  }
  return events;
}

interface Candidate {
  readonly read: RecentRead;
  readonly conversationId: number | undefined;
}

function isOwn(context: Context, { caller }: WatchQuery, { read, conversationId }: Candidate): boolean {
  if (read.sender !== caller.agentId) return false;
  if (conversationId !== undefined) return read.conversationId === conversationId;
  return isParticipant(context, caller.agentId, context.store.conversations.get(read.conversationId));
}

function readEvent({ store, views }: Context, read: RecentRead): WatchEvent {
  return {
    kind: 'read',
    id: read.id,
    seq: read.seq,
    conversation: views.conversation(store.conversations.get(read.conversationId), read.sender),
    by: views.agentRef(views.agent(read.by)),
    ts: read.atMs,
  };
}

/** Merges two lists by time; each stays in its own order, and a message comes before its being read. */
function inOrder(messages: readonly WatchEvent[], reads: readonly WatchEvent[]): WatchEvent[] {
  const merged: WatchEvent[] = [];
  let at = 0;
  for (const message of messages) {
    for (let read = reads[at]; read !== undefined && timeOf(read) < timeOf(message); read = reads[at]) {
      merged.push(read);
      at += 1;
    }
    merged.push(message);
  }
  return [...merged, ...reads.slice(at)];
}

function timeOf(event: WatchEvent): number {
  return event.kind === 'message' ? event.message.ts : event.ts;
}
