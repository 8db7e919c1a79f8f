/** Every promise of the spec has a test that cites it. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROMISES } from './promises.ts';

test('every promise is proved by a test', () => {
  const cited = globSync('**/*.test.ts', { cwd: import.meta.dirname }).flatMap(citedBy);
  expect(Object.keys(PROMISES).filter((id) => !cited.includes(id))).toEqual([]);
});

/** The ids in the lists that are handed to `verifies`. The compiler has seen to it that there is no other. */
function citedBy(file: string): string[] {
  const text = readFileSync(join(import.meta.dirname, file), 'utf8');
  const lists = text.matchAll(/\bverifies\(\s*\[([^\]]*)\]/g);
  return [...lists].flatMap(([, list = '']) => [...list.matchAll(/'([^']+)'/g)].map(([, id = '']) => id));
}
