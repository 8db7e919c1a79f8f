/** What a watch saw: on a terminal in the frame that a read has, elsewhere one line for each event. */
import { type AgentRef, agentAddress, oneLine, type WatchEvent } from '@lalia/client';
import type { View } from '../command.ts';
import { frames, header, MARK, type ShownMessage, source } from './frame.ts';

export type WatchView = View & { readonly reader: AgentRef };

export function watched(event: WatchEvent, view: WatchView): string {
  if (event.kind === 'read') return `${seen(event, view)}\n${view.terminal ? '\n' : ''}`;
  if (view.terminal) return `${frames([event.message], { ...view, sources: true })}\n`;
  return `${time(event.message.ts)} ${source(event.message)}: ${inOneLine(event.message, view)}\n`;
}

function seen(event: WatchEvent & { readonly kind: 'read' }, { terminal }: View): string {
  const what = `${agentAddress(event.by)} has read your #${String(event.seq)}`;
  const place = event.conversation.kind === 'room' ? ` in ${source(event)}` : '';
  return terminal ? what + place : `${time(event.ts)} ${source(event)}: ${what}`;
}

/** The frame in one line: whatever a body contains, it stands behind the mark, and there is no other line. */
function inOneLine(message: ShownMessage, view: WatchView): string {
  const text =
    message.body === null
      ? `the body is in the transcript: ${oneLine(message.body_path ?? '')}`
      : MARK + oneLine(message.body);
  return `${header(message, { ...view, exact: true })} ${text}`;
}

/** Lines that are kept are read later, so their time is a date. */
function time(ms: number): string {
  return new Date(ms).toISOString();
}
