import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { failpointsFrom } from './failpoints.ts';

const FILE = join(import.meta.dirname, 'failpoints.ts');

function hit(spec: string, hits: readonly string[]): { signal: string | null; stdout: string } {
  const code = `import { failpointsFrom } from ${JSON.stringify(FILE)};
    const failpoint = failpointsFrom(${JSON.stringify(spec)});
    for (const name of ${JSON.stringify(hits)}) { failpoint(name); console.log(name); }`;
  const { signal, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
  });
  return { signal, stdout };
}

test('a failpoint ends the process at the hit that it names, and no earlier', () => {
  expect(hit('a.b:2,c', ['a.b', 'x', 'a.b', 'c'])).toEqual({ signal: 'SIGKILL', stdout: 'a.b\nx\n' });
  expect(hit('c', ['c'])).toEqual({ signal: 'SIGKILL', stdout: '' });
});

test('without a spec nothing happens anywhere', () => {
  expect(hit('', ['a.b', 'c'])).toEqual({ signal: null, stdout: 'a.b\nc\n' });
});

test.each(['a:0', 'a:b', 'A', ':1', 'a b'])('%s is not a failpoint', (spec) => {
  expect(() => failpointsFrom(spec)).toThrow(/Not a failpoint/);
});
