// The rules of the house that no linter knows. Each failing test lists every offender, so one run is enough to mend them all.

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { VERSION } from '../packages/protocol/src/version.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const scripts = files('scripts', 'bench');
const sources = files('packages', 'apps', 'tooling', 'test').filter((file) => /\.[cm]?[jt]s$/.test(file));
const tests = sources.filter((file) => file.endsWith('.test.ts') || /(^|\/)test\//.test(file));
const production = sources.filter(
  (file) => /^(packages|apps)\/[^/]+\/(src|bin)\//.test(file) && !tests.includes(file),
);
const packageFolders = ['packages', 'apps'].flatMap((folder) =>
  readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
);

test('every file is named in kebab-case after the idea it holds', () => {
  const kebab = /^[._]?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*\.[a-z]+$/;
  const leftovers = /^(utils?|types?|helpers?|common|misc|shared)\.[jt]s$/;
  expect(
    [...sources, ...scripts].filter((file) => !kebab.test(basename(file)) || leftovers.test(basename(file))),
  ).toEqual([]);
});

test('a public face names every export', () => {
  expect(offenders({ pattern: /^export \* from/, among: production, allowed: [] })).toEqual([]);
});

test('the environment is read only where configuration is made', () => {
  const allowed = [
    'packages/daemon/src/config.ts',
    'packages/client/src/caller.ts',
    'packages/client/src/environment.ts',
    'apps/cli/src/environment.ts',
    /^tooling\//,
    /^test\//,
    /\/test\//,
    /\.test\.ts$/,
    /\/bin\//,
    // What a bundle has in the place of a variable.
    /\/tsup\.config\.ts$/,
  ];
  expect(offenders({ pattern: /\bprocess\.env\b/, among: sources, allowed })).toEqual([]);
});

test('processes are started only by the files made for it', () => {
  const allowed = [
    'apps/cli/src/changed-paths.ts',
    'packages/client/src/spawn.ts',
    // systemctl and launchctl.
    'packages/client/src/service.ts',
    'packages/client/src/process-tree.ts',
    // macOS has no /proc to read.
    'packages/daemon/src/process-liveness.ts',
    'packages/daemon/src/git/git.ts',
    // Starts none; it ends those of git.ts.
    'packages/daemon/src/git/end-group.ts',
    'packages/daemon/src/wake/program-runner.ts',
    'packages/daemon/src/doctor/run-git.ts',
    // The terminal of a probe, and what it asks a harness before.
    'packages/harness/src/probe/terminal.ts',
    'packages/harness/src/probe/version.ts',
    'packages/harness/src/replace-process.ts',
    'packages/harness/src/wake/codex-queue.ts',
    'packages/keystore/src/keychain.ts',
    // The text of plugins, which run in their harness.
    'packages/harness/src/hooks/plugin.ts',
  ];
  expect(offenders({ pattern: /\bchild_process\b/, among: production, allowed })).toEqual([]);
});

test('no test waits for time to pass', () => {
  const pattern = /\bsetTimeout\b|\bsetInterval\b|\bawait sleep\(|timers\/promises|Atomics\.wait/;
  expect(offenders({ pattern, among: tests, allowed: ['tooling/tidy.test.ts'] })).toEqual([]);
});

test('no test is skipped, singled out or left to be written', () => {
  // What only one system has may be tested on that system alone.
  const pattern =
    /\b(test|it|describe|suite)\.(only|skip|todo|fails|skipIf|runIf(?!\((process\.platform|existsSync\()))\b/;
  expect(offenders({ pattern, among: tests, allowed: ['tooling/tidy.test.ts'] })).toEqual([]);
});

test('work that is left to do has an issue number', () => {
  const pattern = /\b(TODO|FIXME|XXX)\b(?!\(#\d+\))/;
  expect(offenders({ pattern, among: [...sources, ...scripts], allowed: ['tooling/tidy.test.ts'] })).toEqual(
    [],
  );
});

test('all packages have the version that the protocol announces', () => {
  const versions = ['.', 'tooling/testkit', ...packageFolders].map((folder) => [
    folder,
    manifest(folder).version,
  ]);
  expect(versions.filter(([, version]) => version !== VERSION)).toEqual([]);
});

test('docs/architecture.md names every package, if it is there', () => {
  const map = files('docs').includes('docs/architecture.md') ? read('docs/architecture.md') : undefined;
  const names = packageFolders.map((folder) => manifest(folder).name);
  expect(names.filter((name) => map !== undefined && !map.includes(name.replace('@lalia/', '')))).toEqual([]);
});

function offenders({
  pattern,
  among,
  allowed,
}: {
  pattern: RegExp;
  among: string[];
  allowed: (string | RegExp)[];
}) {
  const isAllowed = (file: string) =>
    allowed.some((entry) => (typeof entry === 'string' ? entry === file : entry.test(file)));
  return among
    .filter((file) => !isAllowed(file))
    .flatMap((file) =>
      read(file)
        .split('\n')
        .map((line, index) => ({ line, place: `${file}:${index + 1}` })),
    )
    .filter(({ line }) => pattern.test(line))
    .map(({ line, place }) => `${place} ${line.trim()}`);
}

/** All files below the folders that are there, as paths from the root of the repository; nothing that was installed or built. */
function files(...folders: string[]): string[] {
  return folders.flatMap((folder) => walk(join(root, folder))).map((file) => relative(root, file));
}

function walk(folder: string): string[] {
  const ignored = ['node_modules', 'dist', '.turbo', 'coverage'];
  return entries(folder)
    .filter((entry) => !ignored.includes(entry.name))
    .flatMap((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]));
}

function entries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function manifest(folder: string) {
  return JSON.parse(read(`${folder}/package.json`)) as { name: string; version: string };
}

function read(file: string) {
  return readFileSync(join(root, file), 'utf8');
}
