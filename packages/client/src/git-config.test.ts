import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isGitTrue, parseGitConfig } from './git-config.ts';

const samples: [string, string, string][] = [
  ['a plain value', '[a]\n\tk = v w \n', 'a.k'],
  ['a comment after a value', '[a]\nk = v # no\nj = 1 ; no\n', 'a.k'],
  ['quotes that keep spaces and comment signs', '[a]\nk = " v # w "\n', 'a.k'],
  ['quotes in the middle', '[a]\nk = x" y "z\n', 'a.k'],
  ['escapes', '[a]\nk = "a\\tb\\"c\\\\d"\n', 'a.k'],
  ['a line that goes on', '[a]\nk = one \\\n  two\n', 'a.k'],
  ['section and key in any case', '[ReMote "Origin"]\nURL = x\n', 'remote.Origin.url'],
  ['a subsection with quotes, spaces and brackets', '[branch "a \\"b] c"]\nk = v\n', 'branch.a "b] c.k'],
  ['the last of several', '[a]\nk = 1\n[b]\nk = 2\n[a]\nk = 3\n', 'a.k'],
  ['an entry on its section’s line', '[a] k = v\n', 'a.k'],
  ['an empty value', '[a]\nk =\n', 'a.k'],
  ['comments between', '# x\n[a]\n; y\n\n  # z\nk = v\n', 'a.k'],
  ['lines that end as on Windows', '[a]\r\nk = v\r\n', 'a.k'],
  ['text outside ASCII', '[remote "origin"]\nurl = /tmp/wörk trees/shöp\n', 'remote.origin.url'],
];

it.each(samples)('%s is read as git reads it', (_, text, key) => {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  const file = join(folder, 'config');
  writeFileSync(file, text);
  const expected = execFileSync('git', ['config', '--file', file, '--get', key], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  expect(`${String(parseGitConfig(text).get(key))}\n`).toBe(expected);
});

it('a key without a value is true', () => {
  expect(isGitTrue(parseGitConfig('[core]\n\tbare\n').get('core.bare'))).toBe(true);
});

it('git’s words for true are true, and nothing else is', () => {
  expect(['true', 'YES', 'on', '1'].map(isGitTrue)).toEqual([true, true, true, true]);
  expect([undefined, 'false', 'no', '0', ''].map(isGitTrue)).toEqual([false, false, false, false, false]);
});

it('nonsense gives no values and no error', () => {
  expect(parseGitConfig('\0\0[[[\n= v\n]').size).toBe(0);
});
