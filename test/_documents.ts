/** The published JSON Schemas of the command line, as a program would read what `--json` prints by them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import * as z from 'zod';

const SCHEMAS = join(import.meta.dirname, '../apps/cli/schemas');

/** Fails unless a document is what the schema of a command, or of an error, says. */
export function expectDocument(command: string, document: unknown): void {
  const file = join(SCHEMAS, `${command.replaceAll(' ', '-')}.json`);
  const schema = z.fromJSONSchema(JSON.parse(readFileSync(file, 'utf8')) as z.core.JSONSchema.JSONSchema);
  const { error } = schema.safeParse(document);
  expect(
    error?.issues,
    `lalia ${command} --json: ${JSON.stringify(document).slice(0, 2000)}`,
  ).toBeUndefined();
}
