import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tryStartLock } from './start-lock.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  file = join(folder, 'starting');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('one holds it at a time, and names itself', () => {
  const unlock = tryStartLock(file, Date.now());
  expect(readFileSync(file, 'utf8')).toBe(`${String(process.pid)}\n`);
  expect(tryStartLock(file, Date.now())).toBeUndefined();
  unlock?.();
  expect(tryStartLock(file, Date.now())).toBeDefined();
});

it.each([
  ['a process that is gone', '2147483646\n', 0, true],
  ['a process that lives', `${String(process.pid)}\n`, 0, false],
  ['a process that lives, and has not finished in half a minute', `${String(process.pid)}\n`, 31_000, true],
  ['nobody yet: its pid is just being written', '', 0, false],
  ['nobody, for half a minute', '', 31_000, true],
])('a lock of %s: is it taken over?', (_, content, ageMs, isTaken) => {
  const nowMs = 1_800_000_000_000;
  writeFileSync(file, content);
  utimesSync(file, (nowMs - ageMs) / 1000, (nowMs - ageMs) / 1000);
  expect(tryStartLock(file, nowMs) !== undefined).toBe(isTaken);
});

it('a folder that is not there is an error, not a lock that somebody holds', () => {
  expect(() => tryStartLock(join(folder, 'gone', 'starting'), 0)).toThrow('ENOENT');
});
