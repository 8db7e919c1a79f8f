/**
 * A conversation as one HTML file without scripts and without anything from elsewhere; its policy forbids both. Bodies are
 * escaped text in a box of their own, with their own direction of writing; every character of theirs is there, in its order.
 */
import type { ExactMessage } from '@lalia/client';
import type { Conversation } from './conversation.ts';
import { STYLE, senderClass } from './html-style.ts';
import { numbersOf, remarksOf, sizeOf, titleOf } from './page.ts';

/** How each page begins; what begins so is ours and may be written anew. */
export const HTML_MARK = '<!doctype html>\n<!-- lalia export -->';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  // Else a browser would make a line feed of it.
  '\r': '&#13;',
};

/** What all articles of a page are made with. */
interface Page {
  readonly numbers: ReadonlyMap<string, number>;
  /** The class of each sender. */
  readonly senders: ReadonlyMap<string, string>;
}

export function htmlPage(conversation: Conversation): string {
  const { messages } = conversation;
  const senders = [...new Set(messages.map(({ from }) => from))];
  const page: Page = {
    numbers: numbersOf(conversation),
    senders: new Map(senders.map((name, index) => [name, senderClass(index)])),
  };
  const title = escaped(titleOf(conversation));
  return `${HTML_MARK}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p>${escaped(sizeOf(conversation))}</p>
</header>
<main>
${days(messages)
  .map((day) => section(day, page))
  .join('')}</main>
</body>
</html>
`;
}

interface Day {
  /** As `2026-11-22`, in UTC. */
  readonly date: string;
  readonly messages: ExactMessage[];
}

/** In order; clocks may go back, so a day may come twice. */
function days(messages: readonly ExactMessage[]): Day[] {
  const found: Day[] = [];
  for (const message of messages) {
    const [date = ''] = new Date(message.ts).toISOString().split('T');
    const last = found.at(-1);
    if (last?.date === date) last.messages.push(message);
    else found.push({ date, messages: [message] });
  }
  return found;
}

function dayName(date: string): string {
  // Made here, not once for all: V8 reads the locales of the whole world for the first one, and few commands show dates.
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' }).format(new Date(date));
}

function section({ date, messages }: Day, page: Page): string {
  const articles = messages.map((message) => article(message, page)).join('');
  return `<section>
<h2><time datetime="${date}">${escaped(dayName(date))}</time></h2>
${articles}</section>
`;
}

function article(message: ExactMessage, { numbers, senders }: Page): string {
  const seq = String(message.seq);
  const to = message.kind === 'post' ? '' : ` <span>to ${escaped(message.to)}</span>`;
  const facts = [
    ...remarksOf(message).map((remark) => `<b>${remark}</b>`),
    ...replyTo(message, numbers),
    timeOfDay(message),
    `<a href="#m${seq}">#${seq}</a>`,
  ].join(' · ');
  return `<article id="m${seq}" class="${senders.get(message.from) ?? ''}">
<div class="head">
<h3>${escaped(message.from)}${to}</h3>
<p class="facts">${facts}</p>
</div>
<div class="body" dir="auto">${body(message.body)}</div>
</article>
`;
}

function timeOfDay({ ts }: ExactMessage): string {
  const time = new Date(ts).toISOString();
  return `<time datetime="${time}">${time.slice(11, 19)} UTC</time>`;
}

function replyTo({ reply_to }: ExactMessage, numbers: ReadonlyMap<string, number>): string[] {
  if (reply_to === null) return [];
  const number = numbers.get(reply_to);
  if (number === undefined) return [`replies to ${escaped(reply_to)}`];
  return [`replies to <a href="#m${String(number)}">#${String(number)}</a>`];
}

/** Text for reading, and in it what has columns: code between fences, indented lines, tables. */
function body(text: string): string {
  let isFenced = false;
  let isCode = false;
  let html = '';
  for (const line of text.match(/[^\n]*\n|[^\n]+/g) ?? []) {
    const isFence = /^ {0,3}```/.test(line);
    const isLineOfCode = isFence || isFenced || /^(?: {4}|\||.*\t)/.test(line);
    if (isLineOfCode !== isCode) html += isLineOfCode ? '<code>' : '</code>';
    html += escaped(line);
    isCode = isLineOfCode;
    if (isFence) isFenced = !isFenced;
  }
  return isCode ? `${html}</code>` : html;
}

function escaped(text: string): string {
  return text.replace(/[&<>"'\r]/g, (character) => ENTITIES[character] ?? character);
}
