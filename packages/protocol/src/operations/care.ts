/** Operations that look after a home: what the daemon knows of its health, and a copy of everything. */
import * as z from 'zod';
import { operation } from './definition.ts';
import { timestampMs, ulid } from './shapes.ts';

export const diagnose = operation({
  name: 'diagnose',
  summary:
    'What only the daemon can tell of the health of its home: the database, the keys that belong to it, the clock.',
  caller: 'anyone',
  blocking: false,
  params: z.strictObject({}),
  result: z.object({
    now: timestampMs,
    database: z.object({
      bytes: z.int(),
      problems: z
        .array(z.string())
        .describe('What SQLite or Lalia finds wrong in it; empty when nothing is.'),
      newest_ts: timestampMs.nullable().describe('When the newest message was accepted.'),
    }),
    transcript: z.object({
      workspace: z.string(),
      is_ours: z.boolean().describe('Whether the workspace is the copy that this database writes to.'),
    }),
    agents: z
      .array(
        z.object({
          agent_id: ulid,
          name: z.string(),
          kind: z.enum(['agent', 'human', 'daemon']),
          public_key: z.string(),
        }),
      )
      .describe('Everybody who is registered, with the public key as base64url.'),
  }),
  errors: [],
});

export const backup = operation({
  name: 'backup',
  summary: 'Writes a copy of database, keys and transcript, consistent with each other, into one new file.',
  caller: 'anyone',
  blocking: true,
  params: z.strictObject({
    file: z
      .string()
      .min(1)
      .max(4096)
      .describe('An absolute path where nothing is yet. The file is private: it holds keys.'),
  }),
  result: z.object({
    file: z.string(),
    bytes: z.int(),
    messages: z.int(),
    agents: z.int(),
    keys: z.int(),
    backlog: z
      .int()
      .describe('Changes that the copied transcript does not have yet; the copied database has them.'),
    has_transcript: z.boolean().describe('False where the workspace is gone; restored, it is written anew.'),
  }),
  errors: ['invalid_params', 'path_in_use', 'storage_full', 'cancelled', 'daemon_stopping'],
});
