import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AtomicFs } from './atomic-fs.ts';
import { removeLeftovers } from './recover.ts';

let gitDir: string;
let atomic: AtomicFs;
const at = (path: string): string => join(gitDir, path);

beforeEach(() => {
  gitDir = mkdtempSync(join(tmpdir(), 'lalia-atomic-'));
  mkdirSync(at('lalia/tmp'), { recursive: true });
  mkdirSync(at('refs/heads'), { recursive: true });
  atomic = new AtomicFs(at('lalia/tmp'));
});
afterEach(() => rmSync(gitDir, { recursive: true }));

test('files are replaced whole, and no draft is left', async () => {
  writeFileSync(at('one'), 'old');
  await atomic.writeAll(
    ['one', 'two'].map((name) => ({ path: at(name), bytes: Buffer.from(`new ${name}`) })),
  );
  expect(readFileSync(at('one'), 'utf8') + readFileSync(at('two'), 'utf8')).toBe('new onenew two');
  expect(readdirSync(at('lalia/tmp'))).toEqual([]);
});

test('a file that cannot be written leaves no draft, and the others are finished before that is said', async () => {
  const files = ['none/one', 'two', 'three'].map((name) => ({ path: at(name), bytes: Buffer.from(name) }));
  await expect(atomic.writeAll(files)).rejects.toThrow(/ENOENT/);
  expect(readFileSync(at('two'), 'utf8') + readFileSync(at('three'), 'utf8')).toBe('twothree');
  expect(readdirSync(at('lalia/tmp'))).toEqual([]);
});

test('a lock keeps others out, becomes the file, and is gone', () => {
  const lock = atomic.lock(at('index'));
  expect(atomic.lock(at('index'))).toBeUndefined();
  lock?.commit(Buffer.from('new'), { sync: true });
  expect(readFileSync(at('index'), 'utf8')).toBe('new');
  expect(existsSync(at('index.lock'))).toBe(false);
  expect(readdirSync(at('lalia/tmp'))).toEqual([]);
});

test('giving back a lock after it became the file touches nobody else’s lock', () => {
  const lock = atomic.lock(at('index'));
  lock?.commit(Buffer.from('new'), { sync: false });
  writeFileSync(at('index.lock'), 'of a git command');
  lock?.release();
  expect(readFileSync(at('index.lock'), 'utf8')).toBe('of a git command');
});

test('a restart removes its own lock and drafts, and leaves the lock of a running git command', () => {
  writeFileSync(at('lalia/tmp/1'), '');
  linkSync(at('lalia/tmp/1'), at('refs/heads/main.lock'));
  writeFileSync(at('index.lock'), '');
  removeLeftovers(gitDir);
  expect(existsSync(at('refs/heads/main.lock'))).toBe(false);
  expect(existsSync(at('index.lock'))).toBe(true);
  expect(readdirSync(at('lalia/tmp'))).toEqual([]);
});
