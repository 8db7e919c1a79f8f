/** A conversation as a Markdown page. A body stands in a fence that is longer than any row of backticks in it. */
import type { ExactMessage } from '@lalia/client';
import type { Conversation } from './conversation.ts';
import { directionOf, numbersOf, remarksOf, sizeOf, timeOf, titleOf } from './page.ts';

/** The first line of each page; what begins so is ours and may be written anew. */
export const MARKDOWN_MARK = '<!-- lalia export -->';

export function markdownPage(conversation: Conversation): string {
  const numbers = numbersOf(conversation);
  const head = [MARKDOWN_MARK, '', `# ${titleOf(conversation)}`, '', sizeOf(conversation), ''].join('\n');
  return `${head}\n${conversation.messages.map((message) => messageText(message, numbers)).join('\n')}`;
}

function messageText(message: ExactMessage, numbers: ReadonlyMap<string, number>): string {
  const { seq, reply_to, body } = message;
  const replies = reply_to === null ? [] : [`replies to ${String(numbers.get(reply_to) ?? reply_to)}`];
  const remarks = [...replies, ...remarksOf(message)];
  const fence = fenceFor(body);
  return [
    `## ${String(seq)}. ${directionOf(message)}`,
    '',
    [timeOf(message), ...remarks].join(', '),
    '',
    `${fence}text`,
    // A body that ends its last line itself gets no empty one.
    `${body}${body.endsWith('\n') ? '' : '\n'}${fence}`,
    '',
  ].join('\n');
}

function fenceFor(body: string): string {
  const longest = Math.max(0, ...Array.from(body.matchAll(/`+/g), ([run]) => run.length));
  return '`'.repeat(Math.max(3, longest + 1));
}
