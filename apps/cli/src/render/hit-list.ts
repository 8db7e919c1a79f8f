/** What a search found, each hit in the frame of its message, with the words that were looked for marked. */
import type { AgentRef, Result, SearchHit } from '@lalia/client';
import type { View } from '../command.ts';
import { frames } from './frame.ts';

const MARK = '**';

export function hitList(
  { hits, more, pruned_before, reader }: Result<'search'> & { readonly reader: AgentRef },
  view: View,
): string {
  const unsearched = pruned_before === null ? '' : `${older(pruned_before)}\n`;
  if (hits.length === 0) return `no messages found\n${unsearched}`;
  const shown = hits.map(({ message, snippet }) => ({
    ...message,
    body: marked(snippet),
    redelivered: false,
  }));
  const rest = more ? '\nthere are older ones: --limit shows more\n' : '';
  return frames(shown, { ...view, reader, sources: true }) + rest + unsearched;
}

function marked(snippet: SearchHit['snippet']): string {
  return snippet.map(({ text, hit }) => (hit ? MARK + text + MARK : text)).join('');
}

function older(beforeMs: number): string {
  const day = new Date(beforeMs).toISOString().slice(0, 10);
  return `bodies from before ${day} may be in the transcript alone, which is searched with git: \`lalia status\` says where it is`;
}
