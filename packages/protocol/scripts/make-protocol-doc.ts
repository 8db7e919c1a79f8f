/**
 * Fills in what `docs/protocol.md` has between `<!-- generated: NAME -->` and `<!-- end -->`: the operations, their shapes,
 * the errors, the limits and the worked examples. A test fails when the document differs from the definitions; then run
 *
 *     cd packages/protocol && npm run generate
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERRORS, fail, type Reason } from '../src/errors.ts';
import * as limits from '../src/limits.ts';
import { OPERATIONS, type OperationDefinition } from '../src/operations/index.ts';
import { failure } from '../src/rpc.ts';
import { schemaFiles } from './make-schemas.ts';
import { vectorFiles } from './make-vectors.ts';
import { type Schema, typeOf } from './schema-notation.ts';

export const DOCUMENT = join(import.meta.dirname, '../../../docs/protocol.md');

const schemas = schemaFiles();

const SECTION = /(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->\n)/gs;

const sections: Record<string, () => string> = {
  'signing-example': signingExample,
  'socket-example': socketExample,
  errors: errorTable,
  limits: limitTable,
  operations: operationReference,
  shapes: shapeReference,
};

/** The document with every generated section as the definitions want it. */
export function filledIn(document: string): string {
  const found = new Set<string>();
  const filled = document.replace(SECTION, (_, start: string, name: string, end: string) => {
    found.add(name);
    const make = sections[name];
    if (make === undefined) throw new Error(`docs/protocol.md asks for "${name}", which nothing makes.`);
    return `${start}\n${make().trim()}\n\n${end}`;
  });
  const missing = Object.keys(sections).filter((name) => !found.has(name));
  if (missing.length > 0) throw new Error(`docs/protocol.md has no place for: ${missing.join(', ')}.`);
  return filled;
}

function operationReference(): string {
  return Object.values<OperationDefinition>(OPERATIONS).map(operationEntry).join('\n');
}

function operationEntry({ name, summary, caller, blocking, errors }: OperationDefinition): string {
  const how = [
    caller === 'agent' ? 'Signed.' : 'Anyone; need not be signed.',
    ...(blocking ? ['Blocks; can be cancelled.'] : []),
  ];
  const refusals =
    errors.length === 0 ? '' : `\nErrors: ${errors.map((reason) => `\`${reason}\``).join(', ')}.\n`;
  return [
    `### \`${name}\`\n`,
    `${summary} ${how.join(' ')}\n`,
    '```ts',
    `params: ${typeOf(schema(`${name}.params`))}`,
    `result: ${typeOf(schema(`${name}.result`))}`,
    '```',
    refusals,
  ].join('\n');
}

function shapeReference(): string {
  const shapes = new Map<string, Schema>();
  for (const file of schemas.keys()) {
    const found =
      file.includes('.params') || file.includes('.result') ? schema(file.replace('.json', '')).$defs : {};
    for (const [name, shape] of Object.entries(found ?? {})) shapes.set(name, shape);
  }
  const entries = [...shapes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, shape]) => {
      const { description = '', pattern, ...rest } = shape;
      const grammar = pattern === undefined ? '' : ` // /${pattern}/`;
      return `// ${description}\ntype ${name} = ${typeOf(rest)}${grammar}`;
    });
  return ['```ts', entries.join('\n\n'), '```'].join('\n');
}

function errorTable(): string {
  const rows = (Object.keys(ERRORS) as Reason[])
    .map((reason) => ({ reason, ...failure(null, fail(reason, '')).error }))
    .sort((a, b) => a.data.code - b.data.code)
    .map(
      ({ reason, code, data }) =>
        `| ${String(data.code)} | \`${reason}\` | ${String(code)} | ${data.retry_hint} |`,
    );
  return ['| code | reason | JSON-RPC | what to do |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** The unit stands in the name of a limit, the reason in the comment before it. */
function limitTable(): string {
  const source = readFileSync(join(import.meta.dirname, '../src/limits.ts'), 'utf8');
  const values = new Map<string, number>(Object.entries(limits));
  const rows = [...source.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\nexport const (\w+) /gs)].map(
    ([, comment = '', name = '']) => {
      const value = values.get(name) ?? 0;
      const meaning = comment.replace(/\s*\n \*/g, '').replace(/ \(spec \d+\)/g, '');
      return `| \`${name}\` | ${value.toLocaleString('en-US')} | ${meaning.trim()} |`;
    },
  );
  return ['| name | value | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

interface RequestVectors {
  readonly keys: readonly { name: string; private_key: string; public_key: string }[];
  readonly valid: readonly { request: { method: string; params: object }; signing_text: string }[];
}

function signingExample(): string {
  const { keys, valid } = vectors<RequestVectors>('signed-requests.json');
  const [key] = keys;
  const [vector] = valid;
  if (key === undefined || vector === undefined) throw new Error('The vectors have no request.');
  return [
    `Private key (seed): \`${key.private_key}\`, public key: \`${key.public_key}\`.\n`,
    'The text that is signed, one line without a line end:\n',
    `\`\`\`json\n${vector.signing_text}\n\`\`\`\n`,
    'The line that is sent:\n',
    `\`\`\`json\n${JSON.stringify({ jsonrpc: '2.0', id: 1, ...vector.request })}\n\`\`\``,
  ].join('\n');
}

function socketExample(): string {
  const { valid } = vectors<{ valid: { home: string; uid: number; socket: string }[] }>('socket-paths.json');
  const rows = valid
    .filter(({ home }) => /^[ -~]+$/.test(home))
    .map(({ home, uid, socket }) => `| \`${home}\` | ${String(uid)} | \`${socket}\` |`);
  return ['| home | uid | socket |', '| --- | --- | --- |', ...rows].join('\n');
}

function vectors<T>(name: string): T {
  return JSON.parse(vectorFiles().get(name) ?? '') as T;
}

function schema(name: string): Schema {
  return JSON.parse(schemas.get(`${name}.json`) ?? '') as Schema;
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(DOCUMENT, filledIn(readFileSync(DOCUMENT, 'utf8')));
