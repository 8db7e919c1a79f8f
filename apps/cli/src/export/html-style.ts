/**
 * How an exported page looks, on a wide screen, a phone and paper, in light and dark. Every text has a contrast of at
 * least 4.5 to 1 on what it stands on; who wrote is said by a name as well as by a colour.
 */

/** One for each sender of a conversation, in light and in dark, in the order in which they first wrote; a room has at most eight members. */
const SENDER_COLOURS = [
  ['#0550ae', '#8cc2ff'],
  ['#953800', '#ffb38a'],
  ['#0f5c2a', '#86e0a3'],
  ['#6639ba', '#ceb6ff'],
  ['#99154b', '#ff9fbf'],
  ['#0b5563', '#84dceb'],
  ['#654b00', '#e8d06e'],
  ['#4a525b', '#c8d0d9'],
] as const;

/** The class of the sender that was the n-th to write. */
export function senderClass(index: number): string {
  return `s${String(index % SENDER_COLOURS.length)}`;
}

const senders = SENDER_COLOURS.map(
  ([light, dark], index) => `.${senderClass(index)} { --sender: light-dark(${light}, ${dark}); }`,
).join('\n');

export const STYLE = `
:root { color-scheme: light dark;
  --page: light-dark(#f6f7f9, #14171b); --card: light-dark(#ffffff, #1d2126); --code: light-dark(#f1f3f5, #14171b);
  --text: light-dark(#1b1f24, #e4e7eb); --quiet: light-dark(#57606a, #a3acb7); --line: light-dark(#d8dde3, #343a42);
  --link: light-dark(#0550ae, #8cc2ff); }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; background: var(--page); color: var(--text); }
body { font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; max-width: 50rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
a { color: var(--link); }
a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
header p { color: var(--quiet); font-size: .9rem; margin: 0; overflow-wrap: anywhere; }
h2 { display: flex; align-items: center; gap: .8rem; color: var(--quiet); font-size: .85rem; font-weight: 600; margin: 2.25rem 0 1rem; }
h2::after { content: ""; flex: 1; border-top: 1px solid var(--line); }
article { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--sender);
  border-radius: 8px; margin: 0 0 .9rem; padding: .7rem 1rem .85rem; scroll-margin-top: 1rem; }
article:target { outline: 2px solid var(--link); }
.head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 .6rem; margin: 0 0 .35rem; }
h3 { color: var(--sender); font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
h3 span { color: var(--quiet); font-weight: 400; }
.facts { color: var(--quiet); font-size: .82rem; margin: 0 0 0 auto; font-variant-numeric: tabular-nums; }
.facts b { font-weight: 600; color: var(--text); }
.body { white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; unicode-bidi: plaintext; isolation: isolate; }
.body code { display: block; background: var(--code); border-radius: 6px; padding: .55rem .75rem; margin: .3rem 0;
  font: .85rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
${senders}
@media (max-width: 32rem) {
  body { padding: 1rem .6rem 2rem; }
  article { padding: .6rem .75rem .7rem; }
  .facts { margin-left: 0; flex-basis: 100%; }
}
@media print {
  :root { color-scheme: light; --page: #fff; --card: #fff; }
  body { font-size: 10.5pt; max-width: none; padding: 0; }
  article { break-inside: avoid-page; border-radius: 0; border-width: 0 0 0 2pt; padding: 0 0 0 8pt; }
  .body code { border: 1px solid var(--line); font-size: 8.5pt; }
  h2 { break-after: avoid-page; }
  .head { break-after: avoid-page; }
  a { color: inherit; text-decoration: none; }
}
`;
