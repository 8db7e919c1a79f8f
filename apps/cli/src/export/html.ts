/**
 * A conversation as one HTML file without scripts and without anything from elsewhere; its policy forbids both. Bodies are
 * escaped text in a box of their own, with their own direction of writing.
 */
import type { ExactMessage } from '@lalia/client';
import type { Conversation } from './conversation.ts';
import { directionOf, numbersOf, remarksOf, sizeOf, timeOf, titleOf } from './page.ts';

/** How each page begins; what begins so is ours and may be written anew. */
export const HTML_MARK = '<!doctype html>\n<!-- lalia export -->';

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
header p, .facts { color: GrayText; font-size: .85rem; margin: 0; }
article { margin: 1.5rem 0; break-inside: avoid-page; }
h2 { font-size: 1rem; margin: 0; }
pre { margin: .4rem 0 0; padding: .6rem .8rem; border: 1px solid color-mix(in srgb, currentColor 20%, transparent);
  border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; font: .9rem/1.45 ui-monospace, monospace; }
a { color: inherit; }
@media print { body { font-size: 11pt; margin: 0; max-width: none; } pre { font-size: 9.5pt; } }
`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  // Else a browser would make a line feed of it.
  '\r': '&#13;',
};

export function htmlPage(conversation: Conversation): string {
  const numbers = numbersOf(conversation);
  const title = escaped(titleOf(conversation));
  const articles = conversation.messages.map((message) => article(message, numbers)).join('');
  return `${HTML_MARK}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p>${escaped(sizeOf(conversation))}</p>
</header>
<main>
${articles}</main>
</body>
</html>
`;
}

function article(message: ExactMessage, numbers: ReadonlyMap<string, number>): string {
  const seq = String(message.seq);
  const facts = [`<time>${timeOf(message)}</time>`, ...replyTo(message, numbers), ...remarksOf(message)].join(
    ', ',
  );
  return `<article id="m${seq}">
<h2><a href="#m${seq}">${seq}</a>. ${escaped(directionOf(message))}</h2>
<p class="facts">${facts}</p>
<pre dir="auto">
${escaped(message.body)}</pre>
</article>
`;
}

function replyTo({ reply_to }: ExactMessage, numbers: ReadonlyMap<string, number>): string[] {
  if (reply_to === null) return [];
  const number = numbers.get(reply_to);
  if (number === undefined) return [`replies to ${escaped(reply_to)}`];
  return [`replies to <a href="#m${String(number)}">${String(number)}</a>`];
}

function escaped(text: string): string {
  return text.replace(/[&<>"'\r]/g, (character) => ENTITIES[character] ?? character);
}
