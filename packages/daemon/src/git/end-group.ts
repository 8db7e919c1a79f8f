/** Ending a git before it is done, with everything that it runs. */
import type { ChildProcess } from 'node:child_process';

/** For git to tidy up, in milliseconds; what it runs may not listen at all. */
const GRACE_MS = 2000;

const ending = new WeakSet<ChildProcess>();

/**
 * Ends a process that leads a group, and the group. It is asked first: at SIGTERM git removes its lock files, and a lock that stayed would refuse
 * whoever comes next. What does not end by that is killed. Again changes nothing.
 */
export function endGroup(child: ChildProcess): void {
  if (ending.has(child)) return;
  ending.add(child);
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => {
    signalGroup(child, 'SIGKILL');
  }, GRACE_MS);
  child.once('close', () => {
    clearTimeout(timer);
  });
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended by itself.
  }
}
