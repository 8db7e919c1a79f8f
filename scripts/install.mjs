// Installs with the frozen lockfile, and only when something that decides the result has changed. Old-Node-safe, no dependencies.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './toolbox.mjs';

const stamp = join(root, 'node_modules', '.lalia-installed');

export function install(env) {
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  process.stderr.write('Installing the dependencies …\n');
  // CI=true: pnpm must never ask, not even when it has to replace a node_modules folder.
  const { status, stdout, error } = spawnSync(
    'pnpm',
    ['install', '--frozen-lockfile', '--reporter=append-only'],
    {
      cwd: root,
      env: { ...env, CI: 'true' },
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
    },
  );
  if (error) throw error;
  if (status !== 0)
    throw new Error(
      `${stdout}\npnpm install failed. After a change of dependencies: npm run pnpm -- install`,
    );
  writeFileSync(stamp, wanted);
}

function fingerprint() {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...manifests()]) {
    hash.update(file).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

function manifests() {
  const packages = ['packages', 'apps', 'tooling'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
  );
  return packages.map((folder) => `${folder}/package.json`).filter((file) => existsSync(join(root, file)));
}
