import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonFault, placeOf } from './json-fault.ts';

test.for([
  ['', 1, 1, 'expected a value'],
  ['{', 1, 2, 'expected a key'],
  ['{"a":1,}', 1, 8, 'expected a key in double quotes'],
  ["{'a':1}", 1, 2, 'expected a key in double quotes'],
  ['{"a" 1}', 1, 6, 'expected ":"'],
  ['{\n  "a": 1\n  "b": 2\n}', 3, 3, 'expected "," or "}"'],
  ['[1,\r\n2,,3]', 2, 3, 'expected a value'],
  ['["a\nb"]', 1, 4, 'this string does not end'],
  ['["a\\x"]', 1, 4, 'this string does not end'],
  ['{"a": tru}', 1, 7, 'expected a value'],
  ['[01]', 1, 3, 'expected "," or "]"'],
  ['{} {}', 1, 4, 'something follows the end'],
  ['[1', 1, 3, 'and here the text ends'],
  ['['.repeat(100_000), 1, 502, 'nested too deeply'],
] as const)('what is wrong with %j is told with line and column', ([text, line, column, problem]) => {
  const fault = jsonFault(text);
  expect(fault?.problem).toContain(problem);
  expect(placeOf(text, fault?.offset ?? -1)).toEqual({ line, column });
});

test('a text has a fault exactly when it is no JSON', () => {
  const damaged = fc
    .tuple(fc.json({ maxDepth: 3 }), fc.nat(), fc.constantFrom('', ',', '"', '}', '\\', '\n', '0', '-', 'e'))
    .map(([text, position, inserted]) => {
      const at = position % (text.length + 1);
      return text.slice(0, at) + inserted + text.slice(at + (inserted === '' ? 1 : 0));
    });
  fc.assert(
    fc.property(damaged, (text) => {
      expect(jsonFault(text) === undefined).toBe(isJson(text));
    }),
    { numRuns: 2000 },
  );
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
