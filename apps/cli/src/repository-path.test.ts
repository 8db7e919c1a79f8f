import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { pathInRepository } from './repository-path.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'paths-')));
const root = join(folder, 'wt', 'grüße x');
mkdirSync(join(root, 'src'), { recursive: true });
symlinkSync(root, join(folder, 'link'));
symlinkSync('src', join(root, 'alias'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.for([
  ['a.ts', root, 'a.ts'],
  ['./src//a.ts', root, 'src/a.ts'],
  ['a.ts', join(root, 'src'), 'src/a.ts'],
  ['../a.ts', join(root, 'src'), 'a.ts'],
  ['new/deep/a.ts', root, 'new/deep/a.ts'],
  ['src/', root, 'src'],
  ['a.ts', join(folder, 'link', 'src'), 'src/a.ts'],
  [join(folder, 'link', 'src', 'a.ts'), root, 'src/a.ts'],
  ['alias/a.ts', root, 'src/a.ts'],
  ['alias', root, 'alias'],
  ['..a', root, '..a'],
] as const)('%s, typed in %s, is %s from the root of the repository', ([path, cwd, expected]) => {
  expect(pathInRepository(path, { cwd, root })).toBe(expected);
});

test.for(['..', '../other/a.ts', '/etc/passwd', '.'])('%s is no path in the repository', (path) => {
  expect(() => pathInRepository(path, { cwd: root, root })).toThrow(/not in this repository/);
});
