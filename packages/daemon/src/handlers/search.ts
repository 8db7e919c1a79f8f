import { fail, invariant, type SearchHit, type Ulid } from '@lalia/protocol';
import { HIT_END, HIT_START, type SearchHit as HitRecord } from '@lalia/store';
import { Batch } from '../batch.ts';
import type { Context } from '../context.ts';
import { ownConversation } from '../conversations.ts';
import type { SignedHandler } from '../handler.ts';

/** A snippet is of some words, and a word may be as long as a body. */
const PIECE_CHARACTERS = 400;

/** Half of a character that was cut through. */
const HALF = /^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/;

export const search: SignedHandler<'search'> = (context, { params, caller }) => {
  const { store } = context;
  const terms = params.terms.filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
  if (terms.length === 0) {
    throw fail('invalid_params', 'There is no letter or digit to look for.', {
      hint: 'Signs are not searched: give a word, or several.',
    });
  }
  const conversation = params.in === undefined ? undefined : ownConversation(context, caller, params.in);
  // A channel in which nothing was said.
  if (params.in !== undefined && conversation === undefined)
    return { hits: [], more: false, pruned_before: null };
  const found = store.search.find({
    agentId: caller.agentId,
    terms: terms.map(({ text, prefix = false }) => ({ text, prefix })),
    sender: params.from,
    conversationId: conversation?.conversationId,
    sinceMs: params.since_ts,
    limit: params.limit + 1,
  });
  const batch = new Batch();
  const hits: SearchHit[] = [];
  for (const record of found.slice(0, params.limit)) {
    const hit = hitView(context, caller.agentId, record);
    if (!batch.take(hit.snippet.map(({ text }) => text).join(''))) break;
    hits.push(hit);
  }
  return { hits, more: found.length > hits.length, pruned_before: store.retention.get().prunedBeforeMs };
};

function hitView({ store, views }: Context, viewer: Ulid, { ord, snippet }: HitRecord): SearchHit {
  const record = store.conversations.messages.byOrd(ord);
  invariant(record !== undefined, 'what is indexed is a message');
  const { body: _, redelivered: __, ...message } = views.message(record, viewer, false);
  return { message, snippet: pieces(snippet) };
}

/** Cuts a snippet at its marks, and what is between them to a length to be read. */
function pieces(snippet: string): SearchHit['snippet'] {
  const [before = '', ...rest] = snippet.split(HIT_START);
  const all = [
    { text: ending(before), hit: false },
    ...rest.flatMap((part) => {
      const [hit = '', ...after] = part.split(HIT_END);
      return [
        { text: beginning(hit), hit: true },
        { text: beginning(after.join('')), hit: false },
      ];
    }),
  ];
  return all.filter(({ text }) => text !== '');
}

function beginning(text: string): string {
  return text.length <= PIECE_CHARACTERS ? text : `${text.slice(0, PIECE_CHARACTERS).replace(HALF, '')}…`;
}

function ending(text: string): string {
  return text.length <= PIECE_CHARACTERS ? text : `…${text.slice(-PIECE_CHARACTERS).replace(HALF, '')}`;
}
