/** One's own messages, each with the state that every recipient of it has reached. */
import { agentAddress, ago, oneLine, type Receipt, type Result } from '@lalia/client';
import type { View } from '../command.ts';
import { table } from './table.ts';
import { attempt } from './turn.ts';

type RecipientReceipt = Receipt['recipients'][number];

export function receiptList({ receipts }: Result<'receipts'>, { nowMs }: View): string {
  if (receipts.length === 0) return 'no messages of yours\n';
  return receipts.map((receipt) => block(receipt, nowMs)).join('');
}

function block({ seq, id, accepted_ts, excerpt, body_path, recipients }: Receipt, nowMs: number): string {
  const rows = recipients.map((recipient) => [agentAddress(recipient.agent), reached(recipient, nowMs)]);
  return `#${String(seq)} id ${id} accepted ${ago(accepted_ts, nowMs)}: ${oneLine(excerpt ?? `(in the transcript: ${String(body_path)})`)}\n${table(rows, { indent: '  ' })}`;
}

/** Every state it went through, with its time, the latest first. */
function reached(recipient: RecipientReceipt, nowMs: number): string {
  const steps = [
    { state: 'dropped', ts: recipient.dropped_ts },
    { state: 'answered', ts: recipient.answered_ts },
    { state: 'read', ts: recipient.read_ts },
    { state: 'delivered', ts: recipient.delivered_ts },
  ];
  const wakes = recipient.wakes.map((each) => attempt(each, nowMs)).reverse();
  const known = steps.flatMap(({ state, ts }) => (ts === null ? [] : [`${state} ${ago(ts, nowMs)}`]));
  return [...(known.length === 0 ? [recipient.state] : known), ...wakes].join(', ');
}
