/** What went wrong in hooks, where nobody could be told: a line each in `hooks/log` of Lalia's home. */
import { appendFileSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Problem {
  readonly ts: string;
  readonly harness: string;
  readonly event: string;
  readonly problem: string;
}

/** Above this the log begins anew, and the old one is kept. */
const MAX_BYTES = 128 * 1024;
const MAX_TEXT = 500;

/** Notes a problem. Where that fails, too, it is nobody's. */
export function noteProblem(home: string, { harness, event, problem }: Omit<Problem, 'ts'>): void {
  try {
    const folder = join(home, 'hooks');
    // A home is never made by a hook.
    mkdirSync(folder, { recursive: statSync(home).isDirectory(), mode: 0o700 });
    const file = join(folder, 'log');
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) renameSync(file, `${file}.old`);
    const line = { ts: new Date().toISOString(), harness, event, problem: problem.slice(0, MAX_TEXT) };
    appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  } catch {
    // A hook never fails its harness.
  }
}

/** The latest problems, the newest last. */
export function lastProblems(home: string, count: number): readonly Problem[] {
  try {
    return readFileSync(join(home, 'hooks', 'log'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .slice(-count)
      .map((line) => JSON.parse(line) as Problem);
  } catch {
    return [];
  }
}
