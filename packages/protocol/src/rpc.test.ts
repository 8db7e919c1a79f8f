import { expect, test } from 'vitest';
import { ERRORS, fail, type Reason } from './errors.ts';
import { failure, parseRequest, parseResponse, success } from './rpc.ts';

const request = (fields: object) => JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'status', ...fields });

test.each([0, 1, -1, Number.MAX_SAFE_INTEGER, '', 'a', 'é'.repeat(128)])(
  '%j can be the id of a request',
  (id) => {
    expect(parseRequest(request({ id })).id).toBe(id);
  },
);

test.each([
  ['null', null],
  ['a fraction', 1.5],
  ['a number that JavaScript cannot hold exactly', 2 ** 53],
  ['a long text', 'a'.repeat(129)],
  ['a boolean', true],
  ['an array', [1]],
  ['an object', {}],
])('%s cannot be the id of a request', (_, id) => {
  expect(() => parseRequest(request({ id }))).toThrow('not a JSON-RPC 2.0 request');
});

test('a number too large for a double cannot be the id of a request', () => {
  expect(() => parseRequest('{"jsonrpc":"2.0","id":1e400,"method":"status"}')).toThrow(
    'not a JSON-RPC 2.0 request',
  );
});

test('a request without an id is a notification', () => {
  const { id, method } = parseRequest('{"jsonrpc":"2.0","method":"cancel","params":{"id":1}}');
  expect([id, method]).toEqual([undefined, 'cancel']);
});

test.each([
  ['no JSON', 'hello'],
  ['half of an object', '{"jsonrpc":"2.0"'],
  ['two objects', `${request({})}${request({})}`],
  ['a byte order mark before it', `\ufeff${request({})}`],
  ['a batch', `[${request({})}]`],
  ['an empty batch', '[]'],
  ['null', 'null'],
  ['a text', '"status"'],
  ['deep nesting', '['.repeat(1_000_000)],
  ['another version', request({ jsonrpc: '1.0' })],
  ['no version', '{"id":1,"method":"status"}'],
  ['no method', '{"jsonrpc":"2.0","id":1}'],
  ['a method that is no text', request({ method: 1 })],
  ['an answer', JSON.stringify(success(1, {}))],
])('%s is not a request', (_, line) => {
  expect(() => parseRequest(line)).toThrow(
    expect.objectContaining({ reason: 'bad_frame', code: 4 }) as Error,
  );
});

test('keys that mean something to JavaScript change nothing but themselves', () => {
  const line =
    '{"jsonrpc":"2.0","id":1,"method":"status","params":{},"__proto__":{"polluted":true},"constructor":{"polluted":true}}';
  const parsed = parseRequest(line);
  expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(() => parseRequest('{"__proto__":{"jsonrpc":"2.0","id":1,"method":"status"}}')).toThrow(
    'not a JSON-RPC',
  );
});

test('an answer reads back as it was made', () => {
  const result = success('a', { agents: [] });
  const error = failure(null, fail('bad_frame', 'The line is not JSON.'));
  expect(parseResponse(JSON.stringify(result))).toEqual(result);
  expect(parseResponse(JSON.stringify(error))).toEqual(error);
});

const answer = (fields: object) => JSON.stringify({ jsonrpc: '2.0', id: 1, ...fields });

test.each([
  ['a request', request({})],
  ['neither a result nor an error', answer({})],
  ['both a result and an error', answer({ ...failure(1, fail('timeout', 'x')), result: {} })],
  ['a result without an id', '{"jsonrpc":"2.0","result":{}}'],
  ['a result for null', answer({ id: null, result: {} })],
  ['an error that is null', answer({ error: null })],
  ['an error without its data', answer({ error: { code: -32601, message: 'x' } })],
  ['an error whose reason is no text', answer({ error: { code: 1, message: 'x', data: { reason: 1 } } })],
])('%s is not an answer', (_, line) => {
  expect(() => parseResponse(line)).toThrow(expect.objectContaining({ reason: 'bad_frame' }) as Error);
});

test('JSON-RPC’s own codes stand for the reasons that mean the same, and all others are in the range for servers', () => {
  const own: Record<string, number> = {
    bad_frame: -32700,
    unknown_method: -32601,
    invalid_params: -32602,
    internal: -32603,
  };
  for (const reason of Object.keys(ERRORS) as Reason[]) {
    const { code, data } = failure(1, fail(reason, 'x')).error;
    expect([reason, code]).toEqual([reason, own[reason] ?? -32000 - data.code]);
  }
});
