/**
 * Makes `schemas/`: a JSON Schema (2020-12) for the params and the result of every operation, for the envelopes, and for
 * errors, from the definitions. A test fails when they differ from the definitions; then run
 *
 *     cd packages/protocol && npm run generate
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { ERRORS } from '../src/errors.ts';
import { OPERATIONS, taskPlan } from '../src/operations/index.ts';
import { PROTOCOL_VERSION } from '../src/version.ts';

const requestId = z
  .union([z.int(), z.string().max(128)])
  .meta({ id: 'RequestId', description: 'Chosen by the client.' });

const errorBody = z
  .object({
    code: z.int().min(0).describe('The exit code that a command ends with.'),
    reason: z
      .string()
      .meta({ description: 'What went wrong; a newer daemon may know more.', examples: Object.keys(ERRORS) }),
    message: z.string(),
    retry_hint: z.string().describe('What to do next, as a sentence.'),
    context: z.record(z.string(), z.unknown()).describe('Details; the keys depend on the reason.'),
  })
  .meta({ id: 'Error', description: 'An error: `error.data` of an answer.' });

const envelopes = {
  error: errorBody,
  request: z
    .object({
      jsonrpc: z.literal('2.0'),
      id: requestId.optional().describe('Absent in a notification, which gets no answer.'),
      method: z.string(),
      params: z.unknown().optional(),
    })
    .describe('A line from the client.'),
  response: z
    .union([
      z.object({ jsonrpc: z.literal('2.0'), id: requestId, result: z.unknown() }),
      z.object({
        jsonrpc: z.literal('2.0'),
        id: requestId.nullable().describe('null: the request could not be read far enough to know it.'),
        error: z.object({ code: z.int(), message: z.string(), data: errorBody }),
      }),
    ])
    .describe('A line from the daemon.'),
  cancel: z
    .object({
      jsonrpc: z.literal('2.0'),
      method: z.literal('cancel'),
      params: z.object({ id: requestId.describe('The id of the blocking request to end.') }),
    })
    .describe('The notification that ends a blocking request.'),
};

/** The file that `lalia task publish` reads: a plan, and the key by which an editor finds its schema. */
const planFile = taskPlan
  .extend({ $schema: z.string().optional().describe('For editors; ignored.') })
  .describe('What `lalia task publish --file` reads, in JSON or YAML.');

/** The files of `schemas/`, by name. */
export function schemaFiles(): Map<string, string> {
  const files = new Map<string, string>();
  const add = (name: string, schema: z.ZodType) => files.set(`${name}.json`, schemaText(name, schema));
  for (const [name, schema] of Object.entries(envelopes)) add(name, schema);
  add('task-plan', planFile);
  for (const { name, summary, params, result } of Object.values(OPERATIONS)) {
    add(`${name}.params`, params.describe(`${summary} (params)`));
    add(`${name}.result`, result.describe(`${summary} (result)`));
  }
  return files;
}

function schemaText(name: string, schema: z.ZodType): string {
  // Also results as an input: a client must not refuse a field that a newer daemon adds.
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  const $id = `urn:lalia:protocol:${String(PROTOCOL_VERSION.major)}:${name}`;
  return `${JSON.stringify({ $schema, $id, ...rest }, null, 2)}\n`;
}

if (process.argv[1] === import.meta.filename) {
  const folder = join(import.meta.dirname, '../schemas');
  mkdirSync(folder, { recursive: true });
  const files = schemaFiles();
  for (const name of readdirSync(folder)) if (!files.has(name)) rmSync(join(folder, name));
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
}
