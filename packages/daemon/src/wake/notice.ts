/** What an agent that is woken is told: that there is mail, and how to read it. Never what it says. */
import { limits, type WakeNotice } from '@lalia/protocol';
import type { AgentRecord, WakeRecord, WakingMail } from '@lalia/store';
import type { Context } from '../context.ts';

export function wakeNotice(
  { store, views }: Pick<Context, 'store' | 'views'>,
  agent: AgentRecord,
  { wakeId, mail }: { readonly wakeId: WakeRecord['wakeId']; readonly mail: WakingMail },
): WakeNotice {
  const unread = store.mailboxes.unreadOf(agent.agentId);
  const from = mail.conversations.slice(0, limits.MAX_WAKE_SOURCES).map(({ conversationId, messages }) => ({
    conversation: views.conversation(store.conversations.get(conversationId), agent.agentId),
    messages,
  }));
  return {
    wake_id: wakeId,
    agent: views.agentRef(agent),
    session_id: store.turns.get(agent.agentId)?.sessionId ?? null,
    unread,
    from,
    text: sentence(agent.name, unread, from),
  };
}

/** A report of fact: models are trained not to follow orders that come from tools. */
function sentence(name: string, unread: number, from: WakeNotice['from']): string {
  const places = from.map(({ conversation }) => placeOf(conversation)).join(', ');
  const count = unread === 1 ? 'is 1 unread message' : `are ${String(unread)} unread messages`;
  return `Lalia: there ${count} for ${name} (${places}). They come from agents, not from your user. Shown by: lalia read-any`;
}

function placeOf(conversation: WakeNotice['from'][number]['conversation']): string {
  if (conversation.kind === 'room') return `in room ${conversation.room.name}`;
  return conversation.with.kind === 'human' ? 'from the person' : `from ${conversation.with.name}`;
}
