import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { workerFileOf } from './worker-file.ts';

test('from source the worker is the source, read with the siblings as source', () => {
  const { url, execArgv } = workerFileOf(import.meta.url);
  expect(fileURLToPath(url)).toBe(join(import.meta.dirname, 'worker.ts'));
  expect(execArgv).toEqual(['--conditions=@lalia/source']);
});

test.each([
  ["the package's entry", 'dist/index.js', 'dist/journal/worker.js'],
  ['a shared chunk', 'dist/chunk-ABC.js', 'dist/journal/worker.js'],
  ['the program of the daemon', 'dist/main.cjs', 'dist/journal/worker.cjs'],
  ['a bundle beside it', 'dist/main.js', 'dist/worker.js'],
  ['a file in its own folder', 'dist/journal/journal.js', 'dist/journal/worker.js'],
])('from %s the built worker is found', (_, from, worker) => {
  const folder = mkdtempSync(join(tmpdir(), 'lalia-worker-'));
  try {
    for (const path of [from, worker]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), '');
    }
    const { url, execArgv } = workerFileOf(pathToFileURL(join(folder, from)).href);
    expect(fileURLToPath(url)).toBe(join(folder, worker));
    expect(execArgv).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a package without its worker says so', () => {
  expect(() => workerFileOf(pathToFileURL(join(tmpdir(), 'nowhere/index.js')).href)).toThrow(
    /worker is missing beside/,
  );
});
