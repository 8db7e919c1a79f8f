/** Which version of a harness is there. */
import { execFile } from 'node:child_process';
import type { Environment } from '@lalia/client';
import type { Executable } from '../executable.ts';

export interface VersionOptions {
  readonly env: Environment;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/** Asks the program. @returns undefined where it does not say. */
export function versionOf(
  { path, args }: Executable,
  { env, cwd, signal }: VersionOptions,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { env, cwd, signal, encoding: 'utf8', killSignal: 'SIGKILL' } as const;
    execFile(path, [...args, '--version'], options, (_error, stdout) => {
      resolve(/\d+\.\d+\.\d+[\w.+-]*/.exec(stdout)?.[0]);
    }).stdin?.end();
  });
}
