/** Finding messages again by their words (spec 6, `search`). */
import * as z from 'zod';
import { MAX_QUERY_TERMS, MAX_SEARCH_HITS } from '../limits.ts';
import { operation } from './definition.ts';
import { auth, conversationTarget, messageView, retentionState, timestampMs, ulid } from './shapes.ts';

export const search = operation({
  name: 'search',
  summary: 'The messages of the caller’s own conversations that have all the terms, the newest first.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({
    terms: z
      .array(
        z.strictObject({
          text: z.string().max(1000).describe('A word, or several that have to follow each other.'),
          prefix: z.literal(true).optional().describe('The last word may go on: `pars` finds `parser`.'),
        }),
      )
      .max(MAX_QUERY_TERMS)
      .describe('Upper and lower case, accents and signs between words make no difference.'),
    from: ulid.optional().describe('Only what this agent said.'),
    in: conversationTarget.optional(),
    since_ts: timestampMs.optional().describe('Only what was accepted then or later.'),
    limit: z.int().positive().max(MAX_SEARCH_HITS).default(20),
    auth,
  }),
  result: z.object({
    hits: z.array(
      z.object({
        message: messageView.omit({ body: true, redelivered: true }),
        snippet: z
          .array(z.object({ text: z.string(), hit: z.boolean() }))
          .describe('The body around the words that were found, in pieces.'),
      }),
    ),
    more: z.boolean().describe('Whether there are older ones.'),
    pruned_before: retentionState.shape.pruned_before.describe(
      'What was accepted before this is found only as far as its body is still here; null: all was searched.',
    ),
  }),
  errors: ['invalid_params', 'agent_not_found', 'room_not_found'],
});
