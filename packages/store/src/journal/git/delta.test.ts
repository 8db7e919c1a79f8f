import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyDelta, makeDelta } from './delta.ts';

test('a delta makes its target back, whatever the two are', () => {
  const part = fc.uint8Array({ maxLength: 300 });
  const law = fc.property(part, part, part, part, (head, one, other, tail) => {
    const base = Buffer.concat([head, one, tail]);
    const target = Buffer.concat([head, other, tail]);
    expect(applyDelta(base, makeDelta(base, target)).equals(target)).toBe(true);
  });
  fc.assert(law);
});

test('two versions of a long tree differ by a few bytes', () => {
  const base = Buffer.alloc(200_000, 'entry');
  const target = Buffer.concat([base.subarray(0, 70_000), Buffer.from('new'), base.subarray(70_000)]);
  const delta = makeDelta(base, target);
  expect(delta.length).toBeLessThan(40);
  expect(applyDelta(base, delta).equals(target)).toBe(true);
});

test('a delta is refused for another base', () => {
  const delta = makeDelta(Buffer.from('abc'), Buffer.from('abd'));
  expect(() => applyDelta(Buffer.from('abcd'), delta)).toThrow(/another base/);
});
