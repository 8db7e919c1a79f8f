import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lalia, shellWords } from '@lalia/testkit';

const LALIA = join(import.meta.dirname, '../apps/cli/bin/lalia.js');

/**
 * A folder with `lalia` in it, as `npm run link` makes it.
 * @param standIns programs beside it, by their name: what a shell does in their place.
 */
export function programFolder(lalia: Lalia, standIns: Readonly<Record<string, string>> = {}): string {
  const folder = join(lalia.folder, 'bin');
  if (existsSync(folder)) return folder;
  mkdirSync(folder);
  const own = { lalia: `exec ${shellWords([process.execPath, LALIA])} "$@"` };
  for (const [name, script] of Object.entries({ ...standIns, ...own })) {
    const program = join(folder, name);
    writeFileSync(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o755);
  }
  return folder;
}
