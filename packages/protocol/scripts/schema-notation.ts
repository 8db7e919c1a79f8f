/** JSON Schemas as a short notation in the manner of TypeScript, for people: what zod makes of our definitions, and no more. */

export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly description?: string;
  readonly pattern?: string;
  readonly default?: unknown;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
}

/** A type on one line, except for objects whose fields need explaining. */
export function typeOf(schema: Schema, indent = ''): string {
  if (schema.$ref !== undefined) return schema.$ref.replace('#/$defs/', '');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants !== undefined) return unionOf(variants, indent);
  if (schema.type === 'array') return arrayOf(schema.items ?? {}, indent);
  if (schema.type === 'object') return objectOf(schema, indent);
  if (typeof schema.type === 'string') return schema.type;
  return schema.type === undefined ? 'any' : schema.type.join(' | ');
}

function unionOf(variants: readonly Schema[], indent: string): string {
  const types = variants.map((variant) => typeOf(variant, indent));
  return types.join(types.length > 2 ? `\n${indent}  | ` : ' | ');
}

function arrayOf(items: Schema, indent: string): string {
  const type = typeOf(items, indent);
  return /^[^{]* \| /.test(type) ? `(${type})[]` : `${type}[]`;
}

function objectOf(schema: Schema, indent: string): string {
  const { properties, required = [] } = schema;
  if (properties === undefined) return 'object';
  const fields = Object.entries(properties);
  if (fields.length === 0) return '{}';
  const line = `{ ${fields.map(([name, field]) => `${name}${required.includes(name) ? '' : '?'}: ${typeOf(field, indent)}`).join(', ')} }`;
  const isPlain = fields.every(([, field]) => noteOn(field) === '' && !typeOf(field).includes('\n'));
  return isPlain && line.length <= 80 ? line : fieldsOf(schema, indent);
}

/** An object with a field on each line. */
function fieldsOf({ properties = {}, required = [] }: Schema, indent: string): string {
  const lines = Object.entries(properties).map(([name, field]) => {
    const mark = required.includes(name) ? '' : '?';
    const note = noteOn(field);
    return `${indent}  ${name}${mark}: ${typeOf(field, `${indent}  `)}${note === '' ? '' : ` // ${note}`}\n`;
  });
  return `{\n${lines.join('')}${indent}}`;
}

function noteOn(field: Schema): string {
  const { description, pattern, default: standard, maxLength, maxItems } = field;
  const notes = [description, pattern === undefined ? undefined : `/${pattern}/`, rangeOf(field)];
  const most = maxLength ?? field.anyOf?.find((variant) => variant.maxLength !== undefined)?.maxLength;
  if (most !== undefined) notes.push(`At most ${String(most)} characters.`);
  if (maxItems !== undefined) notes.push(`At most ${String(maxItems)}.`);
  if (standard !== undefined) notes.push(`Default: ${JSON.stringify(standard)}.`);
  return notes.filter((note) => note !== undefined).join(' ');
}

function rangeOf({ minimum, exclusiveMinimum, maximum }: Schema): string | undefined {
  if (maximum === undefined || maximum === Number.MAX_SAFE_INTEGER) return undefined;
  return `${String(minimum ?? (exclusiveMinimum ?? 0) + 1)} to ${String(maximum)}.`;
}
