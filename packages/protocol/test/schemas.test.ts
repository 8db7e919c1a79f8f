import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { schemaFiles } from '../scripts/make-schemas.ts';

const folder = join(import.meta.dirname, '../schemas');

test('the JSON Schemas are those of the definitions (else: cd packages/protocol && npm run generate)', () => {
  const committed = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
  expect(Object.fromEntries(committed)).toEqual(Object.fromEntries(schemaFiles()));
});
