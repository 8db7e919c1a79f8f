import { expect, test } from 'vitest';
import { compareVersions } from './version.ts';

test.each([
  ['1.2.3', '1.2.3', 0],
  ['0.9.9', '1.0.0', -1],
  ['1.10.0', '1.9.0', 1],
  ['1.0.10', '1.0.9', 1],
  ['1.2', '1.2.0', 0],
  ['1.2.3-rc.1', '1.2.3', 0],
  ['1.2.3+build', '1.2.3', 0],
  ['nonsense', '0.0.0', 0],
])('%s compared with %s gives %i, and the other way round the opposite', (a, b, sign) => {
  expect(Math.sign(compareVersions(a, b))).toBe(sign);
  expect(Math.sign(compareVersions(b, a))).toBe(0 - sign);
});
