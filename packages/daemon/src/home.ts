/** The home folder: private, with the number of the process that serves it, and with the place of its transcript. */
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivateFolder } from '@lalia/keystore';
import type { Config } from './config.ts';
import { preparePrivateFolder } from './socket/listen.ts';

/** Makes the home and its folder of keys, both mode 0700. @throws LaliaError `home_unavailable`. */
export function prepareHome({ paths }: Config): void {
  preparePrivateFolder(paths.home);
  makePrivateFolder(paths.keys);
  chmodSync(paths.keys, 0o700);
}

/** Says which process serves the home; for people, and for ending a daemon that does not answer. */
export function writePid({ paths }: Config): void {
  write(paths.pid, String(process.pid));
}

/**
 * Remembers where this home's transcript is, for `verify` without a daemon and without the daemon's environment.
 * @param home where the record goes; default: the home itself.
 */
export function recordWorkspace({ paths }: Config, home: string = paths.home): void {
  write(recordIn(home), paths.workspace);
}

/** Where this home's transcript is: what the environment says, else where the last daemon had it, else the usual place. */
export function workspaceOf({ paths, isWorkspaceGiven }: Config): string {
  if (isWorkspaceGiven) return paths.workspace;
  try {
    return readFileSync(recordIn(paths.home), 'utf8').replace(/\n$/, '') || paths.workspace;
  } catch {
    return paths.workspace;
  }
}

/** The file in which the journal says how far the transcript of this home is safe. */
export function safePointOf(paths: Config['paths']): string {
  return join(paths.home, 'transcript.safe');
}

function recordIn(home: string): string {
  return join(home, 'workspace.path');
}

function write(file: string, line: string): void {
  const temporary = `${file}.new`;
  writeFileSync(temporary, `${line}\n`, { mode: 0o600 });
  renameSync(temporary, file);
}
