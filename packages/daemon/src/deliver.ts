/** One delivery: what a reader is handed, noted in the database and against its connection. Runs inside a transaction. */
import { type DroppedNotice, invariant, type Result, type Ulid } from '@lalia/protocol';
import { keptBody, type MailRef, type MessageRecord } from '@lalia/store';
import { Batch } from './batch.ts';
import type { Context } from './context.ts';
import type { ReadRequest } from './waiters.ts';

/** @returns undefined when there is nothing for this reader. */
export function deliver(context: Context, request: ReadRequest): Result<'read'> | undefined {
  const { store, views, clock, held } = context;
  const { agentId, connection, leaseMs } = request;
  const mail = oneConversation(store.mailboxes.next({ agentId, source: request.source, limit: request.max }));
  const deliveryId = clock.newId();
  const dropped = droppedNotice(context, request, { deliveryId, conversationId: mail[0]?.conversationId });
  if (mail.length === 0 && dropped === null) return undefined;
  const taken = fitting(context, mail);
  store.mailboxes.deliver(
    { agentId, deliveryId, nowMs: clock.nowMs() },
    taken.map(({ ref }) => ref),
  );
  held.hold({ deliveryId, agentId, connection, leaseMs });
  return {
    delivery_id: deliveryId,
    messages: taken.map(({ message, ref }) => views.message(message, agentId, ref.redelivered)),
    dropped,
    remaining: remaining(context, request),
  };
}

function oneConversation(mail: readonly MailRef[]): MailRef[] {
  return mail.filter(({ conversationId }) => conversationId === mail[0]?.conversationId);
}

function fitting(
  { store }: Context,
  mail: readonly MailRef[],
): { readonly ref: MailRef; readonly message: MessageRecord }[] {
  const batch = new Batch();
  const taken = [];
  for (const ref of mail) {
    const message = store.conversations.messages.byOrd(ref.ord);
    invariant(message !== undefined, 'what is in a mailbox is in the table of messages');
    if (!batch.take(keptBody(message))) break;
    taken.push({ ref, message });
  }
  return taken;
}

interface Handing {
  readonly deliveryId: Ulid;
  readonly conversationId: number | undefined;
}

function droppedNotice(
  { store, views }: Context,
  { agentId, source }: ReadRequest,
  handing: Handing,
): DroppedNotice | null {
  const conversationId = source.kind === 'conversation' ? source.conversationId : handing.conversationId;
  if (source.kind === 'answer' || conversationId === undefined) return null;
  const { roomId } = store.conversations.get(conversationId);
  const dropped =
    roomId === null ? undefined : store.mailboxes.dropped(agentId, conversationId, handing.deliveryId);
  if (roomId === null || dropped === undefined) return null;
  return {
    room: views.roomRef(views.room(roomId)),
    count: dropped.count,
    first_seq: dropped.firstSeq,
    last_seq: dropped.lastSeq,
  };
}

function remaining({ store }: Context, { agentId, source }: ReadRequest): number {
  if (source.kind === 'any') return store.mailboxes.unreadOf(agentId);
  return source.kind === 'conversation' ? store.mailboxes.unreadIn(agentId, source.conversationId) : 0;
}
