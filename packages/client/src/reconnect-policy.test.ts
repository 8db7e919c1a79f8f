import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RECONNECT, reconnectDelayMs } from './reconnect-policy.ts';

const failures = fc.integer({ min: 1, max: RECONNECT.maxFailures });
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

it('the first attempt after a loss is made at once', () => {
  expect(reconnectDelayMs(1, 0.99)).toBe(0);
});

it('without chance, waits double up to the longest', () => {
  const delays = Array.from({ length: 9 }, (_, i) => reconnectDelayMs(i + 1, 1));
  expect(delays).toEqual([0, 20, 40, 80, 160, 320, 640, 1000, 1000]);
});

it('no wait is negative, or longer than the longest, or less than half of what it would be without chance', () => {
  fc.assert(
    fc.property(failures, chance, (count, random) => {
      const delayMs = reconnectDelayMs(count, random) ?? Number.NaN;
      expect(delayMs).toBeGreaterThanOrEqual((reconnectDelayMs(count, 1) ?? 0) / 2);
      expect(delayMs).toBeLessThanOrEqual(RECONNECT.maxDelayMs);
    }),
  );
});

it('there is an end to trying', () => {
  expect(reconnectDelayMs(RECONNECT.maxFailures, 0)).toBeDefined();
  expect(reconnectDelayMs(RECONNECT.maxFailures + 1, 0)).toBeUndefined();
});

it('a policy without an end stays at its longest wait', () => {
  const endless = { firstDelayMs: 1, maxDelayMs: 50, maxFailures: Number.POSITIVE_INFINITY };
  expect(reconnectDelayMs(1e9, 1, endless)).toBe(50);
});
