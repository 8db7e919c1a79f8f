import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { isReason } from '../src/index.ts';
import { OPERATIONS, type OperationDefinition } from '../src/operations/index.ts';

const operations: [string, OperationDefinition][] = Object.entries(OPERATIONS);

const ULID = '01K0M3YRE2T9FXB4C8G5HD7JKA';
const auth = { agent_id: ULID, ts: 1, nonce: 'n'.repeat(16), sig: 's'.repeat(86) };

describe.each(operations)('%s', (key, operation) => {
  const { required = [] } = z.toJSONSchema(operation.params, { io: 'input' });

  test('is named as it is listed, in snake_case', () => {
    expect(operation.name).toBe(key);
    expect(key).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });

  test('has a summary of one line, as a sentence', () => {
    expect(operation.summary).toMatch(/^\p{Lu}[^\n]*\.$/u);
    expect(operation.summary.length).toBeLessThanOrEqual(140);
  });

  test('is signed exactly when an agent has to call it', () => {
    expect(required.includes('auth')).toBe(operation.caller === 'agent');
  });

  test('names each of its errors once, and only those that exist', () => {
    expect(operation.errors.filter((reason) => !isReason(reason))).toEqual([]);
    expect(new Set(operation.errors).size).toBe(operation.errors.length);
  });

  test('can be cancelled and stopped exactly when it blocks', () => {
    expect(operation.errors.includes('cancelled')).toBe(operation.blocking);
    expect(operation.errors.includes('daemon_stopping')).toBe(operation.blocking);
  });

  test('has parameters and fields in snake_case', () => {
    const names = [operation.params, operation.result].flatMap((schema) =>
      propertyNames(z.toJSONSchema(schema, { io: 'input' })),
    );
    expect(names.filter((name) => !/^[a-z]+(_[a-z]+)*$/.test(name))).toEqual([]);
  });
});

/** The names of all properties that a JSON Schema speaks of, at any depth. */
function propertyNames(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = 'properties' in schema ? Object.keys(schema.properties as object) : [];
  return [...own, ...Object.values(schema).flatMap(propertyNames)];
}

test.each(['extra', '__proto__', 'constructor', 'toString'])(
  'an unknown parameter %s is refused, not ignored',
  (key) => {
    const { params } = OPERATIONS.renew;
    const text = JSON.stringify(auth);
    expect(params.safeParse(JSON.parse(`{"auth":${text}}`)).success).toBe(true);
    expect(params.safeParse(JSON.parse(`{"auth":${text},"${key}":{}}`)).success).toBe(false);
    expect(params.safeParse(JSON.parse(`{"auth":${text.slice(0, -1)},"${key}":{}}}`)).success).toBe(false);
  },
);

test.each([
  ['a name with two dashes', 'a--b'],
  ['a path', '../../x'],
  ['nothing', ''],
  ['65 characters', 'a'.repeat(65)],
  ['a Cyrillic letter', 'аlice'],
])('a room cannot be named by %s', (_, name) => {
  expect(OPERATIONS.room_create.params.safeParse({ name, auth }).success).toBe(false);
});

test.each(['', 'a:b', 'a\nb', 'a\u0085b', 'x'.repeat(256)])('%j is not a project', (project) => {
  const resolve = { address: 'a', kind: 'agent', project };
  expect(OPERATIONS.resolve.params.safeParse(resolve).success).toBe(false);
});

test.each([
  ['agent_id', 'alice'],
  ['ts', -1],
  ['ts', 1.5],
  ['ts', '1'],
  ['nonce', 'n'.repeat(15)],
  ['nonce', 'n'.repeat(65)],
  ['nonce', `${'n'.repeat(16)}\n`],
  ['sig', 's'.repeat(85)],
  ['sig', `${'s'.repeat(86)}==`],
  ['sig', `${'s'.repeat(85)}+`],
])('a request with the %s %j is not signed', (key, value) => {
  expect(OPERATIONS.renew.params.safeParse({ auth: { ...auth, [key]: value } }).success).toBe(false);
});

test('what is left out of a read has its default', () => {
  expect(OPERATIONS.read.params.parse({ source: { kind: 'any' }, timeout_ms: 0, auth })).toMatchObject({
    max: 1,
    lease_ms: 60_000,
  });
});
