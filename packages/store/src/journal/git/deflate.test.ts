import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deflate } from './deflate.ts';

test('what was deflated comes back, whatever its size', () => {
  const size = fc.oneof(
    fc.nat({ max: 300 }),
    fc.nat({ max: 70_000 }),
    fc.constantFrom(0, 1, 4096, 4097, 16_384),
  );
  const content = fc.tuple(size, fc.nat()).map(([length, seed]) => noise(length, seed));
  fc.assert(
    fc.property(content, fc.constantFrom(undefined, 1, 9), (bytes, level) => {
      expect(inflateSync(deflate(bytes, level)).equals(bytes)).toBe(true);
    }),
  );
});

/** Bytes that cannot be made smaller. */
function noise(length: number, seed: number): Buffer {
  let state = seed + 1;
  return Buffer.from(
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    }),
  );
}
