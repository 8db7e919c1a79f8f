/** The questions that are open: what one waits for, and what others wait for. */
import {
  type AskedQuestion,
  agentAddress,
  ago,
  type ConversationRef,
  type OwedQuestion,
  oneLine,
  type Result,
  roomAddress,
} from '@lalia/client';
import type { View } from '../command.ts';
import { quote } from './frame.ts';
import { counted } from './names.ts';
import { table } from './table.ts';

type Asked = AskedQuestion['recipients'][number];

export function waitingList(result: Result<'waiting'>, view: View): string {
  const { asked, asked_count, owed, owed_count } = result;
  if (asked_count + owed_count === 0) return 'no open questions\n';
  const lists = [
    list(`${counted(asked_count, 'question')} of yours without an answer`, {
      count: asked_count,
      blocks: asked.map((question) => askedBlock(question, view)),
    }),
    list(`${counted(owed_count, 'question')} that you owe an answer`, {
      count: owed_count,
      blocks: owed.map((question) => owedBlock(question, view)),
    }),
  ];
  return lists.filter((text) => text !== '').join('\n');
}

export function resolved({ seq, conversation, closed }: Result<'question_resolve'>): string {
  return `#${String(seq)} to ${place(conversation)} ${closed ? 'is closed' : 'was closed already'}\n`;
}

/** A conversation as one names it. */
function place(conversation: ConversationRef): string {
  return conversation.kind === 'room'
    ? `room ${roomAddress(conversation.room)}`
    : agentAddress(conversation.with);
}

function list(
  title: string,
  { count, blocks }: { readonly count: number; readonly blocks: readonly string[] },
): string {
  if (count === 0) return '';
  const rest = blocks.length < count ? `, the oldest ${String(blocks.length)} shown` : '';
  return `${title}${rest}\n${blocks.join('')}`;
}

function askedBlock(
  { seq, id, ts, conversation, excerpt, recipients }: AskedQuestion,
  { nowMs }: View,
): string {
  const archived = conversation.kind === 'room' && conversation.room.archived ? ', which is archived' : '';
  const rows = recipients.map((recipient) => [agentAddress(recipient.agent), reached(recipient, nowMs)]);
  const head = `#${String(seq)} to ${place(conversation)}${archived}, ${ago(ts, nowMs)}, id ${id}: ${oneLine(excerpt)}\n`;
  return head + table(rows, { indent: '  ' });
}

/** How far it got, and where the one who has to answer stands. */
function reached(recipient: Asked, nowMs: number): string {
  const { state, delivered_ts, read_ts, dropped_ts, presence, away_since, unregistered_ts } = recipient;
  const at = { accepted: null, delivered: delivered_ts, read: read_ts, dropped: dropped_ts }[state];
  const got = state === 'accepted' ? 'unread' : `${state}${at === null ? '' : ` ${ago(at, nowMs)}`}`;
  if (unregistered_ts !== null)
    return `unregistered ${ago(unregistered_ts, nowMs)} (${got}); will not answer: close it with lalia resolve`;
  return `${got}; ${presence}${away_since === null ? '' : ` since ${ago(away_since, nowMs)}`}`;
}

/** In the frame of all that others say: only its beginning is new here. */
function owedBlock(question: OwedQuestion, view: View): string {
  const { seq, id, ts, conversation, from, excerpt, state } = question;
  const room = conversation.kind === 'room' ? ` in ${place(conversation)}` : '';
  const who = from.kind === 'human' ? 'human (the person at this machine)' : `agent ${agentAddress(from)}`;
  const read = state === 'accepted' ? 'unread' : state;
  return `#${String(seq)} from ${who}${room}, ${ago(ts, view.nowMs)}, ${read}, id ${id}:\n${quote(oneLine(excerpt), view)}\n`;
}
