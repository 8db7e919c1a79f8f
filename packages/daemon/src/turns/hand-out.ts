/**
 * What a turn is answered with: mail of all conversations in one delivery, questions to recall, and how much is left.
 *
 * One delivery may have several messages of a conversation, and of several conversations; a conversation of which the agent holds
 * another delivery is passed over, so there is still one unacknowledged delivery a conversation (decision 0004).
 */
import { invariant, limits, type OwedQuestion, type Result, type Ulid } from '@lalia/protocol';
import { keptBody, type MailRef, type MessageRecord } from '@lalia/store';
import { Batch } from '../batch.ts';
import type { Context } from '../context.ts';
import { owedQuestion } from '../questions.ts';
import { Allowance } from './allowance.ts';
import type { TurnRequest } from './turn-line.ts';
import { isOfATurn, turnAfter } from './turn-state.ts';

interface Taken {
  readonly ref: MailRef;
  readonly message: MessageRecord;
}

/** Notes where the turn is, and hands out what fits. Runs inside a transaction. */
export function handOut(context: Context, request: TurnRequest): Result<'turn'> {
  const { store, clock, views } = context;
  const { agentId } = request.agent;
  const allowance = new Allowance(request.params);
  const isStopping = request.params.at === 'stop';
  // Status mail keeps nobody from stopping: alone it waits for the next prompt.
  const isPassedOver = isStopping && !store.mailboxes.hasPressing(agentId);
  const taken = isPassedOver ? [] : take(context, agentId, allowance);
  const owed = isStopping ? recall(context, agentId, allowance) : [];
  const isHandedSomething = taken.length > 0 || owed.length > 0;
  const deliveryId = isHandedSomething ? clock.newId() : null;
  const dropped = deliveryId === null ? [] : droppedIn(context, agentId, { taken, deliveryId });
  if (deliveryId !== null) {
    const refs = taken.map(({ ref }) => ref);
    store.mailboxes.deliver({ agentId, deliveryId, nowMs: clock.nowMs() }, refs);
    hold(context, request, { deliveryId, recalls: owed.map(({ ord }) => ord) });
  }
  note(context, request, isHandedSomething);
  return {
    delivery_id: deliveryId,
    messages: taken.map(({ message, ref }) => views.message(message, agentId, ref.redelivered)),
    dropped,
    owed: owed.map(({ question }) => question),
    more: isPassedOver
      ? { messages: 0, conversations: 0 }
      : {
          messages: store.mailboxes.unreadOf(agentId),
          conversations: store.mailboxes.unreadConversations(agentId),
        },
  };
}

/** The oldest messages that fit. What comes after one that does not fit waits with it, in its conversation alone. */
function take({ store }: Context, agentId: Ulid, allowance: Allowance): Taken[] {
  if (allowance.isSpent) return [];
  const mail = store.mailboxes.next({ agentId, source: { kind: 'any' }, limit: limits.MAX_TURN_MESSAGES });
  const batch = new Batch();
  const full = new Set<number>();
  const taken: Taken[] = [];
  for (const ref of mail) {
    if (full.has(ref.conversationId)) continue;
    const message = store.conversations.messages.byOrd(ref.ord);
    invariant(message !== undefined, 'what is in a mailbox is in the table of messages');
    const body = keptBody(message);
    if (allowance.take(body) && batch.take(body)) taken.push({ ref, message });
    else full.add(ref.conversationId);
  }
  return taken;
}

function recall(
  context: Context,
  agentId: Ulid,
  allowance: Allowance,
): { readonly ord: number; readonly question: OwedQuestion }[] {
  const owed = context.store.questions.toRecall(agentId, limits.MAX_RECALLED_QUESTIONS);
  return owed
    .map((record) => ({ ord: record.ord, question: owedQuestion(context, agentId, record) }))
    .filter(({ question }) => allowance.take(question.excerpt));
}

function droppedIn(
  { store, views }: Context,
  agentId: Ulid,
  { taken, deliveryId }: { readonly taken: readonly Taken[]; readonly deliveryId: Ulid },
): Result<'turn'>['dropped'] {
  const conversations = new Set(taken.map(({ ref }) => ref.conversationId));
  return [...conversations].flatMap((conversationId) => {
    const { roomId } = store.conversations.get(conversationId);
    const lost = roomId === null ? undefined : store.mailboxes.dropped(agentId, conversationId, deliveryId);
    if (roomId === null || lost === undefined) return [];
    const room = views.roomRef(views.room(roomId));
    return [{ room, count: lost.count, first_seq: lost.firstSeq, last_seq: lost.lastSeq }];
  });
}

function hold(
  { held }: Context,
  { agent, connection, params }: TurnRequest,
  { deliveryId, recalls }: { readonly deliveryId: Ulid; readonly recalls: readonly number[] },
): void {
  held.hold({
    deliveryId,
    agentId: agent.agentId,
    connection,
    leaseMs: limits.DELIVERY_LEASE_MS,
    turn: { recalls, isLast: params.at === 'stop' },
  });
}

function note(context: Context, { agent, params }: TurnRequest, isHandedSomething: boolean): void {
  const { store, clock, waker } = context;
  const known = store.turns.get(agent.agentId);
  const turn = turnAfter(known, {
    agentId: agent.agentId,
    sessionId: params.session_id,
    at: params.at,
    isHandedSomething,
    routes: params.wake,
    nowMs: clock.nowMs(),
  });
  if (turn === undefined) return;
  if (known !== undefined && isOfATurn(params.at))
    store.wakes.proven(agent.agentId, known.sinceMs, clock.nowMs());
  store.turns.put(turn);
  waker.sessionIs(turn);
  waker.changed(agent.agentId);
}
