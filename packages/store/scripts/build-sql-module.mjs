/**
 * Turns sql/NNNNNN.sql into src/migrations.ts, so that the migrations travel inside the bundle. Migrations are frozen
 * once released: change the schema with a new file.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('../sql/', import.meta.url);
const files = readdirSync(folder)
  .filter((name) => /^\d{6}\.sql$/.test(name))
  .sort();
const entries = files.map((name) => {
  const sql = readFileSync(new URL(name, folder), 'utf8').replaceAll('`', '\\`').replaceAll('${', '\\${');
  return `  /* ${name} */ \`${sql}\`,\n`;
});
const text = `// Made by scripts/build-sql-module.mjs from sql/; do not edit.

/** The migrations in order: the first makes version 1 of the schema from an empty database. */
export const MIGRATIONS: readonly string[] = [
${entries.join('')}];
`;
if (process.argv.includes('--print')) process.stdout.write(text);
else writeFileSync(new URL('../src/migrations.ts', import.meta.url), text);
