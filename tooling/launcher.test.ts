import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { launcherText, whatIsAt } from '../scripts/launcher.mjs';

let folder: string;
let checkout: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lalia-launcher-'));
  checkout = join(folder, "a check'out");
  write({
    file: join(checkout, 'apps/cli/bin/lalia.js'),
    text: 'console.log(process.argv.slice(2).join("|"))',
  });
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('arguments reach lalia exactly as they were given', () => {
  expect(launch({ node: process.execPath, args: ['tell', 'a b', '', '$HOME "*"'] }).stdout).toBe(
    'tell|a b||$HOME "*"\n',
  );
});

test('when the linked Node is gone, an old one on the PATH is passed over for the one that was brought', () => {
  program({ file: join(folder, 'old/node'), text: '#!/bin/sh\nexit 1\n' });
  const brought = join(checkout, '.cache/tools/node_modules/node-any-system/bin/node');
  mkdirSync(dirname(brought), { recursive: true });
  symlinkSync(process.execPath, brought);
  expect(launch({ node: '/gone/node', path: join(folder, 'old'), args: ['hello'] }).stdout).toBe('hello\n');
});

test('without any good Node it says in one line what is needed', () => {
  program({ file: join(folder, 'old/node'), text: '#!/bin/sh\nexit 1\n' });
  const { status, stderr } = launch({ node: '/gone/node', path: join(folder, 'old') });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^lalia: no Node\.js 22\.13 or newer found; .*npm run link.*\n$/);
});

test('without its checkout it says where it was linked from', () => {
  rmSync(checkout, { recursive: true });
  const { status, stderr } = launch({ node: process.execPath });
  expect(status).toBe(1);
  expect(stderr).toContain(`it was linked from ${checkout}, which is gone`);
});

test('only a launcher of ours is replaced: no other file, and nothing behind a link', () => {
  const [none, ours, foreign, link] = ['none', 'ours', 'foreign', 'link'].map((name) => join(folder, name));
  write({ file: ours as string, text: launcherText({ node: '/n', root: '/r' }) });
  write({ file: foreign as string, text: '#!/bin/sh\n' });
  symlinkSync(ours as string, link as string);
  expect([none, ours, foreign, link].map((file) => whatIsAt(file as string))).toEqual([
    'nothing',
    'ours',
    'foreign',
    'foreign',
  ]);
});

/** Runs the launcher; nothing but `path` and the bare system is on its PATH. */
function launch({ node, path = '/nowhere', args = [] }: { node: string; path?: string; args?: string[] }) {
  const launcher = join(folder, 'lalia');
  program({ file: launcher, text: launcherText({ node, root: checkout }) });
  return spawnSync(launcher, args, { encoding: 'utf8', env: { PATH: path } });
}

function program(file: { file: string; text: string }) {
  write(file);
  chmodSync(file.file, 0o755);
}

function write({ file, text }: { file: string; text: string }) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
