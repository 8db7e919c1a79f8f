/**
 * The exact bytes that get signed: RFC 8785 (JSON Canonicalization Scheme).
 *
 * ECMAScript's own JSON.stringify writes numbers and strings as the RFC wants them (sections 3.2.2.2 and 3.2.2.3);
 * what is left is the order of keys, by UTF-16 code units (3.2.3), and refusing what has no canonical form.
 */

/**
 * The canonical JSON text of a value made of JSON's own types. A key whose value is `undefined` is left out.
 * @throws TypeError for a number that is not finite, a lone surrogate, or anything JSON cannot hold.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return canonicalNumber(value);
  if (typeof value === 'string') return canonicalString(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') return canonicalObject(value);
  throw new TypeError(`A ${typeof value} has no canonical JSON form.`);
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`${String(value)} has no canonical JSON form.`);
  return JSON.stringify(value);
}

function canonicalString(value: string): string {
  if (!value.isWellFormed())
    throw new TypeError('A string with a lone surrogate has no canonical JSON form.');
  return JSON.stringify(value);
}

function canonicalObject(value: object): string {
  const members: string[] = [];
  // The default order of sort() is by UTF-16 code units, which is what the RFC asks for.
  for (const key of Object.keys(value).sort()) {
    const member: unknown = (value as Record<string, unknown>)[key];
    if (member !== undefined) members.push(`${canonicalString(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(',')}}`;
}
