/**
 * An advisory lock file, so that fifty clients at once start one daemon and not fifty. Nothing depends on it for being
 * right: a second daemon finds the database locked and says so. It only saves the processes.
 */
import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';

/** A starter that takes longer than this is not waited for. */
const STALE_AFTER_MS = 30_000;

/**
 * Takes the lock if nobody holds it; one left by a dead process, or an old one, counts as nobody's.
 * @param nowMs the clock that the file's age is measured with.
 * @returns a function that gives it back, or undefined when somebody else holds it.
 * @throws an error of `node:fs` when the folder cannot be written.
 */
export function tryStartLock(file: string, nowMs: number): (() => void) | undefined {
  if (!tryCreate(file)) {
    if (!isStale(file, nowMs)) return undefined;
    rmSync(file, { force: true });
    if (!tryCreate(file)) return undefined;
  }
  return () => {
    rmSync(file, { force: true });
  };
}

function tryCreate(file: string): boolean {
  try {
    const descriptor = openSync(file, 'wx', 0o600);
    writeSync(descriptor, `${String(process.pid)}\n`);
    closeSync(descriptor);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isStale(file: string, nowMs: number): boolean {
  try {
    if (nowMs - statSync(file).mtimeMs > STALE_AFTER_MS) return true;
    const pid = Number.parseInt(readFileSync(file, 'latin1'), 10);
    // A file without a pid is being written this very moment.
    return pid > 0 && !isAlive(pid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of somebody else may not be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
