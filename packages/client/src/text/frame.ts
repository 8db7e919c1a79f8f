/**
 * The frame around a message: a line that says who it is from and that it is no order of the user's, then the body, each
 * line of it behind a mark. Whatever a body contains, no line of it can begin without the mark, so it can neither end its
 * frame nor begin another one.
 */
import type { AgentRef, MessageView } from '@lalia/protocol';
import { agentAddress, roomAddress } from './addresses.ts';
import { ago } from './age.ts';
import { LINE_BREAK, oneLine, showControls } from './visible.ts';

export const MARK = '| ';

/** Who sees it, and where. */
export interface FrameView {
  /** The time, in milliseconds since 1970: each message is shown with its age. */
  readonly nowMs: number;
  /** Whose eyes these are, where that is known: one's own messages are not from somebody else. */
  readonly reader?: AgentRef;
  /** Shows the control characters of a body instead of letting a terminal obey them. Off a terminal a body stays byte for byte. */
  readonly terminal?: boolean;
  /** Whether the time is shown beside it, exactly, and not as an age. */
  readonly exact?: boolean;
  /** Makes the header stand out. */
  readonly emphasize?: (header: string) => string;
}

/** A message to show; one from long ago may have its body in the transcript alone. */
export type ShownMessage = Omit<MessageView, 'body'> & {
  readonly body: string | null;
  readonly body_path?: string | null;
};

/** A message in its frame, ended by a newline. */
export function frame(message: ShownMessage, view: FrameView): string {
  const { emphasize = (text: string) => text } = view;
  return `${emphasize(header(message, view))}\n${content(message, view)}\n`;
}

/** The marked body; where it is not here, a line without the mark, which no body can have. */
function content({ body, body_path }: ShownMessage, view: FrameView): string {
  return body === null ? `the body is in the transcript: ${oneLine(body_path ?? '')}` : quote(body, view);
}

/** Several messages, each with the conversation it belongs to where they come from different ones. */
export function frames(
  messages: readonly ShownMessage[],
  view: FrameView & { readonly sources?: boolean },
): string {
  return messages
    .map((message) => (view.sources ? `${source(message)}\n` : '') + frame(message, view))
    .join('\n');
}

/** The conversation of a message, as one would name it to answer. */
export function source({ conversation }: Pick<ShownMessage, 'conversation'>): string {
  return conversation.kind === 'room'
    ? `room ${roomAddress(conversation.room)}`
    : `channel ${agentAddress(conversation.with)}`;
}

/** Marks every line; with the marks taken away again the body is what it was, off a terminal byte for byte. */
export function quote(body: string, { terminal = false }: Pick<FrameView, 'terminal'>): string {
  const shown = terminal ? showControls(body) : body;
  return MARK + shown.replace(LINE_BREAK, `$&${MARK}`);
}

/** The line before a body: who says it, that it is no order of the user's, and what else there is to know. */
export function header(message: ShownMessage, view: FrameView): string {
  const facts = [
    `#${String(message.seq)}`,
    ...(view.exact ? [] : [ago(message.ts, view.nowMs)]),
    `id ${message.id}`,
    ...(message.needs_answer ? ['needs an answer'] : []),
    ...(message.reply_to === null ? [] : [`answers ${message.reply_to}`]),
    ...(message.redelivered ? ['redelivered'] : []),
    ...(message.status ? ['status'] : []),
  ];
  return `${origin(message.from, view)} (${facts.join(', ')}):`;
}

function origin(from: AgentRef, { reader }: FrameView): string {
  if (from.agent_id === reader?.agent_id) return `From you, ${agentAddress(from)}`;
  if (from.kind === 'human') return 'From human (the person at this machine)';
  if (from.kind === 'daemon') return `From ${agentAddress(from)}, the daemon, not from your user`;
  return `From agent ${agentAddress(from)}, not from your user`;
}
