/** Waiting for what other processes do: there is no event for it, so it is looked at again and again. */
import { readFileSync } from 'node:fs';

/** How far apart two looks are. */
const LOOK_MS = 10;

/** Waits until something that another process does has happened. */
export async function becomes(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause();
}

/** Whether a process runs; one that has ended and that nobody has waited for does not, although it still has its number. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return process.platform !== 'linux' || !isDead(pid);
}

function isDead(pid: number): boolean {
  try {
    return /^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  } catch {
    return true;
  }
}

async function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, LOOK_MS);
  });
}
