/** Messages in their frame, as the command line shows them: on a terminal the headers are bold. */
import { type AgentRef, frame as framed, frames as framedAll, type ShownMessage } from '@lalia/client';
import type { View } from '../command.ts';
import { bold } from './paint.ts';

export { header, MARK, quote, type ShownMessage, source } from '@lalia/client';

/** Who sees it, where that is known: one's own messages are not from somebody else. */
export interface FrameView extends View {
  readonly reader?: AgentRef;
  /** Whether the time is shown beside it, exactly, and not as an age. */
  readonly exact?: boolean;
}

/** A message in its frame, ended by a newline. */
export function frame(message: ShownMessage, view: FrameView): string {
  return framed(message, emphatic(view));
}

/** Several messages, each with the conversation it belongs to where they come from different ones. */
export function frames(
  messages: readonly ShownMessage[],
  view: FrameView & { readonly sources?: boolean },
): string {
  return framedAll(messages, emphatic(view));
}

function emphatic<V extends View>(view: V) {
  return { ...view, emphasize: (text: string) => bold(text, view) };
}
