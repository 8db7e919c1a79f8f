// Packs every package as it would be published, and lets publint and attw judge the archives: what counts is what people get.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './toolbox.mjs';

const folder = mkdtempSync(join(tmpdir(), 'lalia-pack-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

check('pnpm', [
  '--recursive',
  '--filter=./packages/*',
  '--filter=./apps/*',
  'pack',
  '--pack-destination',
  folder,
]);
for (const archive of readdirSync(folder)) {
  const file = join(folder, archive);
  check('publint', ['--strict', file]);
  // Packages that are programs have no face for importers.
  if (!/-(cli|daemon)-/.test(archive)) check('attw', ['--profile=esm-only', '--no-emoji', '--quiet', file]);
}

function check(program, args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
  if (error) throw error;
  if (status === 0) return;
  process.stdout.write(`${program} ${args.at(-1)}\n${stdout}${stderr}`);
  process.exitCode = 1;
}
