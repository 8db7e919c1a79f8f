/** How long the database keeps the bodies of messages; the transcript keeps them for ever. */
import * as z from 'zod';
import { MAX_RETENTION_MS } from '../limits.ts';
import { operation } from './definition.ts';
import { retentionState } from './shapes.ts';

export const retention = operation({
  name: 'retention',
  summary: 'How long the database keeps bodies that the transcript has, and how many it has given up.',
  caller: 'anyone',
  blocking: false,
  params: z.strictObject({}),
  result: retentionState,
  errors: [],
});

export const retentionSet = operation({
  name: 'retention_set',
  summary:
    'Says how long the database keeps bodies. What is unread, unanswered or not in the transcript yet is always kept.',
  caller: 'anyone',
  blocking: false,
  params: z.strictObject({
    keep_ms: z
      .int()
      .nonnegative()
      .max(MAX_RETENTION_MS)
      .nullable()
      .describe('Milliseconds since a message was accepted; null: for ever.'),
  }),
  result: retentionState,
  errors: ['storage_full'],
});
