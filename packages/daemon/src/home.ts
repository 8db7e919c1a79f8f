/** The home folder: private, and with the number of the process that serves it. */
import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { preparePrivateFolder } from './socket/listen.ts';

/** Makes the home and its folder of keys, both mode 0700. @throws LaliaError `home_unavailable`. */
export function prepareHome({ paths }: Config): void {
  preparePrivateFolder(paths.home);
  mkdirSync(paths.keys, { recursive: true, mode: 0o700 });
  chmodSync(paths.keys, 0o700);
}

/** Says which process serves the home; for people, and for ending a daemon that does not answer. */
export function writePid({ paths }: Config): void {
  const temporary = join(paths.home, 'pid.new');
  writeFileSync(temporary, `${String(process.pid)}\n`, { mode: 0o600 });
  renameSync(temporary, paths.pid);
}
