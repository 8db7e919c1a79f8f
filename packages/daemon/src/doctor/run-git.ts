/** git for the doctor: it only looks, and there may be none. */
import { execFile } from 'node:child_process';

/** The check of a large history takes a while; longer than this, something is wrong with the disk. */
const TIMEOUT_MS = 120_000;
const MAX_OUTPUT_BYTES = 1024 * 1024;

/** What git said; undefined where it is not installed. */
export type GitAnswer = { readonly code: number; readonly output: string } | undefined;

/**
 * Runs git in a repository. Takes no locks and runs no hooks.
 * @returns code -1 for one that did not end in time.
 */
export function runGit(
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
): Promise<GitAnswer> {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('GIT_'));
  const options = {
    cwd,
    env: { ...Object.fromEntries(kept), LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' },
    timeout: TIMEOUT_MS,
    maxBuffer: MAX_OUTPUT_BYTES,
  };
  return new Promise((resolve) => {
    execFile('git', ['-c', 'core.fsmonitor=false', ...args], options, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`.trim();
      if (error === null) resolve({ code: 0, output });
      else if (error.code === 'ENOENT') resolve(undefined);
      else resolve({ code: typeof error.code === 'number' ? error.code : -1, output });
    });
  });
}
