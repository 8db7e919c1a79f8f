import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lalia, shellWords } from '@lalia/testkit';

const LALIA = join(import.meta.dirname, '../apps/cli/bin/lalia.js');

/** A folder with `lalia` in it, as `npm run link` makes it. */
export function programFolder(lalia: Lalia): string {
  const folder = join(lalia.folder, 'bin');
  const program = join(folder, 'lalia');
  if (existsSync(program)) return folder;
  mkdirSync(folder);
  writeFileSync(program, `#!/bin/sh\nexec ${shellWords([process.execPath, LALIA])} "$@"\n`);
  chmodSync(program, 0o755);
  return folder;
}
